/** One storm over transit gateway routes: faults drawn from a seed, every write held against the truth of the account. */
import type { SimAccount } from '../../lib/simulator/account.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import type { Poll } from '../../lib/watcher/poll/pass.ts';
import { TRANSIT_SAFETY } from '../../lib/watcher/scopes/connections.ts';
import type { ScopeWorld, TransitSafety } from '../../lib/watcher/scopes/connectionTypes.ts';
import { transitAccount } from '../builders/transitAccount.ts';
import { draw } from './transit/draw.ts';
import { CALM_MS, MINUTE, SHORT, type Shape } from './transit/shape.ts';
import { atEnd, stuck } from './transit/stuck.ts';
import { at, homesOf, judge } from './transit/writes.ts';

export interface TransitStorm {
  readonly seed: number;
  /** Left out: `SHORT`. */
  readonly shape?: Shape;
  /** Left out: all of it. */
  readonly safety?: TransitSafety;
  readonly mode?: 'act' | 'observe';
  /** False: it ends with the storm, and what is left over then is no fault. */
  readonly hasCalm?: boolean;
}

export interface Weathered {
  /** What broke a promise, each with its minute. */
  readonly broken: readonly string[];
  readonly writes: number;
  readonly notified: readonly string[];
  /** By reason. */
  readonly found: ReadonlySet<string>;
}

/** `spoil` makes the product worse, to see that the promises would notice. */
export async function weather(
  { seed, shape = SHORT, safety = TRANSIT_SAFETY, mode = 'act', hasCalm = true }: TransitStorm,
  spoil: (account: SimAccount) => void = () => {},
): Promise<Weathered> {
  const { stormMs, holdMs, routeCount, watchedMs } = shape;
  const account = transitAccount(seed, routeCount);
  const endMs = stormMs + (hasCalm ? CALM_MS : 0);
  const faults = draw(seededRandom(seed).fork('storm'), account, shape);
  for (const one of faults) account.faults.add(one.fault, one.startMs, one.endMs);
  if (watchedMs !== null && hasCalm) {
    account.faults.add({ kind: 'schedule-missed' }, stormMs + watchedMs, endMs - watchedMs);
  }
  spoil(account);
  const broken: string[] = [];
  const found = new Set<string>();
  const stuckSince = new Map<string, number>();
  let last: Poll<ScopeWorld> | null = null;
  const poller = openPoller(account, {
    seed,
    mode,
    holdMs,
    safety,
    onPoll: (_, poll) => {
      for (const { reason } of poll.findings) found.add(reason);
      if (mode === 'act') broken.push(...stuck(account, stuckSince));
      last = poll;
    },
  });
  poller.start();
  await account.clock.run(endMs);
  poller.stop();
  await account.clock.run(account.clock.monotonicMs() + MINUTE);
  for (const { by, error } of poller.crashes) broken.push(`${by} crashed: ${String(error)}`);
  const { transitWrites, notifications } = account.log;
  const homes = homesOf(account);
  for (const [index, write] of transitWrites.entries()) {
    for (const line of judge(account, write, transitWrites.slice(0, index), homes, holdMs)) {
      broken.push(`${at(write.issuedMs)}: ${write.destination} to ${write.attachmentId}: ${line}`);
    }
  }
  if (mode === 'observe' && transitWrites.length > 0) broken.push('written in observe mode');
  const ends: Poll<ScopeWorld> | null = last;
  if (mode === 'act' && hasCalm) broken.push(...atEnd(account, ends, homes));
  return {
    broken,
    writes: transitWrites.length,
    notified: notifications
      .filter(({ answer }) => answer === 'published')
      .map(({ subject }) => subject),
    found,
  };
}
