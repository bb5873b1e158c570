/** Client pools and the appliances that claim them. Pure. */
import { overlap } from '../../core/cidr.ts';
import { TAG } from '../../core/tags.ts';
import { poolAmong } from '../types/pool.ts';
import {
  type Appliance,
  type Fault,
  isInVpc,
  type Preferred,
  vpcIdsOf,
} from '../types/topology.ts';

export interface PoolIndex {
  /** The preferred next hop of a route to this destination (a CIDR or a prefix list) in this VPC, when a pool claims it; else null. */
  preferredOf(vpcId: string, destination: string): Preferred | null;
}

/**
 * The owner of each pool; two appliances that claim the same addresses get a fault each, and neither owns them. One that
 * is gone for good owns what no living one claims: the one launched in its place has it.
 */
export function readPools(
  appliances: readonly Appliance[],
  prefixLists: ReadonlyMap<string, readonly string[]>,
  isGone: (appliance: Appliance) => boolean,
  faults: Fault[],
): PoolIndex {
  const claims = appliances.flatMap((appliance) =>
    appliance.pools.map((pool) => ({ appliance, pool })),
  );
  for (const [index, a] of claims.entries()) {
    for (const b of claims.slice(index + 1)) {
      if (!shareVpc(a.appliance, b.appliance) || !overlap(a.pool, b.pool)) continue;
      if (a.appliance.instanceId === b.appliance.instanceId) continue;
      if (isGone(a.appliance) !== isGone(b.appliance)) continue;
      faults.push(poolFault(a, b));
    }
  }
  return {
    preferredOf(vpcId, destination) {
      const cidrs = prefixLists.get(destination) ?? [destination];
      const all = claims.filter(
        ({ appliance, pool }) =>
          isInVpc(appliance, vpcId) && cidrs.some((cidr) => overlap(pool, cidr)),
      );
      const living = all.filter(({ appliance }) => !isGone(appliance));
      const inside = living.length > 0 ? living : all;
      const preferred = poolAmong(
        inside.map(({ appliance: { instanceId }, pool }) => ({ instanceId, pool })),
        destination,
        cidrs,
      );
      return preferred?.kind === 'pool' && inside.length < all.length
        ? { ...preferred, isInherited: true }
        : preferred;
    },
  };
}

const shareVpc = (a: Appliance, b: Appliance): boolean =>
  vpcIdsOf(a).some((vpcId) => isInVpc(b, vpcId));

interface Claim {
  readonly appliance: Appliance;
  readonly pool: string;
}

function poolFault(a: Claim, b: Claim): Fault {
  const same = a.pool === b.pool;
  return {
    reason: same ? 'PoolClaimedTwice' : 'PoolsOverlap',
    subject: {
      kind: 'appliance',
      id: b.appliance.instanceId,
      name: b.appliance.name,
      group: b.appliance.group,
      zone: b.appliance.zone,
    },
    summary: same
      ? `${a.appliance.name} and ${b.appliance.name} both claim the client pool ${a.pool}; its routes are left alone.`
      : `The client pools ${a.pool} of ${a.appliance.name} and ${b.pool} of ${b.appliance.name} overlap; routes in both are left alone.`,
    fix: `Give each appliance a range of its own in ${TAG.pool}.`,
  };
}
