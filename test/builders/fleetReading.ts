/** Appliances as they are read out of an inventory. */

import { readTopology } from '../../lib/appliances/observe/topology.ts';
import type { Appliance, Topology } from '../../lib/appliances/types/topology.ts';
import { unknown } from '../../lib/core/reading.ts';
import { anInventory, type InventoryParts, NOW } from './facts.ts';
import { anArm, applianceMemory } from './world.ts';

export const HQ = { group: 'hq' };
export const lost = unknown('zone a fails', NOW);

export const read = (
  parts: InventoryParts,
  remembered: Parameters<typeof readTopology>[1] = new Map(),
): Topology => readTopology(anInventory(parts), remembered);

export const one = ({ appliances }: Topology, instanceId = 'i-a1'): Appliance | undefined =>
  appliances.find((appliance) => appliance.instanceId === instanceId);

export const reasons = ({ faults }: Topology, id = 'i-a1'): readonly string[] =>
  faults.filter(({ subject }) => subject.id === id).map(({ reason }) => reason);

export const remembered = new Map([['i-a1', applianceMemory({ interfaces: [anArm('eni-old')] })]]);
