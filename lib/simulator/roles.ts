/** The resources of an account by their role in a scenario. */

import type { InstanceFact } from '../appliances/types/inventory.ts';
import type { EndpointFact } from '../clientVpn/types/endpoint.ts';
import type { EndpointSetup } from './clientVpn.ts';
import { type DirectConnectNetwork, NO_DIRECT_CONNECT } from './directConnect.ts';
import type { Fault } from './faults.ts';
import type { VantageSetup } from './probes.ts';
import { NO_VPN, type VpnNetwork } from './siteToSite.ts';
import type { Snapshot } from './snapshot.ts';
import { NO_TRANSIT, type TransitNetwork } from './transitGateway.ts';

export interface Roles {
  readonly snapshot: Snapshot;
  readonly vantages: readonly VantageSetup[];
  /** Tagged running instances, those with most routes first. */
  readonly appliances: readonly InstanceFact[];
  /** The group that an instance is tagged for; null: none. */
  readonly groupOf: (instanceId: string) => string | null;
  readonly vpn: VpnNetwork;
  readonly transit: TransitNetwork;
  readonly directConnect: DirectConnectNetwork;
  readonly endpoints: readonly EndpointFact[];
  /** By endpoint id. */
  readonly endpointSetups: ReadonlyMap<string, EndpointSetup>;
  /** What has failed before the rehearsal begins, and stays so. */
  readonly standing: readonly Fault[];
}

/** A whole account as data, which a worker thread can receive. */
export type AccountFacts = Pick<
  Roles,
  'snapshot' | 'vpn' | 'transit' | 'directConnect' | 'endpoints' | 'endpointSetups' | 'standing'
>;

/** @throws {Error} when the account holds nothing that can fail. */
export const rolesIn = (facts: AccountFacts): Roles =>
  rolesOf(facts.snapshot, facts.vpn, facts.endpoints, facts);

/** @throws {Error} when nothing is there that can fail: no running instance is tagged, and nothing else is given. */

export function rolesOf(
  snapshot: Snapshot,
  vpn: VpnNetwork = NO_VPN,
  endpoints: readonly EndpointFact[] = [],
  {
    endpointSetups = new Map(),
    standing = [],
    transit = NO_TRANSIT,
    directConnect = NO_DIRECT_CONNECT,
  }: Partial<Pick<Roles, 'endpointSetups' | 'standing' | 'transit' | 'directConnect'>> = {},
): Roles {
  const groups = new Map(
    snapshot.tags.flatMap(({ key, resourceId, value }) =>
      key === GROUP_TAG ? [[resourceId, value] as const] : [],
    ),
  );
  const tagged = new Set(groups.keys());
  const loads = carriedRoutes(snapshot, tagged);
  const appliances = snapshot.instances
    .filter(({ instanceId, state }) => tagged.has(instanceId) && state === 'running')
    .toSorted((a, b) => (loads.get(b.instanceId) ?? 0) - (loads.get(a.instanceId) ?? 0));
  if (appliances.length + vpn.connections.length + endpoints.length === 0) {
    throw new Error(
      `the account holds no running instance with the tag ${GROUP_TAG}: tag an appliance first`,
    );
  }
  const groupOf = (instanceId: string) => groups.get(instanceId) ?? null;
  return {
    snapshot,
    vantages: vantagesFor(appliances),
    appliances,
    groupOf,
    vpn,
    endpoints,
    endpointSetups,
    standing,
    transit,
    directConnect,
  };
}

const GROUP_TAG = 'vpn-medic:group';

/** Count of managed routes by next hop. */
function carriedRoutes(
  { interfaces, routeTables }: Snapshot,
  tagged: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const owners = new Map(interfaces.map((link) => [link.interfaceId, link.instanceId]));
  const loads = new Map<string, number>();
  for (const { tableId, routes } of routeTables) {
    if (!tagged.has(tableId)) continue;
    for (const { interfaceId, origin } of routes) {
      const owner = interfaceId === null ? null : (owners.get(interfaceId) ?? null);
      if (owner === null || origin !== 'created') continue;
      loads.set(owner, (loads.get(owner) ?? 0) + 1);
    }
  }
  return loads;
}

/** `here` when an appliance has a public address, and a vantage in the VPC when one has none. Never empty. */
function vantagesFor(appliances: readonly InstanceFact[]): readonly VantageSetup[] {
  const hidden = appliances.find(({ publicIp }) => publicIp === null);
  const here: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] };
  const isAnyPublic = appliances.some(({ publicIp }) => publicIp !== null);
  return [
    ...(isAnyPublic || hidden === undefined ? [here] : []),
    ...(hidden === undefined ? [] : [inside(hidden.subnetId)]),
  ];
}

const inside = (subnetId: string): VantageSetup => ({
  id: 'vpn-medic-probe',
  subnetIds: [subnetId],
  isInVpc: true,
  closedTo: [],
});
