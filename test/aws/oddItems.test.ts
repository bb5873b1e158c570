/** Whatever one item of an answer lacks or says in words that we do not know, the other items are read as before. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { CallHook } from '../../lib/aws/client.ts';
import { endpointPort } from '../../lib/aws/clientVpn/endpoints.ts';
import { ec2Port } from '../../lib/aws/ec2/port.ts';
import { vpnPort } from '../../lib/aws/siteToSite/port.ts';
import type { Reading } from '../../lib/core/reading.ts';
import { clock } from './strict.ts';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
type Item = { readonly [key: string]: Json };
type Path = readonly (string | number)[];

const { signal } = new AbortController();

interface Case {
  readonly operation: string;
  /** One item as EC2 answers it. */
  readonly item: Item;
  /** Its id's field in the answer, and in the fact. */
  readonly id: readonly [answered: string, read: string];
  /** Whether an item without an id is left out; else nothing is known, since which one it is cannot be told. */
  readonly mayLackId: boolean;
  readonly answer: (items: readonly Item[]) => Item;
  readonly read: (hook: CallHook) => Promise<Reading<readonly object[]>>;
}

const TAGS = [
  { Key: 'Name', Value: 'vpn-a' },
  { Key: 'vpn-medic:group', Value: 'hq' },
];
const ec2 = (hook: CallHook) => ec2Port('eu-west-1', clock, hook);
const IDS = ['i-1', 'i-2', 'i-3'];

const CASES: readonly Case[] = [
  {
    operation: 'DescribeInstances',
    id: ['InstanceId', 'instanceId'],
    mayLackId: true,
    item: {
      State: { Name: 'running' },
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      Placement: { AvailabilityZone: 'eu-west-1a' },
      PrivateIpAddress: '10.0.1.10',
      IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/vpn' },
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Ipv6Addresses: [{ Ipv6Address: '::1' }] }],
      Tags: TAGS,
    },
    answer: (items) => ({
      Reservations: items.map((one) => ({ OwnerId: '111122223333', Instances: [one] })),
    }),
    read: (hook) => ec2(hook).instances(IDS, signal),
  },
  {
    operation: 'DescribeInstanceStatus',
    id: ['InstanceId', 'instanceId'],
    mayLackId: true,
    item: {
      AvailabilityZone: 'eu-west-1a',
      InstanceState: { Name: 'running' },
      SystemStatus: { Status: 'ok' },
      InstanceStatus: { Status: 'ok' },
      AttachedEbsStatus: { Status: 'ok' },
      Events: [{ Code: 'instance-reboot', Description: 'a reboot' }],
    },
    answer: (items) => ({ InstanceStatuses: items }),
    read: (hook) => ec2(hook).statuses(IDS, signal),
  },
  {
    operation: 'DescribeNetworkInterfaces',
    id: ['NetworkInterfaceId', 'interfaceId'],
    mayLackId: true,
    item: {
      Status: 'in-use',
      SourceDestCheck: false,
      AvailabilityZone: 'eu-west-1a',
      SubnetId: 'subnet-1',
      VpcId: 'vpc-1',
      PrivateIpAddress: '10.0.1.10',
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.0.1.11', Association: { PublicIp: '192.0.2.1' } },
      ],
      Association: { PublicIp: '192.0.2.2' },
      Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
      Attachment: { InstanceId: 'i-1', Status: 'attached', DeviceIndex: 1 },
    },
    answer: (items) => ({ NetworkInterfaces: items }),
    read: (hook) => ec2(hook).interfaces(IDS, signal),
  },
  {
    operation: 'DescribeSubnets',
    id: ['SubnetId', 'subnetId'],
    mayLackId: true,
    item: {
      VpcId: 'vpc-1',
      AvailabilityZone: 'eu-west-1a',
      CidrBlock: '10.0.1.0/24',
      Ipv6CidrBlockAssociationSet: [
        { Ipv6CidrBlock: '2001:db8::/64', Ipv6CidrBlockState: { State: 'associated' } },
      ],
    },
    answer: (items) => ({ Subnets: items }),
    read: (hook) => ec2(hook).subnets(['vpc-1'], signal),
  },
  {
    operation: 'DescribeRouteTables',
    id: ['RouteTableId', 'tableId'],
    mayLackId: true,
    item: {
      VpcId: 'vpc-1',
      OwnerId: '111122223333',
      Associations: [{ SubnetId: 'subnet-1', AssociationState: { State: 'associated' } }],
      Routes: [
        {
          DestinationCidrBlock: '10.20.0.0/16',
          NetworkInterfaceId: 'eni-1',
          Origin: 'CreateRoute',
          State: 'active',
        },
      ],
      Tags: TAGS,
    },
    answer: (items) => ({ RouteTables: items }),
    read: (hook) => ec2(hook).routeTables({ vpcIds: ['vpc-1'] }, signal),
  },
  {
    operation: 'DescribeVpnConnections',
    id: ['VpnConnectionId', 'connectionId'],
    mayLackId: false,
    item: {
      State: 'available',
      CustomerGatewayId: 'cgw-1',
      VpnGatewayId: 'vgw-1',
      GatewayAssociationState: 'associated',
      Options: {
        StaticRoutesOnly: true,
        OutsideIpAddressType: 'PublicIpv4',
        TunnelOptions: [{ OutsideIpAddress: '192.0.2.1', StartupAction: 'start' }],
      },
      Routes: [{ State: 'available', DestinationCidrBlock: '10.20.0.0/16' }],
      VgwTelemetry: [{ OutsideIpAddress: '192.0.2.1', Status: 'UP', AcceptedRouteCount: 1 }],
      Tags: TAGS,
    },
    answer: (items) => ({ VpnConnections: items }),
    read: (hook) => vpnPort('eu-west-1', clock, hook).connections(signal),
  },
  {
    operation: 'DescribeCustomerGateways',
    id: ['CustomerGatewayId', 'customerGatewayId'],
    mayLackId: true,
    item: { IpAddress: '192.0.2.9', BgpAsn: '65000', DeviceName: 'asa', Tags: TAGS },
    answer: (items) => ({ CustomerGateways: items }),
    read: (hook) => vpnPort('eu-west-1', clock, hook).customerGateways(signal),
  },
  {
    operation: 'DescribeClientVpnEndpoints',
    id: ['ClientVpnEndpointId', 'endpointId'],
    mayLackId: false,
    item: {
      TransportProtocol: 'udp',
      VpnPort: 443,
      DnsName: '*.example.com',
      ClientCidrBlock: '10.100.0.0/22',
      Status: { Code: 'available', Message: '' },
      AuthenticationOptions: [{ Type: 'certificate-authentication' }],
      ClientConnectOptions: { Enabled: false },
      Tags: TAGS,
    },
    answer: (items) => ({ ClientVpnEndpoints: items }),
    read: (hook) => endpointPort('eu-west-1', clock, hook).endpoints(signal),
  },
];

const STRANGE = 'a-word-of-a-later-year';

/** Every field and list item, however deep. */
const pathsOf = (value: Json, at: Path = []): readonly Path[] =>
  typeof value !== 'object'
    ? [at]
    : [
        ...(at.length === 0 ? [] : [at]),
        ...Object.entries(value).flatMap(([key, inner]: [string, Json]) =>
          pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
        ),
      ];

/** The value with what is at `path` left out, or, where it is a text, replaced by a word that nobody knows. */
function odd(value: Json, [step, ...rest]: Path, how: 'lacks' | 'strange'): Json | undefined {
  if (step === undefined)
    return how === 'strange' && typeof value === 'string' ? STRANGE : undefined;
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([key, inner]: [string, Json]) => {
    if (key !== String(step)) return [[key, inner] as const];
    const changed = odd(inner, rest, how);
    return changed === undefined ? [] : [[key, changed] as const];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const isItem = (value: Json | undefined): value is Item =>
  typeof value === 'object' && !Array.isArray(value);

test.each(CASES)('$operation', async ({ item, id, mayLackId, answer, read }) => {
  const [answered, fact] = id;
  const items = IDS.map((name): Item => ({ [answered]: name, ...item }));
  const readAll = async (all: readonly Item[]) => {
    const reading = await read(() => Promise.resolve(answer(all)));
    if (!reading.known) throw new Error(reading.why);
    return new Map(reading.value.map((one) => [String(Reflect.get(one, fact)), one]));
  };
  const well = await readAll(items);
  expect([...well.keys()].toSorted()).toEqual(IDS);
  const paths = pathsOf(items[0] ?? {}).filter(([first]) => mayLackId || first !== answered);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(items.length - 1),
      fc.constantFrom(...paths),
      fc.constantFrom('lacks' as const, 'strange' as const),
      async (at, path, how) => {
        const changed = odd(items[at] ?? {}, path, how);
        if (!isItem(changed)) throw new Error('an item is an object');
        const seen = await readAll(items.map((one, index) => (index === at ? changed : one)));
        for (const name of IDS.filter((_, index) => index !== at)) {
          expect(seen.get(name)).toEqual(well.get(name));
        }
      },
    ),
    { numRuns: 300 },
  );
});
