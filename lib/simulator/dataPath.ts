/** Which appliance the packets of a subnet really go through. */

import type { RouteTableFact } from '../appliances/types/inventory.ts';
import { covers, prefixLength } from '../core/cidr.ts';
import type { Estate } from './network.ts';

/** The interface that the subnet's table leads `address` through: longest prefix; null: elsewhere or nowhere. */
export function wayOut(estate: Estate, subnetId: string, address: string): string | null {
  const table = tableOf(estate, subnetId);
  if (table === null) return null;
  let best: { readonly bits: number; readonly interfaceId: string | null } | null = null;
  for (const { destination, interfaceId } of table.routes) {
    for (const cidr of estate.lists.get(destination)?.cidrs ?? [destination]) {
      if (!covers(cidr, address)) continue;
      const bits = prefixLength(cidr);
      if (best === null || bits > best.bits) best = { bits, interfaceId };
    }
  }
  return best?.interfaceId ?? null;
}

/** A subnet that no table names uses its VPC's main table. */
function tableOf(estate: Estate, subnetId: string): RouteTableFact | null {
  const tables = estate.tables.all();
  const vpcId = estate.subnets.get(subnetId)?.vpcId;
  return (
    tables.find(({ subnetIds }) => subnetIds.includes(subnetId)) ??
    tables.find((one) => one.isMain && one.vpcId === vpcId) ??
    null
  );
}
