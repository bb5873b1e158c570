/** The recheck of a move, after its reads and right before its write. Pure. */
import type { Move, Plan } from '../types/plan.ts';
import { isDead, type Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';

/** Why this move is no longer right, by the plan that would be made now; null: it is the same. */
export function objectionTo(move: Move, again: Plan, verdicts: Verdicts): string | null {
  const action = again.actions.find(({ routeKey }) => routeKey === move.routeKey);
  if (action?.toTargetId === move.toTargetId && action.fromTargetId === move.fromTargetId) {
    return null;
  }
  const held = again.held.find(({ routeKey }) => routeKey === move.routeKey);
  if (held !== undefined) return `${held.rule} holds it since it was planned: ${held.because}`;
  if (action !== undefined) return 'it was planned anew before it was written';
  return move.kind === 'failover' && !isDead(verdicts.get(move.from))
    ? 'the appliance that it was to leave has answered since it was planned'
    : 'it is well where it is since it was planned';
}

/**
 * The tables that a probe of a far side depends on, for the moves of this plan: those of the vantages' own subnets.
 * By them such a probe is attributed to an appliance. Empty when no such probe is concerned.
 */
export function wayTableIds({ topology, vantages }: World, { actions }: Plan): readonly string[] {
  const ids = new Set(actions.flatMap(({ from, to }) => [from, to]));
  const isConcerned = topology.appliances.some(
    ({ instanceId, probes }) =>
      ids.has(instanceId) && probes.flat().some(({ address }) => address !== null),
  );
  if (!isConcerned) return [];
  const subnetIds = new Set(vantages.flatMap(({ vantage }) => vantage.subnetIds));
  return topology.tables
    .filter((table) => table.subnetIds.some((id) => subnetIds.has(id)))
    .map(({ tableId }) => tableId);
}
