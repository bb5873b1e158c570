/** The route that packets of a subnet take. */

import type { RouteTableFact } from '../appliances/types/inventory.ts';
import { covers, prefixLength } from '../core/cidr.ts';
import type { Network } from './network.ts';

/** The interface that the subnet's route table sends `address` to, by longest prefix; null: another target or no route. */
export function nextHopInterfaceOf(
  network: Network,
  subnetId: string,
  address: string,
): string | null {
  const table = tableOf(network, subnetId);
  if (table === null) return null;
  let best: { readonly bits: number; readonly interfaceId: string | null } | null = null;
  for (const { destination, interfaceId } of table.routes) {
    for (const cidr of network.lists.get(destination)?.cidrs ?? [destination]) {
      if (!covers(cidr, address)) continue;
      const bits = prefixLength(cidr);
      if (best === null || bits > best.bits) best = { bits, interfaceId };
    }
  }
  return best?.interfaceId ?? null;
}

/** A subnet without an associated table uses its VPC's main table. */
function tableOf(network: Network, subnetId: string): RouteTableFact | null {
  const tables = network.tables.all();
  const vpcId = network.subnets.get(subnetId)?.vpcId;
  return (
    tables.find(({ subnetIds }) => subnetIds.includes(subnetId)) ??
    tables.find((one) => one.isMain && one.vpcId === vpcId) ??
    null
  );
}
