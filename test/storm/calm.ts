/** Whether all is well again, by the truth: every route where it belongs, every incident closed. */

import * as v from 'valibot';
import { isGatewayId } from '../../lib/core/lastResort.ts';
import { readPage } from '../../lib/incidents/store/page.ts';
import { id as idOfLayout } from '../../lib/simulator/layout/words.ts';
import { STATE_LOSSES } from './losses.ts';
import { ownerOf, type Run, targetAsOf } from './record.ts';
import { choicesOf } from './safety/preferred.ts';
import { poolOwner } from './safety/targets.ts';
import { hadFault } from './writeView.ts';

/** Why it is not yet well; null when it is. */
export function pendingWhy(run: Run): string | null {
  const strays = straysOf(run);
  const doubted = doubtedIds(run);
  const stray = strays.find(({ isLeftToOperators }) => !isLeftToOperators);
  if (stray !== undefined) return stray.why;
  const drill = runningDrillOf(run);
  if (drill !== null) return drill;
  return pendingIncident(run, [
    // A pinned route may be away from where its owner put it, and is told until a person lets it go.
    ...[...pinnedRoutes(run).values()]
      // Its preferred next hop may be gone: then the route is away from the successor.
      .flatMap((preferredId) => [preferredId, run.account.network.successorOf(preferredId)])
      .map((preferredId) => `${preferredId}/RouteAway`),
    ...strays.flatMap(({ preferredIds }) => preferredIds.map((id) => `${id}/RouteAway`)),
    ...strays.map(({ nextHopId }) => `${nextHopId}/ApplianceDown`),
    ...[...doubted].flatMap((id) => [`${id}/FailbackHeld`, `${id}/RouteAway`]),
    // Garbage in an item that nothing writes again stays there until a person removes it.
    ...(hadFault(run, ['store-garbage'], 0, Number.POSITIVE_INFINITY) ? ['/StateRefused'] : []),
    // An incident keeps the name of the form that it began in.
    ...strays.flatMap(({ routeKey }) => [
      `${routeKey}/RouteBlackholed`,
      `${routeKey}/RouteStranded`,
    ]),
  ]);
}

/** When the product last wrote or told anything. That something is over may be said twice, when watchers take turns. */
export function quietSinceMs(run: Run): number {
  const { log } = run.account;
  const words = log.notifications.filter(
    ({ incidentId, state }, index) =>
      // Routes that people moved about meanwhile may be well where they are, and fail back after a doubled hold-down. Garbage
      // lasts until its item is written again.
      !(state === 'resolved' && /\/(RouteAway|StateRefused)$/.test(incidentId)) &&
      log.notifications.slice(0, index).findLast((one) => one.incidentId === incidentId)?.state !==
        state,
  );
  return Math.max(
    0,
    ...log.writes.map(({ issuedMs }) => issuedMs),
    ...words.map(({ atMs }) => atMs),
  );
}

/** Whether something is left to people: then the product takes a little longer to have told all there is to tell. */
export const isLeftToOperators = (run: Run): boolean =>
  straysOf(run).length > 0 || doubtedIds(run).size > 0;

interface Stray {
  readonly routeKey: string;
  readonly why: string;
  /** Pinned after three failovers (S4), or of an owner unknown: a person's matter. */
  readonly isLeftToOperators: boolean;
  /** Where it is, and where it could be at home. */
  readonly nextHopId: string;
  readonly preferredIds: readonly string[];
}

/** Managed routes that are not where they belong. */
function straysOf(run: Run): readonly Stray[] {
  const { snapshot } = run.options;
  const { network, log } = run.account;
  const pinned = pinnedRoutes(run);
  const doubted = doubtedIds(run);
  const isForwarding = (id: string) => isGatewayId(id) || run.account.groundTruth.isForwarding(id);
  const appliances = new Set(snapshot.interfaces.map(({ interfaceId }) => interfaceId));
  return snapshot.routeTables
    .filter(({ tableId }) => network.tags.get(`${tableId} vpn-medic:group`) !== null)
    .flatMap(({ tableId, name, routes }) =>
      routes.flatMap(({ destination, interfaceId }): readonly Stray[] => {
        if (interfaceId === null || !appliances.has(interfaceId)) return [];
        const stray = strayWhy(run, tableId, destination);
        if (stray === null) return [];
        const own = log.writes.filter(
          (one) => one.tableId === tableId && one.destination === destination,
        );
        const moved = own.filter(({ effectMs }) => effectMs !== null);
        return [
          {
            routeKey: `${tableId} ${destination}`,
            why: `${destination} in ${name} (${tableId}) ${stray.why}`,
            nextHopId: stray.nextHopId,
            preferredIds: stray.preferredIds,
            isLeftToOperators:
              isStateLost(run, stray.nextHopId) ||
              isLearntAnew(run, stray.nextHopId) ||
              (isForwarding(stray.nextHopId) && stray.preferredIds.some((id) => doubted.has(id))) ||
              (moved.length >= 3 && pinned.has(`${tableId} ${destination}`)),
          },
        ];
      }),
    );
}

/** By key of each pinned route: the member that its owner put it at, as the product has learnt it. */
const pinnedRoutes = ({ account }: Run): ReadonlyMap<string, string> =>
  new Map(
    [...account.table.bodies().values()].flatMap((body) =>
      v.is(State, body)
        ? Object.values(body.groups)
            .flatMap(({ pinnedAts }) => Object.keys(pinnedAts))
            .map((key) => [key, body.preferred[key]?.instanceId ?? ''] as const)
        : [],
    ),
  );

/** Appliances to which only a proof of the tunnel, or a person, brings routes back. */
const doubtedIds = ({ account, options }: Run): ReadonlySet<string> =>
  new Set(
    [...account.table.bodies().values()].flatMap((body) =>
      v.is(Doubts, body)
        ? Object.entries(body.appliances).flatMap(([id, { doubt }]) =>
            doubt != null && (doubt.why === 'undone' || options.policy.failback === 'proven')
              ? [id]
              : [],
          )
        : [],
    ),
  );

/** Gone, and what we remembered of it was lost with the table or with its tags: not touched on a guess. */
const isStateLost = (run: Run, nextHopId: string): boolean => {
  const { network } = run.account;
  const link = network.interfaces.firstEver(({ instanceId }) => instanceId === nextHopId);
  const isGone = link !== undefined && network.interfaces.get(link.interfaceId) === null;
  return (
    isGone &&
    hadFault(
      run,
      ['store-garbage', 'store-unreachable', 'store-flaky', 'rival-untag', 'watcher-killed'],
      0,
      Number.POSITIVE_INFINITY,
    )
  );
};

/** What was learnt may be lost: a route is learnt anew where it lives, and is not moved for its owner's sake. */
const isLearntAnew = (run: Run, nextHopId: string): boolean =>
  (isGatewayId(nextHopId) || run.account.groundTruth.isForwarding(nextHopId)) &&
  hadFault(run, STATE_LOSSES, 0, Number.POSITIVE_INFINITY);

function strayWhy(
  run: Run,
  tableId: string,
  destination: string,
): Omit<Stray, 'isLeftToOperators' | 'routeKey'> | null {
  const { network, groundTruth } = run.account;
  const nowMs = run.account.clock.monotonicMs();
  const targetId = targetAsOf(run, tableId, destination, nowMs);
  const nextHop = targetId === null ? null : ownerOf(run, targetId);
  if (nextHop === null) {
    return { why: `leads to ${targetId ?? 'nothing'}`, nextHopId: '', preferredIds: [] };
  }
  const pool = poolOwner(run, destination, nowMs, nowMs);
  // A claim takes no route from a living appliance at which somebody put it.
  if (pool !== null && groundTruth.isForwarding(nextHop)) return null;
  if (pool !== null) {
    const owner = network.successorOf(pool);
    return nextHop === owner
      ? null
      : {
          why: `is a pool of ${owner} and leads to ${nextHop}`,
          nextHopId: nextHop,
          preferredIds: [],
        };
  }
  // What has been terminated has no tags any more, and its routes still have a home.
  const choices = choicesOf(run, { tableId, destination });
  const isGateway = isGatewayId(nextHop);
  const memberId = isGateway ? (choices[0] ?? '') : nextHop;
  const group =
    groundTruth.groupOf(memberId) ??
    network.tags.past(`${memberId} vpn-medic:group`)[0]?.value ??
    null;
  const zones = choices.map((id) => network.instances.past(id)[0]?.zone);
  const preferredIds = network.instances
    .all()
    .filter(
      (one) =>
        zones.includes(one.zone) &&
        groundTruth.groupOf(one.instanceId) === group &&
        groundTruth.isForwarding(one.instanceId),
    )
    .map(({ instanceId }) => instanceId);
  if (!isGateway && !groundTruth.isForwarding(nextHop)) {
    return { why: `leads to ${nextHop}, which does not forward`, nextHopId: nextHop, preferredIds };
  }
  return preferredIds.length === 0 || preferredIds.includes(nextHop)
    ? null
    : {
        why: `leads to ${nextHop} and belongs to ${preferredIds.join(' or ')}`,
        nextHopId: nextHop,
        preferredIds,
      };
}

/** Incidents that a well world still has: what its tags and wiring are from the start, and what only a person ends. */
const UNTAGGED_TABLE = `${idOfLayout('rtb', 3)}/TableNotTagged`;
const LASTING = [
  UNTAGGED_TABLE,
  '/RoutePinned',
  '/PoolNotFollowed',
  // A drill that failed stays open until a later one passes, under the name with which it began.
  '/DrillRunning',
  '/DrillFailed',
];

/** `left`: how the incidents end that go with routes left to people. */
function pendingIncident(run: Run, left: readonly string[]): string | null {
  const { log, table } = run.account;
  const open = new Map<string, string>();
  const parents = new Map<string, string>();
  const notified = new Set<string>();
  for (const { incidentId, memberIds, state, answer, subject, atMs } of log.notifications) {
    if (answer !== 'published') continue;
    if (state === 'resolved') for (const id of [incidentId, ...memberIds]) open.delete(id);
    else if (!wasRecordLost(run, atMs)) open.set(incidentId, subject);
  }
  for (const [key, body] of table.bodies()) {
    if (!key.startsWith('incidents#')) continue;
    for (const { id, resolvedAt, notifiedAt, parent } of readPage(body).incidents) {
      if (resolvedAt === null) open.set(id, 'it is still open in the book');
      if (resolvedAt === null && parent !== null) parents.set(id, parent);
      if (resolvedAt === null && notifiedAt !== null) notified.add(id);
    }
  }
  // What ended in the storm and is true again begins anew, and is told half a minute later than it is seen.
  const unnotified = untaggedTablesInUse(run).find(
    (tableId) => ![...notified].some((id) => id.endsWith(`/${tableId}/TableNotTagged`)),
  );
  if (unnotified !== undefined)
    return `nobody has been told that ${unnotified} leans on an appliance`;
  const lasting = [...LASTING, ...left];
  const lasts = (id: string) => lasting.some((end) => id.endsWith(end));
  for (const [incidentId, subject] of open) {
    // A notification for several ends when the last of them does.
    const isLedOn = [...parents].some(([id, parent]) => parent === incidentId && lasts(id));
    if (!lasts(incidentId) && !isLedOn) {
      return `the incident ${incidentId} is still open: ${subject}`;
    }
  }
  return null;
}

/** Tables without our tag that lead through an appliance: a person's matter, and to be told for as long as it is so. */
function untaggedTablesInUse(run: Run): readonly string[] {
  const { network, groundTruth } = run.account;
  return network.tables
    .all()
    .filter(
      ({ tableId }) =>
        network.tags.get(`${tableId} vpn-medic:group`) === null &&
        network.tags.get(`${tableId} vpn-medic:ignore`) === null,
    )
    .filter(({ routes }) =>
      routes.some(({ interfaceId, origin }) => {
        const nextHop = interfaceId === null ? null : ownerOf(run, interfaceId);
        return origin === 'created' && nextHop !== null && groundTruth.groupOf(nextHop) !== null;
      }),
    )
    .map(({ tableId }) => tableId);
}

/** A notice whose record was lost with its watcher or its table can be told again, and cannot be taken back. */
const wasRecordLost = (run: Run, atMs: number): boolean =>
  hadFault(
    run,
    ['store-unreachable', 'store-flaky', 'store-conflicts', 'watcher-killed', 'brownout'],
    atMs - 3_000,
    atMs + 15_000,
  ) || hadFault(run, ['store-garbage'], atMs, Number.POSITIVE_INFINITY);

const State = v.object({
  groups: v.record(v.string(), v.object({ pinnedAts: v.record(v.string(), v.number()) })),
  preferred: v.record(v.string(), v.object({ instanceId: v.string() })),
});

/** One that is still to end, or whose end is still to be notified; null: none. */
function runningDrillOf({ account }: Run): string | null {
  const nowMs = account.clock.now();
  for (const body of account.table.bodies().values()) {
    if (!v.is(Drills, body)) continue;
    for (const [group, { drills }] of Object.entries(body.drills)) {
      // A date that a wrong clock put ahead is one that is over.
      if (drills.some(({ doneAt }) => doneAt === null || Math.abs(nowMs - doneAt) < NOTIFIED_MS)) {
        return `a drill of ${group} still runs`;
      }
    }
  }
  return null;
}

const NOTIFIED_MS = 5_000;

const Drills = v.object({
  drills: v.record(
    v.string(),
    v.object({ drills: v.array(v.object({ doneAt: v.nullable(v.number()) })) }),
  ),
});

const Doubts = v.object({
  appliances: v.record(
    v.string(),
    v.object({ doubt: v.nullish(v.object({ since: v.number(), why: v.string() })) }),
  ),
});
