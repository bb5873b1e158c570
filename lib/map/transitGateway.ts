/** The transit gateway route tables of the map, from the poll's stored state. Pure. */
import { compare } from '../core/order.ts';
import type { ConnectionMemory } from '../siteToSite/state.ts';
import type { TransitMemory } from '../transitGateway/state.ts';
import type { MapRouteGroup, MapTable } from './scene.ts';

/**
 * Managed routes as of the last poll, those with the same connections and state as one line. `isCurrent` false: no leader
 * has looked in time, so that nothing is drawn as well.
 */
export function mapTransitTables(
  { routes }: TransitMemory,
  connections: ConnectionMemory,
  isCurrent: boolean,
): readonly MapTable[] {
  const rows = Object.entries(routes).map(([key, route]) => {
    const space = key.indexOf(' ');
    const { preferred, connectionId } = route;
    return {
      tableId: key.slice(0, space),
      destination: key.slice(space + 1),
      preferred,
      nextHop: connectionId,
      state: isCurrent ? stateOf(preferred, connectionId, connections) : ('unsure' as const),
    };
  });
  return [...Map.groupBy(rows, ({ tableId }) => tableId)]
    .map(([id, own]): MapTable => ({ id, name: id, zone: null, routeGroups: groupsOf(own) }))
    .toSorted((a, b) => compare(a.id, b.id));
}

interface Row extends Pick<MapRouteGroup, 'nextHop' | 'preferred' | 'state'> {
  readonly destination: string;
}

const groupsOf = (rows: readonly Row[]): readonly MapRouteGroup[] =>
  [
    ...Map.groupBy(rows, ({ nextHop, preferred, state }) =>
      JSON.stringify([nextHop, preferred, state]),
    ).values(),
  ].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { nextHop, preferred, state } = first;
    const destinations = own.map(({ destination }) => destination).toSorted(compare);
    return [{ destinations, nextHop, preferred, state, isPool: false, isPinned: false }];
  });

function stateOf(
  preferred: string,
  nextHop: string,
  { downSince, tunnels }: ConnectionMemory,
): MapRouteGroup['state'] {
  if (nextHop in downSince) return 'lost';
  if (preferred !== nextHop) return 'failedOver';
  const isUp = Object.values(tunnels).some(
    ({ connectionId, status, unknownSince }) =>
      connectionId === nextHop &&
      unknownSince === null &&
      (status === 'up' || status === 'no-routes'),
  );
  return isUp ? 'preferred' : 'unsure';
}
