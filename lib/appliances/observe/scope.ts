/** The scope of the reads: zones, VPCs and prefix lists. */

import { compare } from '../../core/order.ts';
import type { Unknown } from '../../core/reading.ts';
import type { TagFact } from '../../core/tags.ts';
import { TAG } from '../../core/tags.ts';
import type { Ec2Port } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Inventory, RouteTableFact } from '../types/inventory.ts';
import { instanceFacts, interfaceFacts } from './appliances.ts';

/**
 * Puts the zone of every id that lacks one into `zoneOf`, as far as it can be learnt: from its interface, for that
 * is no question about instances and a failing zone does not fail it; else by asking for it alone. Answers why some
 * could not be asked about; null when EC2 answered for all, be it that it does not know them.
 */
export async function locateZones(
  ec2: Ec2Port,
  instanceIds: readonly string[],
  zoneOf: Map<string, string>,
  signal: AbortSignal,
): Promise<Unknown | null> {
  const lost = instanceIds.filter((id) => !zoneOf.has(id));
  if (lost.length === 0) return null;
  const interfaces = await ec2.interfaces(lost, signal);
  for (const { instanceId, zone } of interfaces.known ? interfaces.value : []) {
    if (instanceId !== null) zoneOf.set(instanceId, zone);
  }
  const still = lost.filter((id) => !zoneOf.has(id));
  if (still.length === 0) return null;
  const instances = await ec2.instances(still, signal);
  if (!instances.known) return instances;
  for (const { instanceId, zone } of instances.value) zoneOf.set(instanceId, zone);
  return null;
}

/** The interfaces that appliances had and that EC2 shows at none of them, in zones that were read; ordered. */
export function lostInterfaceIds(
  inventory: Inventory,
  remembered: ReadonlyMap<string, ApplianceMemory>,
): readonly string[] {
  const zones = new Set(
    inventory.zones.filter(({ interfaces }) => interfaces.known).map(({ zone }) => zone),
  );
  const shown = new Set(interfaceFacts(inventory).map(({ interfaceId }) => interfaceId));
  const ids = [...remembered.values()]
    .filter(({ zone }) => zones.has(zone))
    .flatMap(({ interfaces }) => interfaces.map(({ interfaceId }) => interfaceId));
  return [...new Set(ids)].filter((id) => !shown.has(id)).toSorted(compare);
}

/** The VPCs of the appliances, ordered. */
export function vpcIdsOf(
  inventory: Inventory,
  remembered: ReadonlyMap<string, ApplianceMemory>,
): readonly string[] {
  const facts = [
    ...instanceFacts(inventory).values(),
    ...interfaceFacts(inventory),
    ...remembered.values(),
    ...[...remembered.values()].flatMap(({ interfaces }) => interfaces),
  ];
  return [...new Set(facts.map(({ vpcId }) => vpcId).filter((id) => id !== ''))].toSorted(compare);
}

/** The prefix lists that routes of tagged tables name, ordered. */
export function prefixListIds(
  tables: readonly RouteTableFact[],
  tags: readonly TagFact[],
): readonly string[] {
  const tagged = new Set(
    tags.filter(({ key }) => key === TAG.group).map(({ resourceId }) => resourceId),
  );
  const ids = tables
    .filter(({ tableId }) => tagged.has(tableId))
    .flatMap(({ routes }) => routes.map(({ destination }) => destination))
    .filter((destination) => destination.startsWith('pl-'));
  return [...new Set(ids)].toSorted(compare);
}
