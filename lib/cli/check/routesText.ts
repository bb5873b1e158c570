/** Managed routes as text. Pure. */

import { colour, type Words } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import type { RouteReport } from './appliances.ts';
import type { Opening } from './opening.ts';

/** Above this number, routes on their preferred next hop are only counted. */
const ROUTES_SHOWN = 40;

export function writeRoutes({ routes, appliances }: Opening, showsAll: boolean): readonly Block[] {
  if (routes.length === 0) return [];
  const names = new Map(appliances.map(({ instanceId, name }) => [instanceId, name]));
  const shown =
    showsAll || routes.length <= ROUTES_SHOWN
      ? routes
      : routes.filter((route) => !isExpected(route));
  const hiddenCount = routes.length - shown.length;
  const tableNames = namesOfTables(routes);
  return [
    blank,
    title('Managed routes'),
    ...(shown.length === 0
      ? []
      : [
          table(
            ['TABLE', 'DESTINATION', 'NEXT HOP', 'PREFERRED', 'STATE'],
            shown.map((route) => [
              tableNames.get(route.tableId) ?? route.tableId,
              route.destination,
              names.get(route.nextHop) ?? route.nextHop,
              route.preferred === null ? '-' : (names.get(route.preferred) ?? route.preferred),
              stateOf(route),
            ]),
          ),
        ]),
    ...(hiddenCount === 0
      ? []
      : [
          line(
            `${shown.length === 0 ? `All ${hiddenCount} are` : `${hiddenCount} more are`} on their preferred next hop (--all lists them).`,
            2,
          ),
        ]),
  ];
}

const isExpected = ({ state }: RouteReport): boolean => state === 'preferred' || state === 'pool';

/** Names that two tables share get the id too. */
function namesOfTables(routes: readonly RouteReport[]): ReadonlyMap<string, string> {
  const byId = new Map(routes.map(({ tableId, tableName }) => [tableId, tableName]));
  const idsByName = Map.groupBy(byId.keys(), (id) => byId.get(id));
  return new Map(
    [...byId].map(([id, name]) => [
      id,
      name !== id && (idsByName.get(name)?.length ?? 0) > 1 ? `${name} (${id})` : name,
    ]),
  );
}

function stateOf({ state, why }: RouteReport): Words {
  switch (state) {
    case 'preferred':
      return colour('good', 'preferred');
    case 'pool':
      return colour('good', 'preferred (client pool, pinned)');
    case 'failedOver':
      return colour('warn', 'failed over');
    case 'pool-moved':
      return colour('warn', 'moved (client pool, not on its appliance)');
    case 'contested':
      return colour('warn', `never moved: ${why ?? 'two appliances claim it'}`);
    case 'next-hop-down':
      return colour('bad', 'next hop is down');
    default:
      return state satisfies never;
  }
}
