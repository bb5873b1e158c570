/** The route tables of a layout: tagged ones, and untagged ones as in any account. */
import type { RouteFact, RouteTableFact } from '../../appliances/types/inventory.ts';
import {
  ACCOUNT_ID,
  addressOf,
  id,
  type Laid,
  type Layout,
  privateSubnetId,
  probeSubnetId,
  VPC_ID,
  zoneName,
} from './words.ts';

export interface LaidTable {
  readonly fact: RouteTableFact;
  readonly isTagged: boolean;
  /** The group that it stands for; absent: it is tagged for every group. */
  readonly ofGroup?: string;
  readonly isIgnored?: boolean;
}

export function layTables(layout: Layout, appliances: readonly Laid[]): readonly LaidTable[] {
  const zoned = layout.zones.flatMap((zone, zoneIndex) =>
    Array.from({ length: layout.tablesPerZone }, (_, index): LaidTable => {
      const name = `app-${zone}${index === 0 ? '' : index + 1}`;
      const tableId = id('rtb', 256 * (zoneIndex + 1) + index);
      const routes = [...PROPAGATED, ...leading(layout, appliances, zoneName(zone))];
      const subnetIds = [privateSubnetId(zoneIndex, index)];
      return { isTagged: true, fact: { ...table(tableId, name, routes), subnetIds } };
    }),
  );
  const main = table(id('rtb', 1), 'main', [created('0.0.0.0/0', null, id('igw', 1))]);
  const spare = table(id('rtb', 2), 'spare', leading(layout, appliances, ''));
  const legacy = table(
    id('rtb', 3),
    'legacy',
    appliances.slice(0, 1).map(({ link }) => created('10.99.0.0/16', link.interfaceId)),
  );
  return [
    { fact: { ...main, isMain: true }, isTagged: false },
    ...zoned,
    ...(layout.hasEdgeTable === true ? [{ fact: edge(layout, appliances), isTagged: true }] : []),
    ...(layout.hasTableWithoutPreferred ? [{ fact: spare, isTagged: true }] : []),
    ...(layout.hasProbeSubnets === true ? appliances.map(probeTable) : []),
    ...appliances.filter(({ index }) => index === 0).flatMap(addresses),
    ...(layout.hasUntaggedTable ? [{ fact: legacy, isTagged: false }] : []),
  ];
}

/** The table of an appliance's probe subnet: the far sides, always through it. */
function probeTable({ group, groupIndex, index, instance, link }: Laid): LaidTable {
  const routes = [...group.destinations, ...group.listedCidrs].map((destination) =>
    created(destination, link.interfaceId),
  );
  const tableId = id('rtb', 0x2000 + 16 * groupIndex + index);
  const subnetIds = [probeSubnetId(groupIndex, index)];
  return {
    fact: { ...table(tableId, `probe-${instance.name}`, routes), subnetIds },
    isTagged: false,
    isIgnored: true,
  };
}

/** Those of a group, as EC2's port shows them. */
const addresses = ({ group, groupIndex, link: { interfaceId } }: Laid): readonly LaidTable[] =>
  Array.from({ length: group.addressCount ?? 0 }, (_, index) => {
    const { allocationId, publicIp } = addressOf(groupIndex, index);
    const fact: RouteTableFact = {
      tableId: allocationId,
      name: `${group.name}-address`,
      accountId: '',
      vpcId: '',
      isMain: false,
      subnetIds: [],
      routes: [created(publicIp, interfaceId)],
    };
    return { fact, isTagged: true, ofGroup: group.name };
  });

const table = (tableId: string, name: string, routes: readonly RouteFact[]): RouteTableFact => ({
  tableId,
  name,
  accountId: ACCOUNT_ID,
  vpcId: VPC_ID,
  isMain: false,
  subnetIds: [],
  routes: [...LOCAL, ...routes],
});

/** A table's routes for every group: to the appliance of the zone, else to the group's first. */
function leading(layout: Layout, appliances: readonly Laid[], zone: string): readonly RouteFact[] {
  return layout.groups.flatMap((group, groupIndex) => {
    const members = appliances.filter((one) => one.groupIndex === groupIndex);
    const inZone = members.find(({ instance }) => instance.zone === zone);
    const preferred = group.isActivePassive === true ? members[0] : (inZone ?? members[0]);
    if (preferred === undefined) return [];
    const { interfaceId } = preferred.link;
    return [
      ...group.destinations.map((destination) => created(destination, interfaceId)),
      ...(group.listedCidrs.length > 0 ? [created(id('pl', groupIndex + 1), interfaceId)] : []),
      ...Object.entries(group.pools).flatMap(([index, pool]) => {
        const owner = members[Number(index)];
        return owner === undefined ? [] : [created(pool, owner.link.interfaceId)];
      }),
    ];
  });
}

/** What comes in by the gateway for a private subnet, by the first group's appliance of its zone. */
function edge(layout: Layout, appliances: readonly Laid[]): RouteTableFact {
  const members = appliances.filter(({ groupIndex }) => groupIndex === 0);
  const routes = layout.zones.flatMap((letter, zoneIndex) => {
    const inZone = members.find(({ instance }) => instance.zone === zoneName(letter));
    const link = (inZone ?? members[0])?.link;
    return link === undefined
      ? []
      : [created(`10.0.${16 * (zoneIndex + 1)}.0/28`, link.interfaceId)];
  });
  return table(id('rtb', 4), 'edge', routes);
}

const created = (
  destination: string,
  interfaceId: string | null,
  otherTarget: string | null = null,
): RouteFact => ({ destination, interfaceId, otherTarget, origin: 'created', state: 'active' });

const LOCAL: readonly RouteFact[] = ['10.0.0.0/16', '2001:db8:10::/56'].map((destination) => ({
  destination,
  interfaceId: null,
  otherTarget: 'local',
  origin: 'table',
  state: 'active',
}));

const PROPAGATED: readonly RouteFact[] = [
  {
    destination: '172.31.0.0/16',
    interfaceId: null,
    otherTarget: 'vgw-0a1b2c3d4e5f60001',
    origin: 'propagated',
    state: 'active',
  },
];
