/** What a route prefers when only the pools of admitted members count. Pure. */
import type { Scene } from '../rules.ts';
import { joinOf } from '../state/admission.ts';
import { poolAmong } from '../types/pool.ts';
import type { ManagedRoute, Preferred } from '../types/topology.ts';

/**
 * The claim of one that is not admitted counts for nothing: null, and the route moves as any other. Where one that is gone
 * claimed the same it is a client pool all the same, and waits for an heir that is admitted.
 */
export function preferredAmongMembers(
  { preferred, destination }: ManagedRoute,
  { appliances, memory, policy, world: { topology } }: Scene,
): Preferred | null {
  const isMember = (instanceId: string): boolean => {
    const one = appliances.get(instanceId);
    return one === undefined || joinOf(one, { topology, memory, policy }).isAdmitted;
  };
  switch (preferred.kind) {
    case 'appliance':
      return preferred;
    case 'pool':
      return preferred.isInherited || isMember(preferred.instanceId) ? preferred : null;
    case 'contested': {
      const claims = preferred.claims.filter(({ instanceId }) => isMember(instanceId));
      const cidrs = topology.prefixLists.get(destination) ?? [destination];
      return claims.length === preferred.claims.length
        ? preferred
        : poolAmong(claims, destination, cidrs);
    }
    default:
      return preferred satisfies never;
  }
}
