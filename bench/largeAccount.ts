/** A made-up account of 50 appliances in 25 VPCs and 100 connections. */
import type { MadeRegion, Place } from '../test/examples/account.ts';
import { mergedLists } from '../test/examples/account.ts';
import {
  connectionLists,
  type MadeConnection,
  tunnelSeries,
} from '../test/examples/connections.ts';
import { idOf } from '../test/examples/ids.ts';
import { vpcLists } from '../test/examples/network.ts';

const place: Place = {
  account: '111122223333',
  region: 'eu-west-1',
  at: Date.UTC(2026, 11, 2, 9, 30),
};

const connections: readonly MadeConnection[] = Array.from({ length: 100 }, (_, index) => ({
  name: `site-${index}`,
  device: { name: `device-${index}`, ip: `198.51.100.${index}`, asn: 65_000 + index },
  gateway: { TransitGatewayId: idOf('tgw', 'hub') },
  outsideIps: [`203.0.113.${index}`, `192.0.2.${index}`],
  staticRoutes: null,
  acceptedRoutes: 5,
  bytesAnHour: 900_000_000,
}));

const vpcs = Array.from({ length: 25 }, (_, index) =>
  vpcLists(place, {
    name: `vpc-${index}`,
    cidr: `10.${index}.0.0/16`,
    subnets: [
      [`v${index}-a`, `10.${index}.0.0/24`, 'a'],
      [`v${index}-b`, `10.${index}.1.0/24`, 'b'],
    ],
    tables: ['a', 'b'].map((zone) => ({
      name: `v${index}-${zone}`,
      subnets: [`v${index}-${zone}`],
      tags: { 'vpn-medic:group': `g${index}` },
      routes: { '192.168.0.0/16': `fw-${index}-${zone}` },
    })),
    appliances: ['a', 'b'].map((zone, at) => ({
      name: `fw-${index}-${zone}`,
      subnet: `v${index}-${zone}`,
      privateIp: `10.${index}.${at}.10`,
      publicIp: `198.51.101.${2 * index + at}`,
      type: 'c7gn.large',
      profile: 'fw',
      tags: { 'vpn-medic:group': `g${index}` },
      ports: [['udp', 500]],
    })),
  }),
);

export const LARGE_ACCOUNT: MadeRegion = {
  ...place,
  file: '',
  lists: mergedLists([...vpcs, connectionLists(place, connections)]),
  answers: [],
  series: tunnelSeries(connections),
  objects: [],
};
