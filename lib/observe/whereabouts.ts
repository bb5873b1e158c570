/** In which zones, VPCs and prefix lists to look. */
import type { Inventory, RouteTableFact, TagFact } from '../model/inventory.ts';
import type { ApplianceMemory } from '../model/memory.ts';
import { compare } from '../model/order.ts';
import type { Ec2Port } from '../ports.ts';
import { instanceFacts } from './fleet.ts';
import { TAG } from './tags.ts';

/**
 * Puts the zone of every id that lacks one into `zoneOf`, as far as it can be learnt: from its interface, for that
 * is no question about instances and a failing zone does not fail it; else by asking for it alone.
 */
export async function locateZones(
  ec2: Ec2Port,
  instanceIds: readonly string[],
  zoneOf: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const lost = instanceIds.filter((id) => !zoneOf.has(id));
  if (lost.length === 0) return;
  const interfaces = await ec2.interfaces(lost, signal);
  for (const { instanceId, zone } of interfaces.known ? interfaces.value : []) {
    if (instanceId !== null) zoneOf.set(instanceId, zone);
  }
  const still = lost.filter((id) => !zoneOf.has(id));
  if (still.length === 0) return;
  const instances = await ec2.instances(still, signal);
  for (const { instanceId, zone } of instances.known ? instances.value : []) {
    zoneOf.set(instanceId, zone);
  }
}

/** The VPCs of the appliances, ordered. */
export function vpcIdsOf(
  inventory: Inventory,
  remembered: ReadonlyMap<string, ApplianceMemory>,
): readonly string[] {
  const facts = [...instanceFacts(inventory).values(), ...remembered.values()];
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
