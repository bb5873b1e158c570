/** The appliances: tagged instances, with the interface that forwards, their probes and pools. Pure. */

import { compare } from '../../core/order.ts';
import { parseGroup, parseRole, TAG, type TagIndex } from '../../core/tags.ts';
import type { ApplianceMemory } from '../state.ts';
import type { InstanceFact, InterfaceFact, Inventory } from '../types/inventory.ts';
import type { Appliance, Fault } from '../types/topology.ts';
import { addressTables, openGroupAddresses } from './addresses.ts';
import {
  drillTimesOf,
  poolsOf,
  priorityOf,
  probesOf,
  quietOf,
  repairOf,
  tagFault,
  withKeysOf,
} from './applianceTags.ts';
import { interfacesOf, movedInterfaces, unsureWhy } from './interfaces.ts';
import { addressesOf, forwardingOf } from './ownAddresses.ts';

/** Every appliance, ordered by instance id; what is wrong with its tags or wiring is added to `faults`. */
export function readAppliances(
  inventory: Inventory,
  tags: TagIndex,
  remembered: ReadonlyMap<string, ApplianceMemory>,
  faults: Fault[],
): readonly Appliance[] {
  const carrying = carryingIds(inventory);
  const isOfGroup = openGroupAddresses(inventory, tags);
  const facts = instanceFacts(inventory);
  const cards = interfaceFacts(inventory);
  const links = Map.groupBy(cards, ({ instanceId }) => instanceId);
  const movedTo = movedInterfaces(inventory);
  const attached = new Set(cards.map(({ interfaceId }) => interfaceId));
  const appliances: Appliance[] = [];
  for (const instanceId of applianceIds(inventory, tags, remembered)) {
    const tagIndex = tags.get(instanceId) ?? new Map<string, string>();
    const fact = facts.get(instanceId);
    const past = remembered.get(instanceId);
    const interfaces = (links.get(instanceId) ?? []).toSorted(byDevice);
    const tag = tagIndex.get(TAG.group);
    const group = tag === undefined ? null : parseGroup(tag);
    const subject = subjectOf(instanceId, group?.ok ? group.value : null, fact, interfaces, past);
    if (group !== null && !group.ok) {
      faults.push(
        tagFault(subject, TAG.group, group.why, 'It is not watched until the tag is right.'),
      );
      continue;
    }
    if (subject.group === null || subject.zone === null) continue;
    // Running and without the tag: its owner took it out. A terminated instance loses its tags by itself.
    const isAlive = fact !== undefined && !isEnding(fact) && !hasEnded(inventory, fact);
    if (group === null && inventory.tags.known && isAlive) continue;
    const unreadWhy =
      group === null ? `its tag ${TAG.group} cannot be seen` : unreadIn(inventory, subject.zone);
    const arms = interfacesOf(
      interfaces,
      past?.interfaces ?? [],
      carrying,
      attached,
      movedTo,
      fact,
      tags,
      unreadWhy === null,
    );
    const addresses = addressesOf(fact, forwardingOf(interfaces, tags), interfaces, isOfGroup);
    const isBare = unreadWhy === null && interfaces.length === 0 && fact?.state === 'running';
    if (isBare) faults.push(interfaceMissing(subject));
    faults.push(...roleFaults(subject, interfaces, tags));
    appliances.push({
      instanceId,
      name: subject.name,
      group: subject.group,
      vpcId: fact?.vpcId || interfaces[0]?.vpcId || past?.vpcId || '',
      zone: subject.zone,
      ...addresses,
      interfaces: arms,
      interfacesUnreadWhy: unreadWhy ?? unsureWhy(arms, inventory),
      // While no tag was ever read its probe is not known: the default would be a guess.
      probes: inventory.tags.known
        ? probesIn(tagIndex, addresses.ownAddresses, isOfGroup, subject, faults)
        : [],
      pools:
        group === null ? (past?.pools ?? []) : poolsOf(tagIndex.get(TAG.pool), subject, faults),
      ...othersOf(tagIndex, subject, faults),
      ...identityOf(fact),
    });
  }
  return appliances;
}

const subjectOf = (
  instanceId: string,
  group: string | null,
  fact: InstanceFact | undefined,
  interfaces: readonly InterfaceFact[],
  past: ApplianceMemory | undefined,
) =>
  ({
    kind: 'appliance',
    id: instanceId,
    name: fact?.name || past?.name || instanceId,
    group: group ?? past?.group ?? null,
    // In a zone whose instances cannot be read, the interfaces still tell the zone.
    zone: fact?.zone ?? interfaces[0]?.zone ?? past?.zone ?? null,
  }) as const;

const byDevice = (a: InterfaceFact, b: InterfaceFact): number =>
  a.deviceIndex - b.deviceIndex || compare(a.interfaceId, b.interfaceId);

function probesIn(
  tags: ReadonlyMap<string, string>,
  ownAddresses: Appliance['ownAddresses'],
  isOfGroup: ReturnType<typeof openGroupAddresses>,
  subject: Fault['subject'],
  faults: Fault[],
): Appliance['probes'] {
  const probes = probesOf(tags.get(TAG.probe), ownAddresses, isOfGroup, subject, faults);
  return withKeysOf(tags.get(TAG.probeKey), probes, subject, faults);
}

/** What its other tags say. */
const othersOf = (
  tags: ReadonlyMap<string, string>,
  subject: Fault['subject'],
  faults: Fault[],
): Pick<Appliance, 'priority' | 'repair' | 'quiet' | 'drillTimes'> => ({
  ...priorityOf(tags.get(TAG.priority), subject, faults),
  ...repairOf(tags, subject, faults),
  ...quietOf(tags.get(TAG.quiet), subject, faults),
  ...drillTimesOf(tags.get(TAG.drill), subject, faults),
});

const interfaceMissing = (subject: Fault['subject']): Fault => ({
  reason: 'InterfaceMissing',
  subject,
  summary: `${subject.name} runs without a network interface, so no route can lead through it.`,
  fix: 'Attach its network interface again.',
});

/** Gone for good: EC2 says that it is ending, or it was known before and is absent from a zone that can be read. */
export function openGone(
  inventory: Inventory,
  remembered: ReadonlyMap<string, ApplianceMemory>,
): (appliance: Appliance) => boolean {
  const facts = instanceFacts(inventory);
  const readable = new Set(
    inventory.zones.filter(({ instances }) => instances.known).map(({ zone }) => zone),
  );
  return ({ instanceId, zone }) => {
    const fact = facts.get(instanceId);
    return fact === undefined ? remembered.has(instanceId) && readable.has(zone) : isEnding(fact);
  };
}

/** Tagged now, or remembered with its group and now absent: EC2 is asked about both. */
export function applianceIds(
  inventory: Pick<Inventory, 'tags'>,
  tags: TagIndex,
  remembered: ReadonlyMap<string, ApplianceMemory>,
): readonly string[] {
  const ids = new Set<string>();
  if (inventory.tags.known) {
    for (const { resourceId, resourceType, key } of inventory.tags.value) {
      if (resourceType === 'instance' && key === TAG.group) ids.add(resourceId);
    }
  }
  for (const id of remembered.keys()) {
    // An instance that still has another tag of ours was taken out of its group on purpose.
    if (!inventory.tags.known || !tags.has(id)) ids.add(id);
  }
  return [...ids].toSorted(compare);
}

/** The interfaces that routes of whatever table lead to, and those that hold an Elastic address of a group. */
const carryingIds = (inventory: Inventory): ReadonlySet<string> =>
  new Set(
    [
      ...(inventory.routeTables.known ? inventory.routeTables.value : []),
      ...addressTables(inventory),
    ].flatMap(({ routes }) => routes.flatMap(({ interfaceId }) => interfaceId ?? [])),
  );

const isEnding = ({ state }: Pick<InstanceFact, 'state'>): boolean =>
  state === 'terminated' || state === 'shutting-down';

/** Statuses are read twelve times as often as instances: a fact may be a minute older than its instance's end. */
function hasEnded({ zones }: Inventory, { instanceId, zone }: InstanceFact): boolean {
  const statuses = zones.find((one) => one.zone === zone)?.statuses;
  if (statuses === undefined || !statuses.known) return false;
  const status = statuses.value.find((one) => one.instanceId === instanceId);
  return status === undefined || isEnding(status);
}

export function instanceFacts(inventory: Inventory): ReadonlyMap<string, InstanceFact> {
  return new Map(
    inventory.zones
      .flatMap(({ instances }) => (instances.known ? instances.value : []))
      .map((fact) => [fact.instanceId, fact]),
  );
}

export const interfaceFacts = (inventory: Inventory): readonly InterfaceFact[] =>
  inventory.zones.flatMap(({ interfaces }) => (interfaces.known ? interfaces.value : []));

function unreadIn(inventory: Inventory, zone: string): string | null {
  const reading = inventory.zones.find((one) => one.zone === zone)?.interfaces;
  if (reading === undefined) return `interfaces of ${zone} not read yet`;
  return reading.known ? null : reading.why;
}

const roleFaults = (
  subject: Fault['subject'],
  interfaces: readonly InterfaceFact[],
  tags: TagIndex,
): readonly Fault[] =>
  interfaces.flatMap(({ interfaceId }) => {
    const role = parseRole(tags.get(interfaceId)?.get(TAG.role) ?? 'none');
    return role.ok ? [] : [roleFault(subject, interfaceId, role.why)];
  });

const roleFault = (subject: Fault['subject'], interfaceId: string, why: string): Fault => ({
  reason: 'TagInvalid',
  subject,
  summary: `The tag ${TAG.role} of ${interfaceId}, an interface of ${subject.name}, cannot be read: ${why}. Until then its device index says which arm it is.`,
  fix: `Mend the tag ${TAG.role} on ${interfaceId}.`,
});

const identityOf = (fact: InstanceFact | undefined): Pick<Appliance, 'identity'> =>
  fact === undefined
    ? {}
    : {
        identity: {
          instanceProfile: fact.instanceProfile ?? null,
          autoScalingGroup: fact.autoScalingGroup ?? null,
        },
      };
