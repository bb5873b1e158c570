/** Builds a snapshot from a short description: zones, groups of appliances, and their route tables. */

import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from '../appliances/types/inventory.ts';
import type { TagFact } from '../core/tags.ts';
import { layTables } from './layout/tables.ts';
import {
  ACCOUNT_ID,
  addressOf,
  type GroupLayout,
  id,
  type Laid,
  type Layout,
  privateSubnetId,
  probeSubnetId,
  REGION,
  VPC_ID,
  zoneName,
} from './layout/words.ts';
import type { Snapshot } from './snapshot.ts';

export function layOut(layout: Layout): Snapshot {
  const appliances = layout.groups.flatMap((group, groupIndex) =>
    group.zones.map((zone, index) => appliance(layout, group, groupIndex, zone, index)),
  );
  const prefixLists = layout.groups.flatMap((group, index): readonly PrefixListFact[] =>
    group.listedCidrs.length === 0
      ? []
      : [{ prefixListId: id('pl', index + 1), cidrs: group.listedCidrs }],
  );
  const routeTables = layTables(layout, appliances);
  return {
    accountId: ACCOUNT_ID,
    region: REGION,
    takenAt: layout.takenAt,
    tags: [
      ...appliances.flatMap(({ tags }) => tags),
      ...routeTables
        .filter(({ isTagged }) => isTagged)
        .map(({ fact, ofGroup }) => tableTag(fact, layout, ofGroup)),
      ...routeTables.filter(({ isIgnored }) => isIgnored).map(({ fact }) => ignoreTag(fact)),
    ],
    instances: appliances.map(({ instance }) => instance),
    statuses: appliances.map(({ instance }) => wellStatus(instance)),
    interfaces: appliances.map(({ link }) => link),
    subnets: [
      ...layout.zones.flatMap((zone, index) => subnets(layout, zone, index)),
      ...(layout.hasProbeSubnets === true ? appliances.map(probeSubnet) : []),
    ],
    routeTables: routeTables.map(({ fact }) => fact),
    prefixLists,
  };
}

export const wellStatus = ({ instanceId, zone }: InstanceFact): StatusFact => ({
  instanceId,
  zone,
  state: 'running',
  system: 'ok',
  instance: 'ok',
  attachedEbs: 'ok',
  events: [],
});

function appliance(
  layout: Layout,
  group: GroupLayout,
  groupIndex: number,
  letter: string,
  index: number,
): Laid {
  const number = groupIndex * 16 + index + 1;
  const twin = group.zones.slice(0, index).filter((zone) => zone === letter).length;
  const zoneIndex = layout.zones.indexOf(letter);
  const place = {
    vpcId: VPC_ID,
    subnetId: id('subnet', zoneIndex + 1),
    zone: zoneName(letter),
    privateIp: `10.0.${zoneIndex}.${10 + number}`,
    publicIp: group.isPublic ? `198.51.100.${10 + number}` : null,
    ipv6s: [`2001:db8:10:${zoneIndex}::${number.toString(16)}`],
  };
  const instanceId = id('i', number);
  const tag = (key: string, value: string): TagFact => ({
    resourceId: instanceId,
    resourceType: 'instance',
    key: `vpn-medic:${key}`,
    value,
  });
  const pool = group.pools[index];
  const priority = group.priorities?.[index];
  return {
    group,
    groupIndex,
    index,
    instance: {
      instanceId,
      name: `${group.name}-${letter}${twin === 0 ? '' : twin + 1}`,
      accountId: ACCOUNT_ID,
      state: 'running',
      ...place,
      instanceProfile: `arn:aws:iam::${ACCOUNT_ID}:instance-profile/vpn-${group.name}`,
    },
    link: {
      interfaceId: id('eni', number),
      instanceId,
      status: 'in-use',
      attachment: 'attached',
      deviceIndex: 0,
      hasSourceDestCheck: false,
      ...place,
      ...secondaryIps(group, groupIndex, index, `10.0.${zoneIndex}`),
    },
    tags: [
      tag('group', group.name),
      ...(group.probe === null ? [] : [tag('probe', group.probe)]),
      ...(pool === undefined ? [] : [tag('pool', pool)]),
      ...(priority === undefined ? [] : [tag('priority', String(priority))]),
    ],
  };
}

function subnets(layout: Layout, letter: string, zoneIndex: number): readonly SubnetFact[] {
  const subnet = (subnetId: string, cidrs: readonly string[]): SubnetFact => ({
    subnetId,
    vpcId: VPC_ID,
    zone: zoneName(letter),
    cidrs,
  });
  return [
    subnet(id('subnet', zoneIndex + 1), [
      `10.0.${zoneIndex}.0/24`,
      `2001:db8:10:${zoneIndex}::/64`,
    ]),
    ...Array.from({ length: layout.tablesPerZone }, (_, index) =>
      subnet(privateSubnetId(zoneIndex, index), [
        `10.0.${16 * (zoneIndex + 1) + Math.floor(index / 16)}.${(index % 16) * 16}/28`,
      ]),
    ),
  ];
}

const probeSubnet = ({ groupIndex, index, instance: { zone } }: Laid): SubnetFact => ({
  subnetId: probeSubnetId(groupIndex, index),
  vpcId: VPC_ID,
  zone,
  cidrs: [`10.0.${128 + 16 * groupIndex + index}.0/28`],
});

const ignoreTag = ({ tableId }: RouteTableFact): TagFact => ({
  resourceId: tableId,
  resourceType: 'route-table',
  key: 'vpn-medic:ignore',
  value: 'probe subnet',
});

const tableTag = (
  { tableId }: RouteTableFact,
  { groups }: Layout,
  ofGroup: string | undefined,
): TagFact => ({
  resourceId: tableId,
  resourceType: ofGroup === undefined ? 'route-table' : 'elastic-ip',
  key: 'vpn-medic:group',
  value: ofGroup ?? groups.map(({ name }) => name).join(' '),
});

/** One private address for each Elastic address of the group; those of the first appliance have them. */
function secondaryIps(
  group: GroupLayout,
  groupIndex: number,
  index: number,
  subnet: string,
): Pick<InterfaceFact, 'secondaryIps'> {
  if (group.addressCount === undefined) return {};
  const all = Array.from({ length: group.addressCount }, (_, place) => {
    const privateIp = `${subnet}.${100 + 64 * groupIndex + 4 * index + place}`;
    return index === 0
      ? { privateIp, ...addressOf(groupIndex, place) }
      : { privateIp, publicIp: null };
  });
  return { secondaryIps: all };
}
