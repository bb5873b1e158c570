/** What a pass learns: where owners put their routes, who is admitted, and which of our writes show. Pure. */
import type { Instant } from '../../core/time.ts';
import { groupKeyOf, NOT_SHOWN, type RouteMemory, type TransitMemory } from '../state.ts';
import { TRANSIT_POLICY as POLICY } from '../types/policy.ts';
import type { TransitRoute, TransitWorld } from '../types/world.ts';
import { isNamed, membersOf, namedMembers, pathsById, readTables, shownRoutes } from './routes.ts';

/** What could not be read is remembered as it was. */
export function learn(world: TransitWorld, before: TransitMemory, now: Instant): TransitMemory {
  const memory = withoutGivenUp(withoutFuture(before, now), now);
  const routes = shownRoutes(world, memory);
  const readIds = new Set(readTables(world).map(({ table }) => table.tableId));
  const tableIds = new Set(
    (world.tables.known ? world.tables.value : []).map((one) => one.tableId),
  );
  const isKept = (key: string) => {
    const [tableId = ''] = key.split(' ');
    return world.tables.known ? tableIds.has(tableId) && !readIds.has(tableId) : true;
  };
  const shown = new Set(routes.map(({ key }) => key));
  const unread = Object.entries(memory.routes).flatMap(([key, route]) => {
    if (isKept(key)) return [[key, route] as const];
    // One answer that leaves a route out is no end of it.
    const isMissed = !shown.has(key) && route.doubt !== NOT_SHOWN;
    return isMissed ? [[key, { ...route, doubt: NOT_SHOWN }] as const] : [];
  });
  const remembered = new Set(unread.map(([key]) => key));
  const learnt = routes.map((route) => [route.key, learnRoute(route, world, memory, now)] as const);
  const pending = Object.entries(memory.pending).filter(([key, { toAttachmentId }]) => {
    const route = routes.find((one) => one.key === key);
    return route === undefined
      ? isKept(key) || remembered.has(key)
      : route.attachmentId !== toAttachmentId;
  });
  return {
    ...memory,
    routes: Object.fromEntries([...unread, ...learnt]),
    groups: world.paths.known ? learnGroups(world, routes, memory, now) : memory.groups,
    pending: Object.fromEntries(pending),
  };
}

function learnRoute(
  { key, attachmentId, connectionId }: TransitRoute,
  world: TransitWorld,
  memory: TransitMemory,
  now: Instant,
): RouteMemory {
  const before = memory.routes[key];
  if (before === undefined) {
    return {
      preferred: connectionId,
      attachmentId,
      connectionId,
      failoverAts: [],
      rewriteAts: [],
      movedAt: null,
      doubt: null,
    };
  }
  const isRecent = (at: Instant) => now - at < POLICY.flapWindowMs;
  const paths = pathsById(world);
  // A preferred connection that is gone is succeeded by the one that carries the route.
  const isSucceeded =
    paths.get(connectionId)?.health.kind === 'up' && isGone(before.preferred, world);
  const base = {
    ...before,
    preferred: isSucceeded ? connectionId : before.preferred,
    failoverAts: before.failoverAts.filter(isRecent),
    rewriteAts: before.rewriteAts.filter(isRecent),
    doubt: null,
  };
  // A blackhole without an attachment is no owner's choice of a next hop.
  if (attachmentId === null || attachmentId === before.attachmentId) return base;
  const moved = { ...base, attachmentId, connectionId, movedAt: now };
  const own = memory.pending[key];
  if (own?.toAttachmentId === attachmentId) {
    return own.kind === 'failover'
      ? { ...moved, failoverAts: [...base.failoverAts, own.firstAt] }
      : moved;
  }
  // One answer may be older than the last write: what others have done is concluded from two passes that agree.
  if (before.attachmentId !== null && before.doubt !== attachmentId) {
    return { ...base, doubt: attachmentId };
  }
  // An owner's choice is a connection that is up; pointed at one that is down it is another tool's rewriting.
  const health = paths.get(connectionId)?.health.kind;
  if (health === 'up') return { ...moved, preferred: connectionId };
  return health === 'down' && base.failoverAts.length > 0
    ? { ...moved, rewriteAts: [...base.rewriteAts, now].slice(-REWRITES_KEPT) }
    : moved;
}

const REWRITES_KEPT = 20;

/** Whether EC2 lists neither the connection nor an attachment of it. */
const isGone = (connectionId: string, { paths, attachments }: TransitWorld): boolean =>
  paths.known &&
  attachments.known &&
  !paths.value.some((one) => one.connectionId === connectionId) &&
  !attachments.value.some((one) => one.connectionId === connectionId);

/** More than one transit gateway has connections would be a state that lies. */
const ADMITTED_KEPT = 100;

/** The members that are there when a group is first seen are admitted; later ones when they carry routes of a table whose tag does not name them. */
function learnGroups(
  world: TransitWorld,
  routes: readonly TransitRoute[],
  memory: TransitMemory,
  now: Instant,
): TransitMemory['groups'] {
  const groups = new Map<string, { readonly group: string; readonly transitGatewayId: string }>();
  for (const { group, transitGatewayId } of world.paths.known ? world.paths.value : []) {
    if (group === null || transitGatewayId === null) continue;
    groups.set(groupKeyOf(group, transitGatewayId), { group, transitGatewayId });
  }
  const learnt = [...groups].map(([key, { group, transitGatewayId }]) => {
    const members = membersOf(world, group, transitGatewayId).map((one) => one.connectionId);
    const before = memory.groups[key];
    const named = namedMembers(world, group, transitGatewayId);
    const carrying = routes
      .filter((one) => one.group === group && one.transitGatewayId === transitGatewayId)
      .filter(({ connectionId, tableId }) => !isNamed(connectionId, tableId, world))
      .map(({ connectionId }) => connectionId);
    const admitted = new Set([...(before?.admitted ?? members), ...carrying]);
    const waiting = members.filter((id) => !admitted.has(id) && !named.has(id));
    return [
      key,
      {
        admitted: [...admitted].slice(-ADMITTED_KEPT),
        waiting: Object.fromEntries(waiting.map((id) => [id, before?.waiting[id] ?? now])),
      },
    ] as const;
  });
  // A group whose every connection was deleted may still have routes.
  const left = Object.entries(memory.groups).filter(
    ([key, { admitted }]) =>
      !groups.has(key) && routes.some(({ connectionId }) => admitted.includes(connectionId)),
  );
  return Object.fromEntries([...left, ...learnt]);
}

/** A write that was given up: the route's new place is not its doing any more. */
const withoutGivenUp = (memory: TransitMemory, now: Instant): TransitMemory => ({
  ...memory,
  pending: Object.fromEntries(
    Object.entries(memory.pending).filter(([, { lastAt }]) => now - lastAt <= POLICY.forgetMs),
  ),
});

const each = <T, U>(of: Readonly<Record<string, T>>, change: (value: T) => U) =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));

/** A stored instant in the future counts as now, once: no hold-down lasts for ever. */
function withoutFuture(memory: TransitMemory, now: Instant): TransitMemory {
  const past = (at: Instant): Instant => (at > now + POLICY.futureMs ? now : at);
  const pastOrNull = (at: Instant | null) => (at === null ? null : past(at));
  return {
    ...memory,
    routes: each(memory.routes, (route) => ({
      ...route,
      failoverAts: route.failoverAts.map(past),
      rewriteAts: route.rewriteAts.map(past),
      movedAt: pastOrNull(route.movedAt),
    })),
    groups: each(memory.groups, ({ admitted, waiting }) => ({
      admitted,
      waiting: each(waiting, past),
    })),
    pending: each(memory.pending, (write) => ({
      ...write,
      firstAt: past(write.firstAt),
      lastAt: past(write.lastAt),
    })),
    blindSince: pastOrNull(memory.blindSince),
  };
}
