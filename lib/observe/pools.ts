/** Client pools and who claims them. Pure. */
import { covers, overlap } from '../model/cidr.ts';
import type { Appliance, Fault, Home } from '../model/topology.ts';
import { TAG } from './tags.ts';

export interface PoolBook {
  /** The home of a route to this destination in this VPC, when a pool claims it; else null. */
  homeOf(vpcId: string, destination: string): Home | null;
}

/** Who owns which pool; two appliances that claim the same addresses get a fault each, and neither is believed. */
export function readPools(appliances: readonly Appliance[], faults: Fault[]): PoolBook {
  const claims = appliances.flatMap((appliance) =>
    appliance.pools.map((pool) => ({ appliance, pool })),
  );
  for (const [index, a] of claims.entries()) {
    for (const b of claims.slice(index + 1)) {
      if (a.appliance.vpcId !== b.appliance.vpcId || !overlap(a.pool, b.pool)) continue;
      if (a.appliance.instanceId === b.appliance.instanceId) continue;
      faults.push(poolFault(a, b));
    }
  }
  return {
    homeOf(vpcId, destination) {
      const inside = claims.filter(
        ({ appliance, pool }) => appliance.vpcId === vpcId && overlap(pool, destination),
      );
      const [claim] = inside.filter(({ pool }) => covers(pool, destination));
      if (claim === undefined) return null;
      const owners = [...new Set(inside.map(({ appliance }) => appliance.instanceId))];
      return owners.length === 1
        ? { kind: 'pool', instanceId: claim.appliance.instanceId, pool: claim.pool }
        : {
            kind: 'contested',
            why: `${owners.join(' and ')} both claim ${destination} as a client pool`,
          };
    },
  };
}

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
