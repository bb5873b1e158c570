/** One managed route as check reports it: its next hop and its preferred next hop. Pure. */
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
  /** `preferred`: all is well. `pool`: at its owner, where it is pinned. `withoutPreferred`: it has no preferred next hop. */
  readonly state:
    | 'preferred'
    | 'failedOver'
    | 'pool'
    | 'pool-moved'
    | 'withoutPreferred'
    | 'contested'
    | 'next-hop-down';
  /** Why it has no preferred next hop; else null. */
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
    state: isDown ? 'next-hop-down' : stateOf(route),
    why: preferred.kind === 'none' || preferred.kind === 'contested' ? preferred.why : null,
  };
}

function stateOf({ nextHop, preferred }: ManagedRoute): RouteReport['state'] {
  switch (preferred.kind) {
    case 'appliance':
      return preferred.instanceId === nextHop ? 'preferred' : 'failedOver';
    case 'pool':
      return preferred.instanceId === nextHop ? 'pool' : 'pool-moved';
    case 'contested':
      return 'contested';
    case 'none':
      return 'withoutPreferred';
    default:
      return preferred satisfies never;
  }
}
