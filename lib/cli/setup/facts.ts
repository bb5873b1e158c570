/** What `vpn-medic setup` reads of an account: interfaces that forward, and what leads to them. */
import type { EndpointCertificate } from '../../appliances/ports/discovery.ts';
import type {
  InstanceFact,
  InterfaceFact,
  RouteTableFact,
} from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import type { SecurityGroupFact } from '../../core/securityGroupPort.ts';
import { TAG_KEYS, type TagIndex, tagIndex } from '../../core/tags.ts';
import { crlAddressesOf } from '../../crl/x509/issuer.ts';
import type { AwsClients } from '../awsClients.ts';
import { Unable } from '../terminal.ts';
import { readTransitFacts } from './transitFacts.ts';
import type { TransitFacts } from './types.ts';

export interface SetupFacts {
  readonly region: string;
  readonly forwarders: readonly InterfaceFact[];
  /** With at least one of the forwarders, in whatever state. */
  readonly instances: readonly InstanceFact[];
  readonly tables: readonly RouteTableFact[];
  readonly tags: TagIndex;
  /** Ids of security groups by interface; null: they could not be read. */
  readonly groupIds: ReadonlyMap<string, readonly string[]> | null;
  readonly securityGroups: ReadonlyMap<string, SecurityGroupFact>;
  /** Name and description of the image, by instance; absent: not known. */
  readonly images: ReadonlyMap<string, string>;
  readonly transit: TransitFacts;
  /** Where the certificates of Client VPN endpoints say that their CRL is. */
  readonly crlAddresses: readonly CrlAddress[];
  /** Connections and endpoints need no tag to be watched: only counted. */
  readonly connectionCount: number;
  readonly endpointCount: number;
  /** What could not be read and is not needed for a proposal. */
  readonly notes: readonly string[];
}

export interface CrlAddress {
  readonly endpointId: string;
  readonly address: string;
}

const READ_MS_MAX = 60_000;

/** @throws {Unable} when the instances, interfaces or tables cannot be read. */
export async function readSetupFacts(region: string, clients: AwsClients): Promise<SetupFacts> {
  const signal = AbortSignal.timeout(READ_MS_MAX);
  const [ec2, discovery, security, vpn, endpoints] = await Promise.all([
    clients.ec2(region),
    clients.discovery(region),
    clients.securityGroups(region),
    clients.vpn(region),
    clients.endpoints(region),
  ]);
  const [forwarders, tags, connections, endpointFacts, certificates] = await Promise.all([
    discovery.forwarders(signal),
    ec2.tags(TAG_KEYS, signal),
    vpn.connections(signal),
    endpoints.endpoints(signal),
    discovery.certificates(signal),
  ]);
  const links = needed('the network interfaces', forwarders).filter(isOfInstance);
  const vpcIds = [...new Set(links.map(({ vpcId }) => vpcId))].toSorted();
  const instanceIds = [...new Set(links.flatMap(({ instanceId }) => instanceId ?? []))].toSorted();
  const interfaceIds = links.map(({ interfaceId }) => interfaceId);
  const [instances, tables, groupIds, images, transit] = await Promise.all([
    instanceIds.length === 0 ? null : ec2.instances(instanceIds, signal),
    vpcIds.length === 0 ? null : ec2.routeTables({ vpcIds }, signal),
    security.groupIdsOf(interfaceIds, signal),
    discovery.images(instanceIds, signal),
    readTransitFacts(connections, region, clients, signal),
  ]);
  const ids = groupIds.known ? [...new Set([...groupIds.value.values()].flat())].toSorted() : [];
  const groups = await security.groups(ids, signal);
  return {
    region,
    forwarders: links,
    instances: instances === null ? [] : needed('the instances', instances),
    tables: tables === null ? [] : needed('the route tables', tables),
    tags: tagIndex(needed('the tags', tags)),
    groupIds: groupIds.known ? groupIds.value : null,
    securityGroups: new Map(
      (groups.known ? groups.value : []).map((group) => [group.groupId, group]),
    ),
    images: images.known ? images.value : new Map(),
    transit: transit.known ? transit.value : { connections: [], tables: [] },
    crlAddresses: certificates.known ? certificates.value.flatMap(addressesOf) : [],
    connectionCount: connections.known ? connections.value.length : 0,
    endpointCount: endpointFacts.known ? endpointFacts.value.length : 0,
    notes: [
      ...new Set(
        [groupIds, groups, connections, endpointFacts, certificates, images, transit].flatMap(
          (read) => (read.known ? [] : [`not read: ${read.why}`]),
        ),
      ),
    ],
  };
}

const addressesOf = ({ endpointId, pem }: EndpointCertificate): readonly CrlAddress[] =>
  (crlAddressesOf(Buffer.from(pem)) ?? []).map((address) => ({ endpointId, address }));

const isOfInstance = ({ instanceId }: InterfaceFact): boolean => instanceId !== null;

function needed<T>(what: string, read: Reading<T>): T {
  if (!read.known) throw new Unable(`${what} could not be read: ${read.why}`);
  return read.value;
}
