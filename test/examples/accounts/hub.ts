/** A hub: a transit gateway between VPCs, a factory with two connections, a warehouse, a data centre over Direct Connect, and a pair of WireGuard appliances. */
import { type MadeRegion, mergedLists, type Place } from '../account.ts';
import type { MadeAppliance } from '../appliance.ts';
import { connectionLists, type MadeConnection, tunnelSeries } from '../connections.ts';
import {
  directConnectAnswers,
  directConnectSeries,
  type MadeDirectConnect,
} from '../directConnect.ts';
import { idOf } from '../ids.ts';
import { type Series, steady } from '../metrics.ts';
import { vpcLists } from '../network.ts';
import {
  type MadeTransitGateway,
  transitGatewayAnswers,
  transitGatewayLists,
} from '../transitGateway.ts';

const TGW = idOf('tgw', 'hub');
const GATEWAY_ID = '7f3a1c52-9a0d-4c0e-9d55-0f6b2c1e8a44';
const FACTORY = { 'vpn-medic:group': 'factory', 'vpn-medic:site': 'factory' };

const connection = (
  name: string,
  device: MadeConnection['device'],
  outsideIps: MadeConnection['outsideIps'],
  more: Partial<MadeConnection> = {},
): MadeConnection => ({
  name,
  device,
  gateway: { TransitGatewayId: TGW },
  outsideIps,
  staticRoutes: null,
  acceptedRoutes: 4,
  bytesAnHour: 900_000_000,
  ...more,
});

const CONNECTIONS: readonly MadeConnection[] = [
  connection(
    'factory-north',
    { name: 'factory-fw-1', ip: '198.51.100.31', asn: 65_101 },
    ['203.0.113.41', '203.0.113.42'],
    { staticRoutes: [], acceptedRoutes: 0, tags: FACTORY },
  ),
  connection(
    'factory-south',
    { name: 'factory-fw-2', ip: '198.51.100.32', asn: 65_101 },
    ['203.0.113.43', '203.0.113.44'],
    { staticRoutes: [], acceptedRoutes: 0, tags: FACTORY },
  ),
  connection('warehouse', { name: 'warehouse-edge', ip: '198.51.100.40', asn: 65_102 }, [
    '203.0.113.45',
    '203.0.113.46',
  ]),
  connection(
    'datacentre-private',
    { name: 'datacentre-core', ip: '10.255.0.10', asn: 65_103 },
    ['10.254.0.5', '10.254.0.6'],
    {
      acceptedRoutes: 22,
      options: {
        OutsideIpAddressType: 'PrivateIpv4',
        TransportTransitGatewayAttachmentId: idOf('tgw-attach', 'datacentre-dx'),
      },
    },
  ),
];

const TRANSIT: MadeTransitGateway = {
  name: 'hub',
  attachments: [
    { name: 'apps', type: 'vpc', resourceId: idOf('vpc', 'apps'), table: 'spokes' },
    { name: 'edge', type: 'vpc', resourceId: idOf('vpc', 'edge'), table: 'spokes' },
    ...CONNECTIONS.map(({ name }) => ({
      name,
      type: 'vpn' as const,
      resourceId: idOf('vpn', name),
      table: 'sites',
    })),
    {
      name: 'datacentre-dx',
      type: 'direct-connect-gateway',
      resourceId: GATEWAY_ID,
      table: 'sites',
    },
  ],
  tables: [
    {
      name: 'spokes',
      tags: { 'vpn-medic:group': 'factory' },
      routes: [
        ['10.70.0.0/16', ['apps'], 'propagated'],
        ['10.71.0.0/16', ['edge'], 'propagated'],
        ['172.20.0.0/16', ['factory-north'], 'static'],
        ['172.21.0.0/16', ['factory-south'], 'static'],
        ['172.22.0.0/16', ['warehouse'], 'propagated'],
        ['172.24.0.0/14', ['datacentre-private'], 'propagated'],
        ['192.168.128.0/17', ['edge'], 'static'],
      ],
    },
    {
      name: 'sites',
      routes: [
        ['10.70.0.0/16', ['apps'], 'propagated'],
        ['10.71.0.0/16', ['edge'], 'propagated'],
      ],
    },
  ],
};

const appliance = (letter: 'a' | 'b', privateIp: string, publicIp: string): MadeAppliance => ({
  name: `wireguard-${letter}`,
  subnet: `edge-public-${letter}`,
  privateIp,
  publicIp,
  type: 'c7gn.large',
  profile: 'wireguard',
  tags: { 'vpn-medic:group': 'shops', 'vpn-medic:probe': 'tcp:22' },
  ports: [
    ['udp', 51_820],
    ['tcp', 22],
  ],
});

const DIRECT_CONNECT: MadeDirectConnect = {
  connectionId: 'dxcon-fh6ayh1d',
  connectionName: 'datacentre-1g',
  interfaces: [
    {
      virtualInterfaceId: 'dxvif-ffhhk74f',
      name: 'datacentre-transit',
      vlan: 101,
      asn: 65_103,
      peers: ['169.254.80.1/30', '169.254.80.2/30'],
    },
  ],
  gateway: { id: GATEWAY_ID, name: 'datacentre', asn: 64_550 },
  transitGatewayId: TGW,
};

const SERIES: readonly Series[] = [
  ...directConnectSeries(DIRECT_CONNECT),
  ...['PacketDropCountBlackhole', 'PacketDropCountNoRoute'].map((metricName) => ({
    namespace: 'AWS/TransitGateway',
    metricName,
    dimensions: { TransitGateway: TGW },
    value: steady(0),
  })),
];

export const hub = (place: Place): MadeRegion => ({
  ...place,
  file: 'hub.jsonl',
  lists: mergedLists([
    vpcLists(place, {
      name: 'apps',
      cidr: '10.70.0.0/16',
      subnets: [
        ['apps-a', '10.70.0.0/20', 'a'],
        ['apps-b', '10.70.16.0/20', 'b'],
      ],
      tables: [{ name: 'apps', subnets: ['apps-a', 'apps-b'], routes: { '0.0.0.0/0': TGW } }],
      appliances: [],
    }),
    vpcLists(place, {
      name: 'edge',
      cidr: '10.71.0.0/16',
      subnets: [
        ['edge-public-a', '10.71.0.0/24', 'a'],
        ['edge-public-b', '10.71.1.0/24', 'b'],
        ['edge-transit-a', '10.71.8.0/28', 'a'],
        ['edge-transit-b', '10.71.8.16/28', 'b'],
      ],
      tables: [
        {
          name: 'edge-public',
          subnets: ['edge-public-a', 'edge-public-b'],
          routes: { '0.0.0.0/0': idOf('igw', 'edge'), '10.70.0.0/16': TGW },
        },
        ...(['a', 'b'] as const).map((letter) => ({
          name: `edge-transit-${letter}`,
          subnets: [`edge-transit-${letter}`],
          tags: { 'vpn-medic:group': 'shops' },
          routes: { '192.168.128.0/17': `wireguard-${letter}` },
        })),
      ],
      appliances: [
        appliance('a', '10.71.0.20', '198.51.100.50'),
        appliance('b', '10.71.1.20', '198.51.100.51'),
      ],
    }),
    connectionLists(place, CONNECTIONS),
    transitGatewayLists(place, TRANSIT),
  ]),
  answers: [...transitGatewayAnswers(TRANSIT), ...directConnectAnswers(place, DIRECT_CONNECT)],
  series: [...tunnelSeries(CONNECTIONS), ...SERIES],
  watched: [
    `arn:aws:directconnect:${place.region}:${place.account}:dxcon/${DIRECT_CONNECT.connectionId}`,
    `arn:aws:ec2:${place.region}:${place.account}:transit-gateway/${TGW}`,
  ],
  objects: [],
});
