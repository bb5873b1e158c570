/** Client pools by the claims of appliances. Pure. */
import { covers } from '../../core/cidr.ts';
import type { PoolClaim, Preferred } from './topology.ts';

/** Whose client pool a destination is by claims that overlap it; null: of none. */
export function poolAmong(
  claims: readonly PoolClaim[],
  destination: string,
  cidrs: readonly string[],
): Extract<Preferred, { kind: 'pool' | 'contested' }> | null {
  const pooled = cidrs.filter((cidr) => claims.some(({ pool }) => covers(pool, cidr)));
  const claim = claims.find(({ pool }) => pooled.some((cidr) => covers(pool, cidr)));
  if (claim === undefined) return null;
  const owners = [...new Set(claims.map(({ instanceId }) => instanceId))];
  if (owners.length > 1) {
    const why = `${owners.join(' and ')} both claim ${destination} as a client pool`;
    return { kind: 'contested', why, claims };
  }
  const { instanceId, pool } = claim;
  if (pooled.length === cidrs.length) return { kind: 'pool', instanceId, pool };
  const why = `${destination} holds the client pool ${pool} of ${instanceId} and more besides`;
  return { kind: 'contested', why, claims };
}
