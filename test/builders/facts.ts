/** EC2's facts with valid defaults: a test writes down only what it is about. */

import type {
  InstanceFact,
  InterfaceFact,
  Inventory,
  LostInterface,
  PrefixListFact,
  RouteFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
  ZoneInventory,
} from '../../lib/appliances/types/inventory.ts';
import { known } from '../../lib/core/reading.ts';
import type { TagFact } from '../../lib/core/tags.ts';

export const NOW = Date.parse('2026-11-20T21:00:00.000Z');
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const VPC = 'vpc-1';
/** Zones by their last letter. */
export const zoneOf = (letter: string): string => `${REGION}${letter}`;
/** `i-a1` has `eni-a1`. */
export const eniOf = (instanceId: string): string => instanceId.replace(/^i-/, 'eni-');
/** `i-a1` lives in zone a. */
const zoneIn = (instanceId: string): string => zoneOf(instanceId.charAt(2));

export const anInstance = (instanceId: string, over: Partial<InstanceFact> = {}): InstanceFact => ({
  instanceId,
  name: `vpn-${instanceId.slice(2)}`,
  accountId: ACCOUNT,
  vpcId: VPC,
  subnetId: `subnet-${instanceId.charAt(2)}`,
  zone: zoneIn(instanceId),
  state: 'running',
  privateIp: '10.0.0.10',
  publicIp: '192.0.2.10',
  ipv6s: [],
  ...over,
});

export const aStatus = (instanceId: string, over: Partial<StatusFact> = {}): StatusFact => ({
  instanceId,
  zone: zoneIn(instanceId),
  state: 'running',
  system: 'ok',
  instance: 'ok',
  attachedEbs: 'ok',
  events: [],
  ...over,
});

export const anInterface = (
  instanceId: string,
  over: Partial<InterfaceFact> = {},
): InterfaceFact => ({
  interfaceId: eniOf(instanceId),
  instanceId,
  vpcId: VPC,
  subnetId: `subnet-${instanceId.charAt(2)}`,
  zone: zoneIn(instanceId),
  status: 'in-use',
  attachment: 'attached',
  deviceIndex: 0,
  hasSourceDestCheck: false,
  privateIp: '10.0.0.10',
  publicIp: '192.0.2.10',
  ipv6s: [],
  ...over,
});

export const aSubnet = (subnetId: string, zone: string, over: Partial<SubnetFact> = {}) =>
  ({ subnetId, vpcId: VPC, zone, cidrs: ['10.0.0.0/24'], ...over }) satisfies SubnetFact;

export const aRouteFact = (
  destination: string,
  interfaceId: string | null,
  over: Partial<RouteFact> = {},
): RouteFact => ({
  destination,
  interfaceId,
  otherTarget: null,
  origin: 'created',
  state: 'active',
  ...over,
});

export const aTableFact = (
  tableId: string,
  over: Partial<RouteTableFact> = {},
): RouteTableFact => ({
  tableId,
  name: '',
  accountId: ACCOUNT,
  vpcId: VPC,
  isMain: false,
  subnetIds: [],
  routes: [],
  ...over,
});

/** Tags as `{ 'i-a1': { group: 'hq' } }`, without the prefix; the type is read off the id. */
export const tagsOf = (
  tags: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly TagFact[] =>
  Object.entries(tags).flatMap(([resourceId, page]) =>
    Object.entries(page).map(([key, value]) => ({
      resourceId,
      resourceType: typeOf(resourceId),
      key: `vpn-medic:${key}`,
      value,
    })),
  );

const typeOf = (id: string): string =>
  id.startsWith('i-') ? 'instance' : id.startsWith('rtb-') ? 'route-table' : 'network-interface';

export interface InventoryParts {
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly instances?: readonly InstanceFact[];
  /** None given: one in use for each instance. */
  readonly interfaces?: readonly InterfaceFact[];
  readonly statuses?: readonly StatusFact[];
  /** None given: `subnet-a`, `subnet-b`, `subnet-c` in their zones. */
  /** Interfaces that no appliance of the inventory has; of all others it is known that they are gone. */
  readonly lost?: readonly LostInterface[];
  readonly subnets?: readonly SubnetFact[];
  readonly tables?: readonly RouteTableFact[];
  readonly lists?: readonly PrefixListFact[];
  /** Replaces what would be put together of a zone. */
  readonly zones?: Readonly<Record<string, Partial<ZoneInventory>>>;
  readonly over?: Partial<Inventory>;
}

/** One region of one account, wholly readable unless said otherwise. */
export function anInventory(parts: InventoryParts): Inventory {
  const instances = parts.instances ?? [];
  const interfaces =
    parts.interfaces ??
    instances.map(({ instanceId, vpcId }) => anInterface(instanceId, { vpcId: vpcId || VPC }));
  const statuses = parts.statuses ?? instances.map(({ instanceId }) => aStatus(instanceId));
  const names = new Set([
    ...instances.map(({ zone }) => zone),
    ...interfaces.map(({ zone }) => zone),
    ...Object.keys(parts.zones ?? {}),
  ]);
  const inZone = <T extends { readonly zone: string }>(facts: readonly T[], zone: string) =>
    known(
      facts.filter((fact) => fact.zone === zone),
      NOW,
    );
  return {
    accountId: ACCOUNT,
    region: REGION,
    tags: known(tagsOf(parts.tags ?? {}), NOW),
    zones: [...names].toSorted().map((zone) => ({
      zone,
      instances: inZone(instances, zone),
      statuses: inZone(statuses, zone),
      interfaces: inZone(interfaces, zone),
      ...parts.zones?.[zone],
    })),
    lostInterfaces: known(parts.lost ?? [], NOW),
    subnets: known(
      parts.subnets ?? ['a', 'b', 'c'].map((one) => aSubnet(`subnet-${one}`, zoneOf(one))),
      NOW,
    ),
    routeTables: known(parts.tables ?? [], NOW),
    prefixLists: known(parts.lists ?? [], NOW),
    ...parts.over,
  };
}
