/** Plays an account of `test/cases/appliances/accounts` with faults, as deployed, in virtual time. */
import { readFileSync } from 'node:fs';
import { DEFAULT_POLICY, type Policy } from '../../../lib/appliances/types/policy.ts';
import type { Notification } from '../../../lib/incidents/types.ts';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { AS_DEPLOYED, Deployment } from '../../../lib/simulator/deployment.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { openFixture } from '../../../lib/simulator/open.ts';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { rolesOf } from '../../../lib/simulator/roles.ts';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';

export interface Play {
  /** A file name in `accounts`, without `.json`, or a snapshot. */
  readonly account: string | Snapshot;
  /** Each fault with its start and end, in seconds. */
  readonly faults?: readonly (readonly [fault: Fault, startS: number, endS: number])[];
  /** What somebody else does in the account at a second. */
  readonly others?: readonly (readonly [atS: number, act: (account: SimAccount) => void])[];
  readonly lastsS: number;
  readonly seed?: number | string;
  readonly vantages?: readonly VantageSetup[];
  readonly policy?: Partial<Policy>;
}

export interface Played {
  /** Writes that took effect, in order. */
  readonly writes: readonly {
    readonly atS: number;
    readonly tableId: string;
    readonly destination: string;
    readonly interfaceId: string;
  }[];
  /** Moves that were planned and found made already, or no longer right, at the read before the write. */
  readonly skipped: readonly { readonly atS: number; readonly why: string }[];
  /** Notifications that were published, in order. */
  readonly notifications: readonly (Notification & { readonly atS: number })[];
  /** The interface that a route leads to at the end; null: something else. */
  readonly targetOf: (tableId: string, destination: string) => string | null;
  readonly account: SimAccount;
}

export async function play({
  account: named,
  faults = [],
  others = [],
  lastsS,
  seed = 1,
  vantages,
  policy,
}: Play): Promise<Played> {
  const roles = rolesOf(typeof named === 'string' ? snapshotOf(named) : named);
  const { account, clock } = openFixture({ ...roles, vantages: vantages ?? roles.vantages }, seed);
  const notifications: (Notification & { readonly atS: number })[] = [];
  const skipped: { readonly atS: number; readonly why: string }[] = [];
  const deployment = new Deployment(account, {
    seed,
    policy: { ...DEFAULT_POLICY, ...policy },
    ...AS_DEPLOYED,
    onTick: (_by, { outcomes }) =>
      skipped.push(
        ...outcomes.flatMap((one) =>
          one.kind === 'skipped' ? [{ atS: clock.monotonicMs() / 1_000, why: one.why }] : [],
        ),
      ),
    onNotifications: (_by, sent) =>
      notifications.push(...sent.map((one) => ({ ...one, atS: clock.monotonicMs() / 1_000 }))),
  });
  for (const [fault, startS, endS] of faults) {
    account.faults.add(fault, startS * 1_000, endS * 1_000);
  }
  for (const [atS, act] of others) clock.at(atS * 1_000, () => act(account));
  deployment.start();
  await clock.run(lastsS * 1_000);
  deployment.stop();
  await clock.run(lastsS * 1_000 + STOP_MS);
  if (deployment.crashes.length > 0) throw deployment.crashes[0]?.error;
  return {
    writes: account.log.writes.flatMap(
      ({ effectMs, tableId, destination, targetId: interfaceId }) =>
        effectMs === null ? [] : [{ atS: effectMs / 1_000, tableId, destination, interfaceId }],
    ),
    skipped,
    notifications,
    targetOf: (tableId, destination) => account.network.targetOf(tableId, destination),
    account,
  };
}

export function snapshotOf(name: string): Snapshot {
  const text = readFileSync(new URL(`accounts/${name}.json`, import.meta.url), 'utf8');
  const { takenAt, ...facts } = JSON.parse(text);
  return { ...facts, takenAt: Date.parse(takenAt) };
}

const STOP_MS = 5_000;
