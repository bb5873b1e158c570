/**
 * Goal: a connection with BGP whose tunnels have no route is down when nothing else leads to it, and not when a static
 * route of its transit gateway does. Method: captures through the real adapters.
 */
import { describe, expect, test } from '@jest/globals';
import { linesOf, playLines } from '../play.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12, minute)).toISOString();

const answer = (minute: number, operation: string, output: object, input: object = {}) => ({
  at: at(minute),
  service: 'ec2',
  operation,
  input,
  output,
});

const connection = (minute: number, routes: readonly [number | null, number | null], over = {}) =>
  answer(minute, 'DescribeVpnConnections', {
    VpnConnections: [
      {
        VpnConnectionId: 'vpn-01',
        State: 'available',
        TransitGatewayId: 'tgw-01',
        Options: { StaticRoutesOnly: false },
        Tags: [{ Key: 'Name', Value: 'berlin' }],
        VgwTelemetry: routes.map((AcceptedRouteCount, index) => ({
          OutsideIpAddress: `192.0.2.${index + 1}`,
          Status: AcceptedRouteCount === null ? 'DOWN' : 'UP',
          StatusMessage:
            AcceptedRouteCount === null ? 'IPSEC IS DOWN' : `${AcceptedRouteCount} BGP ROUTES`,
          AcceptedRouteCount: AcceptedRouteCount ?? 0,
          LastStatusChange: at(-9_000),
        })),
        ...over,
      },
    ],
  });

const gateways = answer(0, 'DescribeCustomerGateways', { CustomerGateways: [] });
const tables = (...ids: readonly string[]) =>
  answer(0, 'DescribeTransitGatewayRouteTables', {
    TransitGatewayRouteTables: ids.map((TransitGatewayRouteTableId) => ({
      TransitGatewayRouteTableId,
      TransitGatewayId: 'tgw-01',
    })),
  });
const search = (minute: number, ResourceId: string | null, State = 'active') =>
  answer(
    minute,
    'SearchTransitGatewayRoutes',
    {
      Routes:
        ResourceId === null
          ? []
          : [
              {
                DestinationCidrBlock: '10.9.0.0/16',
                Type: 'static',
                State,
                TransitGatewayAttachments: [
                  { ResourceType: 'vpn', ResourceId, TransitGatewayAttachmentId: 'tgw-attach-01' },
                ],
              },
            ],
      AdditionalRoutesAvailable: false,
    },
    {
      TransitGatewayRouteTableId: 'tgw-rtb-01',
      Filters: [{ Name: 'type', Values: ['propagated', 'static'] }],
    },
  );
const end = (minute: number) => ({ ...answer(minute, 'End', {}), service: 'medic' });

const notified = async (...lines: readonly object[]) =>
  linesOf(await playLines([gateways, ...lines]), ['notified']);

const CRITICAL = 'notified CRITICAL ConnectionDown vpn-01';

describe('both tunnels up, no route accepted', () => {
  const withdrawn = [connection(0, [5, 5]), connection(3, [0, 0]), end(6)];

  test('a static route of the transit gateway leads to it: no outage', async () => {
    const routed = search(0, 'vpn-01');
    expect(await notified(tables('tgw-rtb-01'), routed, ...withdrawn)).toEqual([]);
    // As EC2 names the resource of one tunnel.
    const byTunnel = search(0, 'vpn-01(192.0.2.1)');
    expect(await notified(tables('tgw-rtb-01'), byTunnel, ...withdrawn)).toEqual([]);
    const fromTheStart = [connection(0, [0, 0]), end(6)];
    expect(await notified(tables('tgw-rtb-01'), routed, ...fromTheStart)).toEqual([]);
  });

  test.each([
    ['no static route', search(0, null)],
    ['a static route to another connection', search(0, 'vpn-02')],
    ['a static route that is a blackhole', search(0, 'vpn-01', 'blackhole')],
  ])('%s: critical', async (_, routes) => {
    expect(await notified(tables('tgw-rtb-01'), routes, ...withdrawn)).toEqual([
      `+3:00 ${CRITICAL}`,
    ]);
    const fromTheStart = [connection(0, [0, 0]), end(6)];
    expect(await notified(tables('tgw-rtb-01'), routes, ...fromTheStart)).toEqual([
      `+0:00 ${CRITICAL}`,
    ]);
  });

  test('the static route is taken away: critical at the next poll', async () => {
    const lines = [search(0, 'vpn-01'), search(4, null), ...withdrawn];
    expect(await notified(tables('tgw-rtb-01'), ...lines)).toEqual([`+4:00 ${CRITICAL}`]);
  });

  test.each([
    ['the transit gateway is of another account', [tables()]],
    ['its routes cannot be read', []],
  ])(
    '%s: critical where routes were lost, a warning where there never were any',
    async (_, seen) => {
      expect(await notified(...seen, ...withdrawn)).toEqual([`+3:00 ${CRITICAL}`]);
      expect(await notified(...seen, connection(0, [0, 0]), end(6))).toEqual([
        '+0:00 notified WARNING NoRoutesAccepted vpn-01',
      ]);
      const core = { TransitGatewayId: undefined, CoreNetworkArn: 'arn:aws:networkmanager::1:x' };
      expect(await notified(...seen, connection(0, [0, 0], core), end(6))).toEqual([
        '+0:00 notified WARNING NoRoutesAccepted vpn-01',
      ]);
    },
  );

  test('on a virtual private gateway no other route can lead to it: critical at first sight', async () => {
    const over = { TransitGatewayId: undefined, VpnGatewayId: 'vgw-01' };
    expect(await notified(connection(0, [0, 0], over), end(3))).toEqual([`+0:00 ${CRITICAL}`]);
  });
});

test('one tunnel down, the other up by a static route: a warning, and critical when that falls, too', async () => {
  const lines = [
    tables('tgw-rtb-01'),
    search(0, 'vpn-01'),
    connection(0, [0, 0]),
    connection(2, [0, null]),
    connection(4, [null, null]),
    connection(6, [0, 0]),
    end(9),
  ];
  expect(await notified(...lines)).toEqual([
    '+2:00 notified WARNING TunnelDown vpn-01/192.0.2.2',
    `+4:00 ${CRITICAL}`,
    '+6:00 notified RESOLVED ConnectionDown vpn-01',
    '+6:00 notified RESOLVED TunnelDown vpn-01/192.0.2.2',
  ]);
});

test('routes that are never read again: the count read last stays, an outage is not called over', async () => {
  const refused = {
    ...search(5, null),
    output: undefined,
    error: { name: 'UnauthorizedOperation', message: 'You are not authorized.' },
  };
  const lines = [
    tables('tgw-rtb-01'),
    search(0, null),
    connection(0, [5, 5]),
    connection(3, [0, 0]),
    refused,
    end(9),
  ];
  expect(await notified(...lines)).toEqual([`+3:00 ${CRITICAL}`]);
});
