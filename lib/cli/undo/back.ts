/** Where the routes of recorded moves came from, and which of them can go back. Pure. */
import type { ManagedRoute, Topology } from '../../appliances/types/topology.ts';
import type { ConnectionPath } from '../../core/connectionPath.ts';
import type { Instant } from '../../core/time.ts';
import { pathsById } from '../../transitGateway/assess/routes.ts';
import type { TransitLook } from '../transit/look.ts';

export interface RecordedMove {
  readonly at: Instant;
  readonly routeKey: string;
  readonly from: string;
}

export interface RouteBack {
  readonly route: Pick<ManagedRoute, 'key' | 'group' | 'tableName' | 'destination' | 'nextHop'>;
  readonly nextHopName: string;
  readonly to: string;
  readonly toName: string;
}

export interface Backs {
  readonly back: readonly RouteBack[];
  readonly kept: readonly Kept[];
}

export const NOTHING: Backs = { back: [], kept: [] };

export const joined = (a: Backs, b: Backs): Backs => ({
  back: [...a.back, ...b.back],
  kept: [...a.kept, ...b.kept],
});

export interface Kept {
  readonly route: string;
  readonly why: string;
}

/** Each route once, back to where it was before the first of the moves. */
export function routesBack(moves: readonly RecordedMove[], topology: Topology): Backs {
  const back: RouteBack[] = [];
  const kept: Kept[] = [];
  const seen = new Set<string>();
  for (const { routeKey, from } of moves) {
    if (seen.has(routeKey)) continue;
    seen.add(routeKey);
    const route = topology.routes.find(({ key }) => key === routeKey);
    const target = topology.appliances.find(({ instanceId }) => instanceId === from);
    const keep = (why: string) => kept.push({ route: routeKey, why });
    if (route === undefined) keep('it is no longer a managed route');
    else if (route.nextHop === from) keep('it leads there again already');
    else if (route.preferred.kind === 'pool' || route.preferred.kind === 'contested')
      keep('it is a client pool: only its appliance can carry it');
    else if (target === undefined) keep(`${from}, where it was, is no longer an appliance`);
    else if (target.group !== route.group)
      keep(`${target.name}, where it was, is of another group now`);
    else {
      const nextHopName = nameOf(topology, route.nextHop);
      back.push({ route, nextHopName, to: from, toName: target.name });
    }
  }
  return { back, kept };
}

/** The same for routes of transit gateways. */
export function transitRoutesBack(moves: readonly RecordedMove[], look: TransitLook | null): Backs {
  const back: RouteBack[] = [];
  const kept: Kept[] = [];
  const paths = look === null ? new Map<string, ConnectionPath>() : pathsById(look.world);
  const byRoute = Map.groupBy(moves, ({ routeKey }) => routeKey);
  for (const [move] of byRoute.values()) {
    if (move === undefined) continue;
    const { routeKey, from } = move;
    const route = look?.routes.find(({ key }) => key === routeKey);
    const target = paths.get(from);
    const keep = (why: string) => kept.push({ route: routeKey, why });
    if (route === undefined) keep('it is no longer a managed route');
    else if (route.connectionId === from) keep('it leads there again already');
    else if (target === undefined) keep(`${from}, where it was, is no longer a connection`);
    else if (target.group !== route.group)
      keep(`${target.name}, where it was, is of another group now`);
    else {
      const { key, group, tableName, destination, connectionId: nextHop } = route;
      const nextHopName = paths.get(nextHop)?.name ?? nextHop;
      const shown = { key, group, tableName, destination, nextHop };
      back.push({ route: shown, nextHopName, to: from, toName: target.name });
    }
  }
  return { back, kept };
}

const nameOf = ({ appliances }: Topology, id: string): string =>
  appliances.find(({ instanceId }) => instanceId === id)?.name ?? id;
