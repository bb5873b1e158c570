/** The appliances that may take over a route. Pure. */
import { compare } from '../../core/order.ts';
import type { Scene } from '../rules.ts';
import { isDoubted } from '../state/failback.ts';
import { type Appliance, type ManagedRoute, priorityOf } from '../types/topology.ts';
import { isDegraded, type Verdict } from '../types/verdict.ts';

/** Indexes for candidates: thousands of routes are planned at once. */
export interface PlanScene extends Scene {
  /** By group and VPC. */
  readonly peers: ReadonlyMap<string, readonly Appliance[]>;
  /** By table id. */
  readonly preferredZones: ReadonlyMap<string, string | null>;
}

/**
 * The possible next hops of a route that its appliance cannot carry on, best first: the pinned one, the preferred one, the
 * lowest priority, the preferred one's zone, the zone of the table's subnets, the least loaded, the lower id; those whose
 * tunnel is in doubt, that leave or are down come last. Generated one by one: the first is nearly always taken.
 */
export function* successors(
  route: ManagedRoute,
  pinnedTo: string | null,
  { peers, appliances, preferredZones, loads, assessment, memory, policy }: PlanScene,
): Generator<Appliance> {
  const { preferred } = route;
  const preferredId = preferred.kind === 'appliance' ? preferred.instanceId : null;
  const preferredZone = appliances.get(preferredId ?? '')?.zone;
  const tableZone = preferredZones.get(route.tableId);
  const zoneRankOf = ({ zone }: Appliance): number =>
    zone === preferredZone ? 0 : zone === tableZone ? 1 : 2;
  const rankOf = (one: Appliance): number => {
    const { instanceId } = one;
    const verdict = assessment.verdicts.get(instanceId);
    const doubt = doubtOf(verdict, assessment.leaves.has(instanceId));
    if (instanceId === pinnedTo) return doubt - 1;
    const tunnel = isDoubted(instanceId, verdict, memory, policy) ? DOUBT : 0;
    const place =
      instanceId === preferredId ? 0 : 1 + priorityOf(one) * ZONE_RANKS + zoneRankOf(one);
    return doubt + tunnel + place;
  };
  const waiting = (peers.get(`${route.group} ${route.vpcId}`) ?? [])
    .filter(
      ({ instanceId, interfaces, interfacesUnreadWhy }) =>
        instanceId !== route.nextHop &&
        (interfacesUnreadWhy !== null || interfaces.some(({ isAttached }) => isAttached)),
    )
    .map((one) => ({ one, rank: rankOf(one), load: loads.get(one.instanceId) ?? 0 }));
  while (waiting.length > 0) {
    const [best] = waiting.splice(indexOfBest(waiting), 1);
    if (best !== undefined) yield best.one;
  }
}

/** Ranks of zones within one priority. */
const ZONE_RANKS = 3;
/** More than any rank by pin, preference, priority and zone. */
const DOUBT = 10_000;

/** After all that are well, and those of which the tunnel alone is in doubt: a failed status check, a leave, a death. */
function doubtOf(verdict: Verdict | undefined, isLeaving: boolean): number {
  if (verdict?.kind === 'down') return 8 * DOUBT;
  return (isDegraded(verdict) ? 2 * DOUBT : 0) + (isLeaving ? 4 * DOUBT : 0);
}

interface Candidate {
  readonly one: Appliance;
  readonly rank: number;
  readonly load: number;
}

const isBetter = (a: Candidate, b: Candidate): boolean =>
  (a.rank - b.rank || a.load - b.load || compare(a.one.instanceId, b.one.instanceId)) < 0;

function indexOfBest(candidates: readonly Candidate[]): number {
  let at = 0;
  let best = candidates[0];
  for (let index = 1; index < candidates.length; index += 1) {
    const candidate = candidates[index];
    if (best === undefined || candidate === undefined || !isBetter(candidate, best)) continue;
    at = index;
    best = candidate;
  }
  return at;
}
