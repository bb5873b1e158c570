/** Runs one storm and records what the safety checks need. */

import type {
  InstanceFact,
  InterfaceFact,
  RouteFact,
} from '../../lib/appliances/types/inventory.ts';
import type { Outcome } from '../../lib/appliances/types/plan.ts';
import { isElastic } from '../../lib/core/elasticAddress.ts';
import { isGatewayId } from '../../lib/core/lastResort.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import type { ReadCall, WriteCall } from '../../lib/simulator/callLog.ts';
import { type Crash, Deployment } from '../../lib/simulator/deployment.ts';
import { targetIdOf } from '../../lib/simulator/objects.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import type { Safety } from '../../lib/watcher/pass.ts';
import type { StormOptions } from './draw.ts';

export interface TickRecord {
  readonly by: string;
  readonly observedMs: number;
  readonly doneMs: number;
  readonly lease: string;
  readonly gaps: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** Instances that leave, as far as it was known. */
  readonly leaving: readonly string[];
  /** `INSTANCE SINCE` of each drill that keeps routes away, as far as it was known. */
  readonly drilled: readonly string[];
  /** `RULE ROUTE because`, of moves held. */
  readonly held: readonly string[];
}

export interface Run {
  readonly options: StormOptions;
  readonly account: SimAccount;
  readonly stop: () => void;
  readonly ticks: readonly TickRecord[];
  readonly crashes: readonly Crash[];
}

export interface Violation {
  readonly rule: string;
  readonly atMs: number;
  readonly what: string;
}

export function openRun(options: StormOptions, safety?: Safety): Run {
  const { seed, snapshot, vantages, pace, skewMsMax, policy, everyMs, lifeMs } = options;
  const { vpn } = options;
  const account = new SimAccount({
    snapshot,
    seed,
    vantages,
    pace,
    skewMsMax,
    ...(vpn !== undefined && { vpn }),
  });
  const ticks: TickRecord[] = [];
  const deployment = new Deployment(account, {
    seed,
    policy,
    everyMs,
    lifeMs,
    ...(safety === undefined ? {} : { safety }),
    onTick: (by, { world, assessment, outcomes, plan }, observedMs) => {
      ticks.push({
        by,
        observedMs,
        doneMs: account.clock.monotonicMs(),
        lease: world.lease.kind,
        gaps: world.gaps.map(({ what, zone }) => `${what}${zone === null ? '' : ` (${zone})`}`),
        outcomes,
        leaving: [...assessment.leaves.keys()],
        drilled: [...assessment.leaves.values()].flatMap(({ cause, instanceId, at }) =>
          cause === 'drill' ? [`${instanceId} ${at}`] : [],
        ),
        held: plan.held.map(({ rule, routeKey, because }) => `${rule} ${routeKey} ${because}`),
      });
    },
  });
  for (const { fault, startMs, endMs } of options.spells) account.faults.add(fault, startMs, endMs);
  deployment.start();
  const poller = vpn === undefined ? null : openPoller(account, { seed });
  poller?.start();
  const stop = () => {
    deployment.stop();
    poller?.stop();
  };
  return { options, account, stop, ticks, crashes: deployment.crashes };
}

/** The instance that an interface belongs to, or ever belonged to; of a gateway itself. */
export const ownerOf = ({ account: { network } }: Run, targetId: string): string | null =>
  isGatewayId(targetId)
    ? targetId
    : (network.interfaces.past(targetId).find((link) => link.instanceId !== null)?.instanceId ??
      null);

/** What the instance was at any moment from `fromMs` to `toMs`, oldest first. */
export const instancesIn = (
  { account: { network } }: Run,
  instanceId: string,
  fromMs: number,
  toMs: number,
): readonly InstanceFact[] => network.instances.between(instanceId, fromMs, toMs);

export const linksIn = (
  { account: { network } }: Run,
  interfaceId: string,
  fromMs: number,
  toMs: number,
): readonly InterfaceFact[] => network.interfaces.between(interfaceId, fromMs, toMs);

/** The group tag's values of a resource in a span of time. */
export const groupsIn = (
  { account: { network } }: Run,
  resourceId: string,
  fromMs: number,
  toMs: number,
): readonly string[] =>
  network.tags
    .between(`${resourceId} vpn-medic:group`, fromMs, toMs)
    .flatMap(({ value }) => value.split(' '));

/** By what a table, or an Elastic address, is read. */
export const readActionOf = (tableId: string): ReadCall['action'] =>
  isElastic(tableId) ? 'DescribeAddresses' : 'DescribeRouteTables';

/** The last read of the table in the 10 s before the write. */
export const readBefore = ({ account: { log } }: Run, write: WriteCall): ReadCall | undefined =>
  log.reads.findLast(
    ({ by, action, ids, doneMs }) =>
      by === write.by &&
      action === readActionOf(write.tableId) &&
      ids.includes(write.tableId) &&
      doneMs <= write.issuedMs &&
      write.issuedMs - doneMs < 10_000,
  );

/** Where a route led at one moment, by the truth, and an Elastic address that no instance has, the last time; null: to no interface and no gateway. */
export function targetAsOf(
  { account: { network } }: Run,
  tableId: string,
  destination: string,
  atMs: number,
): string | null {
  const isIt = ({ destination: own, origin }: RouteFact) =>
    own === destination && origin === 'created';
  const targets = network.tables
    .between(tableId, isElastic(tableId) ? 0 : atMs, atMs)
    .map(({ routes }) => {
      const route = routes.find(isIt);
      return route === undefined ? null : targetIdOf(route);
    });
  return isElastic(tableId)
    ? (targets.findLast((one) => one !== null) ?? null)
    : (targets.at(-1) ?? null);
}
