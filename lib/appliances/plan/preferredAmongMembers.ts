/** What a route prefers when only the pools of members that its table admits count. Pure. */
import type { Scene } from '../rules.ts';
import { admissionOf } from '../state/admission.ts';
import { poolAmong } from '../types/pool.ts';
import type { ManagedRoute, Preferred } from '../types/topology.ts';

/**
 * The claim of one that is not admitted counts for nothing: null, and the route moves as any other. Where one that is gone
 * claimed the same it is a client pool all the same, and waits for an heir that is admitted.
 */
export function preferredAmongMembers(
  { preferred, destination, tableId }: ManagedRoute,
  { appliances, memory, policy, world: { topology } }: Scene,
): Preferred | null {
  const table = topology.tables.find((one) => one.tableId === tableId);
  const isMember = (instanceId: string): boolean => {
    const one = appliances.get(instanceId);
    return one === undefined || admissionOf(one, table, { memory, policy }).isAdmitted;
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
