/** One managed route as check tells it: where it leads, where it belongs. Pure. */
import type { Assessment } from '../../appliances/types/assessment.ts';
import type { ManagedRoute } from '../../appliances/types/topology.ts';

export interface RouteReport {
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  readonly group: string;
  /** Instance ids. */
  readonly carrier: string;
  readonly home: string | null;
  /** `home`: all is well. `pool`: at its owner, where it is pinned. `homeless`: nothing says where it belongs. */
  readonly state:
    | 'home'
    | 'away'
    | 'pool'
    | 'pool-astray'
    | 'homeless'
    | 'contested'
    | 'carrier-down';
  /** Why it has no home; else null. */
  readonly why: string | null;
}

export function reportRoute(route: ManagedRoute, { verdicts }: Assessment): RouteReport {
  const { tableId, tableName, destination, group, carrier, home } = route;
  const isDown = verdicts.get(carrier)?.kind === 'down';
  return {
    tableId,
    tableName,
    destination,
    group,
    carrier,
    home: home.kind === 'appliance' || home.kind === 'pool' ? home.instanceId : null,
    state: isDown ? 'carrier-down' : stateOf(route),
    why: home.kind === 'none' || home.kind === 'contested' ? home.why : null,
  };
}

function stateOf({ carrier, home }: ManagedRoute): RouteReport['state'] {
  switch (home.kind) {
    case 'appliance':
      return home.instanceId === carrier ? 'home' : 'away';
    case 'pool':
      return home.instanceId === carrier ? 'pool' : 'pool-astray';
    case 'contested':
      return 'contested';
    case 'none':
      return 'homeless';
    default:
      return home satisfies never;
  }
}
