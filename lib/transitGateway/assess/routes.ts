/** Which routes are managed, and who the members of their groups are. Pure. */
import { type ConnectionPath, isConnectionId } from '../../core/connectionPath.ts';
import { compare } from '../../core/order.ts';
import { parseGroups, words } from '../../core/tags.ts';
import { groupKeyOf, type TransitMemory } from '../state.ts';
import { routeKeyOf, type TransitRouteFact, type TransitTableFact } from '../types/transit.ts';
import type { TransitRoute, TransitWorld } from '../types/world.ts';

/** The routes of `shownRoutes`, each where it was before as long as one reading alone has shown it elsewhere. */
export const managedRoutes = (
  world: TransitWorld,
  memory: TransitMemory,
): readonly TransitRoute[] =>
  shownRoutes(world, memory).map((route) => {
    const before = memory.routes[route.key];
    if (before === undefined || before.doubt === null || before.doubt !== route.attachmentId) {
      return route;
    }
    const { attachmentId, connectionId } = before;
    return { ...route, attachmentId, connectionId, isBlackhole: false };
  });

/**
 * Static routes of tagged tables that lead to a member of one of the table's groups, and blackholes that led to one.
 * A route to anything else is not managed, whatever the tags say. Ordered by key.
 */
export function shownRoutes(world: TransitWorld, memory: TransitMemory): readonly TransitRoute[] {
  return readTables(world)
    .flatMap(({ table, groups, facts }) =>
      facts.flatMap((fact) => managedRoute(table, groups, fact, world, memory) ?? []),
    )
    .toSorted((a, b) => compare(a.key, b.key));
}

function managedRoute(
  table: TransitTableFact,
  groups: readonly string[],
  { destination, attachment, isBlackhole }: TransitRouteFact,
  world: TransitWorld,
  memory: TransitMemory,
): TransitRoute | null {
  const paths = pathsById(world);
  const { tableId, name: tableName, transitGatewayId, preferredTag } = table;
  const key = routeKeyOf(tableId, destination);
  const before = memory.routes[key];
  const isVpn = attachment?.resourceType === 'vpn';
  // A deleted attachment leaves a blackhole: what it led to is known from before only.
  const connectionId = isVpn
    ? attachment.resourceId
    : attachment === null && isBlackhole
      ? before?.connectionId
      : undefined;
  if (connectionId === undefined) return null;
  // A blackhole beside an attachment that stands was made by a person: it is meant.
  if (!isVpn && !hasLostAttachment(connectionId, world)) return null;
  const group = groups.find(
    (one) =>
      paths.get(connectionId)?.group === one ||
      // Its connection is deleted, or cannot be read: one that lost the tag is no member any more.
      (!paths.has(connectionId) &&
        before?.connectionId === connectionId &&
        (memory.groups[groupKeyOf(one, transitGatewayId)]?.admitted.includes(connectionId) ===
          true ||
          isNamed(connectionId, tableId, world))),
  );
  if (group === undefined) return null;
  return {
    key,
    tableId,
    tableName,
    transitGatewayId,
    destination,
    group,
    attachmentId: isVpn ? attachment.attachmentId : null,
    connectionId,
    isBlackhole,
    preferredTag: preferredOf(preferredTag),
  };
}

const hasLostAttachment = (connectionId: string, { attachments }: TransitWorld): boolean =>
  attachments.known &&
  !attachments.value.some(
    (one) => one.connectionId === connectionId && one.stateWord === 'available',
  );

interface ReadTable {
  readonly table: TransitTableFact;
  readonly groups: readonly string[];
  readonly facts: readonly TransitRouteFact[];
}

/** Tables whose tags can be read and whose routes are known. */
export function readTables({ tables, routes }: TransitWorld): readonly ReadTable[] {
  if (!tables.known) return [];
  return tables.value.flatMap((table) => {
    const groups = parseGroups(table.groupTag);
    const facts = routes.get(table.tableId);
    if (!groups.ok || facts?.known !== true || table.ignored !== null) return [];
    return [{ table, groups: groups.value, facts: facts.value }];
  });
}

export const pathsById = ({ paths }: TransitWorld): ReadonlyMap<string, ConnectionPath> =>
  new Map((paths.known ? paths.value : []).map((one) => [one.connectionId, one]));

/** The members of a group on one transit gateway, ordered by id; ignored ones are none. */
export const membersOf = (
  { paths }: TransitWorld,
  group: string,
  transitGatewayId: string,
): readonly ConnectionPath[] =>
  (paths.known ? paths.value : [])
    .filter(
      (one) =>
        one.group === group && one.transitGatewayId === transitGatewayId && one.ignored === null,
    )
    .toSorted((a, b) => compare(a.connectionId, b.connectionId));

/** The connection that the table's tag names; null: no tag, or it names none. */
export const preferredOf = (tag: string | null): string | null =>
  tag !== null && isConnectionId(tag.trim()) ? tag.trim() : null;

/** Whether the table's tag `vpn-medic:members` names it: that admits it to the routes of this table alone. */
export const isNamed = (connectionId: string, tableId: string, { tables }: TransitWorld): boolean =>
  tables.known &&
  tables.value.some(
    (one) => one.tableId === tableId && words(one.membersTag ?? '').includes(connectionId),
  );

/** The connections that the tag of any table of a group names. */
export const namedMembers = (
  world: TransitWorld,
  group: string,
  transitGatewayId: string,
): ReadonlySet<string> =>
  new Set(
    readTables(world)
      .filter(
        ({ table, groups }) =>
          groups.includes(group) && table.transitGatewayId === transitGatewayId,
      )
      .flatMap(({ table }) => words(table.membersTag ?? '')),
  );
