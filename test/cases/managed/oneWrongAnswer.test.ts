/**
 * Goal: what one answer of EC2 leaves out is not gone: a connection that is down stays so, and one that comes back is not
 * new. Method: captures through the real adapters.
 */
import { describe, expect, test } from '@jest/globals';
import { linesOf, playLines } from '../play.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12, minute)).toISOString();
const line = (minute: number, operation: string, output: object) => ({
  at: at(minute),
  service: 'ec2',
  operation,
  input: {},
  output,
});
const end = (minute: number) => ({ ...line(minute, 'End', {}), service: 'medic' });

type Status = 'UP' | 'DOWN';
const connection = (id: string, status: Status, over: object = {}) => ({
  VpnConnectionId: id,
  State: 'available',
  VpnGatewayId: 'vgw-01',
  CustomerGatewayId: 'cgw-01',
  Options: { StaticRoutesOnly: false },
  Tags: [],
  VgwTelemetry: [1, 2].map((side) => ({
    OutsideIpAddress: `192.0.2.${side}`,
    Status: status,
    StatusMessage: status === 'UP' ? '5 BGP ROUTES' : 'IPSEC IS DOWN',
    AcceptedRouteCount: status === 'UP' ? 5 : 0,
    LastStatusChange: at(-9_000),
  })),
  ...over,
});
const list = (minute: number, ...VpnConnections: readonly object[]) =>
  line(minute, 'DescribeVpnConnections', { VpnConnections });
const notified = async (...lines: readonly object[]) => {
  const gateways = line(0, 'DescribeCustomerGateways', { CustomerGateways: [] });
  return linesOf(await playLines([gateways, ...lines]), ['notified']);
};

const DOWN = '+3:00 notified CRITICAL ConnectionDown vpn-01';
const down = [list(0, connection('vpn-01', 'UP')), list(3, connection('vpn-01', 'DOWN'))];

describe('a connection that is down and is left out of the list', () => {
  test('for one answer, alone or beside others: nothing is resolved, and it goes on', async () => {
    const back = [list(6, connection('vpn-01', 'DOWN')), end(20)];
    expect(await notified(...down, list(5), ...back)).toEqual([DOWN]);
    const beside = [list(5, connection('vpn-02', 'UP')), ...back];
    expect(await notified(...down, ...beside)).toEqual([DOWN]);
  });

  test('and is up when it is listed again: resolved then', async () => {
    const lines = [...down, list(5), list(8, connection('vpn-01', 'UP')), end(12)];
    expect(await notified(...lines)).toEqual([
      DOWN,
      '+8:00 notified RESOLVED ConnectionDown vpn-01',
    ]);
  });

  test('for ten minutes is gone, and not before; one that AWS calls deleted is gone at once', async () => {
    expect(await notified(...down, list(5), end(14))).toEqual([DOWN]);
    expect((await notified(...down, list(5), end(18))).slice(1)).toEqual([
      expect.stringMatching(/^\+15:00 notified RESOLVED ConnectionDown vpn-01$/),
    ]);
    const deleted = list(5, connection('vpn-01', 'DOWN', { State: 'deleted' }));
    expect(await notified(...down, deleted, end(8))).toEqual([
      DOWN,
      '+5:00 notified RESOLVED ConnectionDown vpn-01',
    ]);
  });

  test('while it is ignored: nothing is notified', async () => {
    const Tags = [{ Key: 'vpn-medic:ignore', Value: 'a test' }];
    const lines = [
      list(0, connection('vpn-01', 'UP', { Tags })),
      list(3, connection('vpn-01', 'DOWN', { Tags })),
      list(5),
      list(8, connection('vpn-01', 'DOWN', { Tags })),
      end(12),
    ];
    expect(await notified(...lines)).toEqual([]);
  });
});

test('a connection that was well and is left out for one answer is not new: its loss is critical', async () => {
  const lines = [
    list(0, connection('vpn-01', 'UP')),
    list(3),
    list(5, connection('vpn-01', 'DOWN')),
    end(8),
  ];
  expect(await notified(...lines)).toEqual(['+5:00 notified CRITICAL ConnectionDown vpn-01']);
});

test('a connection that AWS calls pending again while it is down stays down', async () => {
  const pending = list(5, connection('vpn-01', 'DOWN', { State: 'pending' }));
  expect(await notified(...down, pending, list(9, connection('vpn-01', 'DOWN')), end(12))).toEqual([
    DOWN,
  ]);
});
