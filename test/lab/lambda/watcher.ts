/** A running `watchAppliances`, the built bundle, as one Lambda invocation. */
import type { Account } from '../account/build.ts';
import type { Gateway } from '../emulator/gateway.ts';
import { until } from '../pause.ts';
import { type Container, startContainer } from './container.ts';
import { environmentOf } from './environment.ts';

export interface WatcherOptions {
  /** Settings by their name without `VPN_MEDIC_`. */
  readonly own?: Readonly<Record<string, string>>;
  /** Marks its calls in the gateway's records. */
  readonly signer?: string;
  readonly remainingMs?: number;
  /** The path of another bundle than the one of the last build. */
  readonly bundle?: string;
}

/** What design.md promises of every summary; more may be there. */
export interface Summary {
  readonly ticks: unknown;
  readonly probes: unknown;
  readonly findings: unknown;
  readonly actions: unknown;
  readonly held: unknown;
}

export interface Watcher {
  readonly signer: string;
  readonly pid: number;
  /** Its time runs out; resolves with the summary. */
  end(): Promise<Summary>;
  /** Resolves with the summary when it ends by itself. */
  ended(): Promise<Summary>;
  hasEnded(): boolean;
  kill(): Promise<void>;
  log(): string;
}

// A test that forgets to end its watcher ends it by closing the lab.
const REMAINING_MS = 900_000;
const SCHEDULED = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/** Resolves once the watcher has made its first call; it watches until `end`, or until a newer one takes over. */
export async function startWatcher(
  gateway: Gateway,
  account: Account,
  options: WatcherOptions,
): Promise<Watcher> {
  const signer = options.signer ?? 'watcher';
  const env = environmentOf('watchAppliances', gateway.url, account, signer, options.own);
  const container: Container = await startContainer(
    'watchAppliances',
    env,
    options.bundle === undefined ? {} : { bundle: options.bundle },
  );
  let hasEnded = false;
  const summary = container
    .invoke(SCHEDULED, options.remainingMs ?? REMAINING_MS)
    .then(readSummary)
    .finally(() => {
      hasEnded = true;
    });
  // Awaited by `end` and `ended`; until then a failure must not count as unhandled.
  summary.catch(() => null);
  await until('the first call of the watcher', () =>
    hasEnded ? true : gateway.calls.some((call) => call.by === signer),
  );
  return {
    signer,
    pid: container.pid,
    end: () => {
      container.hurry();
      return summary;
    },
    ended: () => summary,
    hasEnded: () => hasEnded,
    kill: () => container.kill(),
    log: () => container.log(),
  };
}

function readSummary(value: unknown): Summary {
  if (typeof value === 'object' && value !== null) {
    if ('ticks' in value && 'probes' in value && 'findings' in value) {
      if ('actions' in value && 'held' in value) return value;
    }
  }
  throw new Error(`reading the watcher's summary: ${JSON.stringify(value)}`);
}
