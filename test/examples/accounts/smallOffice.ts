/** A small office: two strongSwan appliances that carry two branches, and one managed connection to the accountant. */
import type { MadeRegion, Place } from '../account.ts';
import { mergedLists } from '../account.ts';
import type { MadeAppliance } from '../appliance.ts';
import { connectionLists, type MadeConnection, tunnelSeries } from '../connections.ts';
import { idOf } from '../ids.ts';
import { vpcLists } from '../network.ts';

const NAT = idOf('nat', 'office');
const IGW = idOf('igw', 'office');

const appliance = (letter: 'a' | 'b', privateIp: string, publicIp: string): MadeAppliance => ({
  name: `vpn-${letter}`,
  subnet: `public-${letter}`,
  privateIp,
  publicIp,
  type: 't4g.small',
  profile: 'vpn-appliance',
  tags: { 'vpn-medic:group': 'branches', 'vpn-medic:probe': 'ike:500' },
  ports: [
    ['udp', 500],
    ['udp', 4500],
  ],
});

const CONNECTIONS: readonly MadeConnection[] = [
  {
    name: 'accountant',
    device: { name: 'accountant-router', ip: '198.51.100.77', asn: 65_010 },
    gateway: { VpnGatewayId: idOf('vgw', 'office') },
    outsideIps: ['203.0.113.21', '203.0.113.22'],
    staticRoutes: ['192.168.90.0/24'],
    acceptedRoutes: 1,
    bytesAnHour: 40_000_000,
  },
];

export function smallOffice(place: Place): MadeRegion {
  const branches = (hop: string) => ({ '192.168.10.0/24': hop, '192.168.20.0/24': hop });
  const group = { 'vpn-medic:group': 'branches' };
  return {
    ...place,
    file: 'small-office.jsonl',
    lists: mergedLists([
      vpcLists(place, {
        name: 'office',
        cidr: '10.40.0.0/16',
        subnets: [
          ['public-a', '10.40.0.0/24', 'a'],
          ['public-b', '10.40.1.0/24', 'b'],
          ['private-a', '10.40.10.0/24', 'a'],
          ['private-b', '10.40.11.0/24', 'b'],
        ],
        tables: [
          { name: 'public', subnets: ['public-a', 'public-b'], routes: { '0.0.0.0/0': IGW } },
          {
            name: 'private-a',
            subnets: ['private-a'],
            tags: group,
            routes: { '0.0.0.0/0': NAT, ...branches('vpn-a') },
          },
          {
            name: 'private-b',
            subnets: ['private-b'],
            tags: group,
            routes: { '0.0.0.0/0': NAT, ...branches('vpn-b') },
          },
        ],
        appliances: [
          appliance('a', '10.40.0.10', '198.51.100.10'),
          appliance('b', '10.40.1.10', '198.51.100.11'),
        ],
      }),
      connectionLists(place, CONNECTIONS),
    ]),
    answers: [],
    series: tunnelSeries(CONNECTIONS),
    objects: [],
  };
}
