/** EC2 of the simulated account: delayed, throttled, stale or failing as the active faults say. */

import type { Ec2Port, RouteTarget, RouteWrite } from '../appliances/ports.ts';
import { READ_TIMES, WRITE_TIMES } from '../core/callTimes.ts';
import { isElastic } from '../core/elasticAddress.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import { type Ordeal, ordealOf } from './brownout.ts';
import type { Ec2Action } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Network } from './network.ts';
import type { Parts } from './parts.ts';
import type { Buckets } from './throttle.ts';

export function simEc2(
  parts: Parts,
  self: Invocation,
  buckets: Buckets,
  beforeTableRead: () => void,
): Ec2Port {
  const { network } = parts;
  const ask = <T extends object>(
    action: Ec2Action,
    ids: readonly string[],
    signal: AbortSignal,
    take: (shownMs: number) => readonly T[],
  ) => read({ parts, self, buckets, action, ids, signal }, take);
  return {
    tags: (keys, signal) =>
      ask('DescribeTags', [], signal, (atMs) =>
        network.tags.list(keys.join(), atMs, ({ key }) => keys.includes(key)),
      ),
    instances: (ids, signal) =>
      ask('DescribeInstances', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.instances
          .list(ids.join(), atMs, (one) => isWanted(one.instanceId))
          .map((one) => ({ ...one, interfaceIds: network.interfaceIdsOf(one.instanceId, atMs) }));
      }),
    statuses: (ids, signal) =>
      ask('DescribeInstanceStatus', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.statuses.list(ids.join(), atMs, (one) => isWanted(one.instanceId));
      }),
    interfaces: (ids, signal) =>
      ask('DescribeNetworkInterfaces', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.interfaces.list(
          ids.join(),
          atMs,
          ({ instanceId }) => instanceId !== null && isWanted(instanceId),
        );
      }),
    interfacesById: (ids, signal) =>
      ask('DescribeNetworkInterfaces', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.interfaces.list(`by id ${ids.join()}`, atMs, (one) =>
          isWanted(one.interfaceId),
        );
      }),
    subnets: (ids, signal) =>
      ask('DescribeSubnets', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.subnets.list(ids.join(), atMs, (one) => isWanted(one.vpcId));
      }),
    routeTables: (of, signal) => {
      const ids = 'vpcIds' in of ? of.vpcIds : of.tableIds;
      const action = ids.some(isElastic) ? 'DescribeAddresses' : 'DescribeRouteTables';
      return ask(action, ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        if ('tableIds' in of) beforeTableRead();
        return network.tables.list(ids.join(), atMs, ({ vpcId, tableId }) =>
          isWanted('vpcIds' in of ? vpcId : tableId),
        );
      });
    },
    prefixLists: (ids, signal) =>
      ask('GetManagedPrefixListEntries', ids, signal, (atMs) => {
        const isWanted = byIds(ids);
        return network.lists.list(ids.join(), atMs, (one) => isWanted(one.prefixListId));
      }),
    replaceRoute: (write, signal) => replaceRoute(parts, self, buckets, write, signal),
  };
}

function byIds(ids: readonly string[]): (id: string) => boolean {
  const wanted = new Set(ids);
  return (id) => wanted.has(id);
}

/** The AWS client's timeout. */
const CALL_MS_MAX = 3_000;

interface Asked {
  readonly parts: Parts;
  readonly self: Invocation;
  readonly buckets: Buckets;
  readonly action: Ec2Action;
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
}

async function read<T extends object>(
  asked: Asked,
  take: (shownMs: number) => readonly T[],
): Promise<Reading<readonly T[]>> {
  const { parts, self, action, ids, signal } = asked;
  const { clock, faults, log, random } = parts;
  const at = self.clock.now();
  const issuedMs = clock.monotonicMs();
  const slowMs = faults.active('api-slow').reduce((sum, { byMs }) => sum + byMs, 0);
  const answerMs = Math.min(10 * random.ec2.whole(3, 9) + slowMs, CALL_MS_MAX);
  const ordeal = ordealOf(faults, random.ec2, answerMs, READ_TIMES);
  await self.pass(ordeal.tookMs, signal);
  const doneMs = clock.monotonicMs();
  const lagMs = Math.max(0, ...faults.active('stale-reads').map((one) => one.lagMs));
  const failedWhy = signal.aborted
    ? 'the call was given up'
    : answerMs === CALL_MS_MAX
      ? `no answer in ${CALL_MS_MAX / 1_000} s`
      : ordeal.answer === 'answered'
        ? refusal(asked, doneMs)
        : failureOf(ordeal.answer);
  const call = { by: self.by, action, ids, issuedMs, doneMs, shownMs: doneMs - lagMs, failedWhy };
  log.reads.push(call);
  return failedWhy === null
    ? known(lacking(asked, take(call.shownMs)), at)
    : unknown(`ec2:${action}: ${failedWhy}`, at);
}

function lacking<T>(
  { parts: { faults, log, random }, self, action, ids }: Asked,
  whole: readonly T[],
): readonly T[] {
  const hit = faults.active('api-lacking').find((one) => one.action === action);
  if (hit === undefined) return whole;
  const askedCount = log.reads.filter(
    (call) => call.by === self.by && call.action === action && call.ids.join() === ids.join(),
  ).length;
  if (askedCount % hit.everyNth !== 0) return whole;
  return hit.lacks === 'all' ? [] : whole.filter(() => random.ec2.chance(0.5));
}

function refusal({ parts, buckets, action, ids }: Asked, atMs: number): string | null {
  const { network, faults, random } = parts;
  const unreadable = faults.active('api-unreadable').find((one) => one.action === action);
  if (unreadable !== undefined) return unreadable.why;
  const isThrottled = faults
    .active('api-throttled')
    .some(
      (one) => (one.action === action || one.action === 'all') && random.ec2.chance(one.chance),
    );
  if (isThrottled || !buckets.take(action, atMs)) return THROTTLED;
  for (const { zone, hidesInterfaces } of faults.active('zone-dead')) {
    const asksInstances = action === 'DescribeInstances' || action === 'DescribeInstanceStatus';
    const asksInterfaces = action === 'DescribeNetworkInterfaces' && hidesInterfaces;
    if (!asksInstances && !asksInterfaces) continue;
    // As documented: a call with ids in the failing zone fails, and so does a call without ids.
    const isHit = ids.length === 0 || ids.some((one) => network.instances.get(one)?.zone === zone);
    if (isHit) return `Unavailable: service disruption in ${zone}`;
  }
  return null;
}

const failureOf = (answer: 'throttled' | 'lost'): string =>
  answer === 'throttled' ? THROTTLED : 'no usable answer';

const THROTTLED = 'RequestLimitExceeded: Request limit exceeded.';

/** Takes effect halfway through the call; an abort or kill of the caller does not undo it. */
async function replaceRoute(
  parts: Parts,
  self: Invocation,
  buckets: Buckets,
  write: RouteWrite,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const { clock, network, faults, log, random } = parts;
  const issuedMs = clock.monotonicMs();
  const slowMs = faults.active('api-slow').reduce((sum, { byMs }) => sum + byMs, 0);
  // 0.13 to 0.29 s in Fortinet's published logs (facts of 2026-11).
  const answerMs = 10 * random.ec2.whole(13, 29) + slowMs;
  const ordeal = ordealOf(faults, random.ec2, Math.min(answerMs, CALL_MS_MAX), WRITE_TIMES);
  await clock.sleep(Math.floor(ordeal.tookMs / 2));
  const { tableId, destination } = write;
  const targetId = write.target.id;
  const before = network.targetOf(tableId, destination);
  const lost = faults.active('write-unclear').find(({ chance }) => random.ec2.chance(chance));
  let answer = writeRefusal(parts, buckets, write);
  let effectMs: number | null = null;
  if (answer === null) {
    if (lost?.isAfterEffect !== false && ordeal.isDone) {
      network.pointRoute(tableId, destination, targetId, write.privateIp);
      effectMs = clock.monotonicMs();
    }
    answer =
      lost === undefined && answerMs <= CALL_MS_MAX
        ? writeAnswerOf(ordeal)
        : { kind: 'unclear', why: `no answer in ${CALL_MS_MAX / 1_000} s` };
  }
  await clock.sleep(Math.ceil(ordeal.tookMs / 2), signal);
  if (signal.aborted) answer = { kind: 'unclear', why: 'the call was given up' };
  const call = { tableId, destination, targetId, issuedMs, effectMs, before, answer };
  log.writes.push({ by: self.by, ...call });
  await self.pass(0);
  return answer;
}

function writeAnswerOf({ answer }: Ordeal): WriteAnswer {
  if (answer === 'answered') return { kind: 'written' };
  if (answer === 'throttled') return { kind: 'throttled', why: THROTTLED };
  return { kind: 'unclear', why: failureOf(answer) };
}

function writeRefusal(
  { clock, network, faults, random }: Parts,
  buckets: Buckets,
  { tableId, destination, target }: RouteWrite,
): WriteAnswer | null {
  if (faults.active('api-unreadable').some(({ action }) => action === 'ReplaceRoute')) {
    const why = 'UnauthorizedOperation: You are not authorized to perform this operation.';
    return refused(why, true);
  }
  const isThrottled = faults
    .active('api-throttled')
    .some(
      ({ action, chance }) =>
        (action === 'ReplaceRoute' || action === 'all') && random.ec2.chance(chance),
    );
  if (isThrottled || !buckets.take('ReplaceRoute', clock.monotonicMs())) {
    return { kind: 'throttled', why: THROTTLED };
  }
  const own = faults.active('route-refused').find((one) => one.destination === destination);
  if (own !== undefined) return refused(`InvalidParameterValue: ${destination} in ${tableId}`);
  const table = network.tables.get(tableId);
  if (table === null) return refused(`InvalidRouteTableID.NotFound: ${tableId}`, true);
  const vpcIds = vpcIdsOf(network, target);
  if (vpcIds === null) return refused(`Invalid${target.kind}ID.NotFound: ${target.id}`);
  if (isElastic(tableId)) return null;
  if (!vpcIds.includes(table.vpcId)) {
    return refused(`InvalidParameterValue: ${target.id} is not in the VPC of ${tableId}`);
  }
  return table.routes.some((one) => one.destination === destination && one.origin === 'created')
    ? null
    : refused(`InvalidRoute.NotFound: ${destination} in ${tableId}`);
}

/** Null: it does not exist. */
function vpcIdsOf(
  { interfaces, gateways }: Network,
  target: RouteTarget,
): readonly string[] | null {
  if (target.kind === 'gateway') {
    const gateway = gateways.find(({ gatewayId }) => gatewayId === target.id);
    return gateway === undefined ? null : [gateway.vpcId];
  }
  const link = interfaces.get(target.id);
  return link === null ? null : [link.vpcId];
}

const refused = (why: string, isOfTable = false): WriteAnswer => ({
  kind: 'refused',
  why,
  isOfTable,
});
