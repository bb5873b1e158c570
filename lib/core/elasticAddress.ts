/**
 * An Elastic address is planned, written and read back as a route is: the allocation stands for a table of one route, from
 * the address to the interface that holds it. Pure.
 */
import { counted } from './text.ts';

/** Whether the id of a table, or the key of a route, is an Elastic address's. */
export const isElastic = (tableIdOrKey: string): boolean => tableIdOrKey.startsWith('eipalloc-');

/** What an address leads to that is associated with nothing. */
export const UNHELD = 'no interface';

/** `10.0.0.0/8 in app-a`, `Elastic address 203.0.113.7`. */
export const routeName = (tableIdOrKey: string, destination: string, tableName: string): string =>
  isElastic(tableIdOrKey) ? `Elastic address ${destination}` : `${destination} in ${tableName}`;

/** A key of a route as people read it: `rtb-1 10.0.0.0/8`, `Elastic address 203.0.113.7`. */
export const routeKeyText = (routeKey: string): string =>
  isElastic(routeKey) ? routeName(routeKey, routeKey.split(' ')[1] ?? '', '') : routeKey;

/** By their keys: `6 routes`, `1 address`, `6 routes and 1 address`. */
export function countedRoutes(keys: readonly string[]): string {
  const addresses = keys.filter(isElastic).length;
  const routes = keys.length - addresses;
  if (addresses === 0) return counted(routes, 'route');
  const some = addresses === 1 ? '1 address' : `${addresses} addresses`;
  return routes === 0 ? some : `${counted(routes, 'route')} and ${some}`;
}
