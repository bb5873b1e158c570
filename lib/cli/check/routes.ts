/** One managed route as check tells it: where it leads, where it belongs. Pure. */
import type { Assessment } from '../../appliances/types/assessment.ts';
import type { ManagedRoute } from '../../appliances/types/topology.ts';

export interface RouteReport {
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  readonly group: string;
  /** Instance ids. */
  readonly nextHop: string;
  readonly preferred: string | null;
  /** `preferred`: all is well. `pool`: at its owner, where it is pinned. `withoutPreferred`: nothing says where it belongs. */
  readonly state:
    | 'preferred'
    | 'failedOver'
    | 'pool'
    | 'pool-astray'
    | 'withoutPreferred'
    | 'contested'
    | 'carrier-down';
  /** Why it has no home; else null. */
  readonly why: string | null;
}

export function reportRoute(route: ManagedRoute, { verdicts }: Assessment): RouteReport {
  const { tableId, tableName, destination, group, nextHop, preferred } = route;
  const isDown = verdicts.get(nextHop)?.kind === 'down';
  return {
    tableId,
    tableName,
    destination,
    group,
    nextHop,
    preferred:
      preferred.kind === 'appliance' || preferred.kind === 'pool' ? preferred.instanceId : null,
    state: isDown ? 'carrier-down' : stateOf(route),
    why: preferred.kind === 'none' || preferred.kind === 'contested' ? preferred.why : null,
  };
}

function stateOf({ nextHop, preferred }: ManagedRoute): RouteReport['state'] {
  switch (preferred.kind) {
    case 'appliance':
      return preferred.instanceId === nextHop ? 'preferred' : 'failedOver';
    case 'pool':
      return preferred.instanceId === nextHop ? 'pool' : 'pool-astray';
    case 'contested':
      return 'contested';
    case 'none':
      return 'withoutPreferred';
    default:
      return preferred satisfies never;
  }
}
