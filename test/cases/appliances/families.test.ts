/** Kind 6: proof and addresses of one address family are not taken for the other's. */
import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { play, snapshotOf } from './play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const ENI_A = 'eni-0a1b2c3d4e5f60001';
const ENI_B = 'eni-0a1b2c3d4e5f60002';
const IPV6_A = '2001:db8:10:0::1';
const IPV6_B = '2001:db8:10:1::2';
const TABLES = ['rtb-0a1b2c3d4e5f60100', 'rtb-0a1b2c3d4e5f60200'];

test('07: an interface without an IPv6 address takes no IPv6 route, neither at first sight nor at a death', async () => {
  const { writes, notifications, targetOf } = await play({
    account: '07-ipv6-route-to-ipv4-only-peer',
    faults: [[{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 200]],
    lastsS: 150,
  });
  expect(writes.map(({ destination }) => destination)).toEqual(['0.0.0.0/0']);
  expect(targetOf('rtb-0a1b2c3d4e5f60200', '::/0')).toBe('eni-0a1b2c3d4e5f60001');
  expect(notifications.map(({ text }) => text).join('\n')).toContain('has no IPv6 address');
});

/** Both have IPv6, and every route leads to hq-a. */
const dualStack = (probe: string | null = null): Snapshot => {
  const snapshot = snapshotOf('07-ipv6-route-to-ipv4-only-peer');
  return {
    ...snapshot,
    tags:
      probe === null
        ? snapshot.tags
        : [
            ...snapshot.tags,
            ...[A, 'i-0a1b2c3d4e5f60002'].map((resourceId) => ({
              resourceId,
              resourceType: 'instance',
              key: 'vpn-medic:probe',
              value: `${probe} tcp:[${resourceId === A ? IPV6_A : IPV6_B}]:443`,
            })),
          ],
    instances: snapshot.instances.map((one) =>
      one.instanceId === A ? one : { ...one, ipv6s: [IPV6_B] },
    ),
    interfaces: snapshot.interfaces.map((one) =>
      one.interfaceId === ENI_B ? { ...one, ipv6s: [IPV6_B] } : one,
    ),
    routeTables: snapshot.routeTables.map((table) => ({
      ...table,
      routes: table.routes.map((route) =>
        route.interfaceId === null ? route : { ...route, interfaceId: ENI_A },
      ),
    })),
  };
};

const setIpv6 =
  (ipv6s: readonly string[]) =>
  ({ network, clock }: SimAccount): void => {
    const link = network.interfaces.get(ENI_A);
    const instance = network.instances.get(A);
    if (link === null || instance === null) throw new Error('hq-a is not there');
    network.interfaces.put(ENI_A, { ...link, ipv6s }, clock.monotonicMs());
    network.instances.put(A, { ...instance, ipv6s }, clock.monotonicMs());
  };

describe('a current next hop that loses IPv6 while it answers by IPv4', () => {
  test('its interface loses its IPv6 address: the IPv6 routes alone move, are notified, and are back when it has one', async () => {
    const { writes, notifications, targetOf } = await play({
      account: dualStack(),
      others: [
        [60, setIpv6([])],
        [200, setIpv6([IPV6_A])],
      ],
      lastsS: 700,
    });
    expect(writes.map(({ destination, interfaceId }) => [destination, interfaceId])).toEqual([
      ['::/0', ENI_B],
      ['::/0', ENI_B],
      ['::/0', ENI_A],
      ['::/0', ENI_A],
    ]);
    expect(writes[0]?.atS).toBeLessThan(60 + 90);
    expect(TABLES.map((id) => targetOf(id, '0.0.0.0/0'))).toEqual([ENI_A, ENI_A]);
    const subjects = notifications.map(({ subject }) => subject);
    expect(subjects.filter((one) => one.includes('Ipv6Down'))).toHaveLength(2);
    expect(subjects.join()).not.toContain('ApplianceDown');
  });

  test('an interface that never had one carried none: its IPv6 routes stay where their owner put them', async () => {
    const snapshot = dualStack();
    const { writes } = await play({
      account: {
        ...snapshot,
        instances: snapshot.instances.map((one) =>
          one.instanceId === A ? { ...one, ipv6s: [] } : one,
        ),
        interfaces: snapshot.interfaces.map((one) =>
          one.interfaceId === ENI_A ? { ...one, ipv6s: [] } : one,
        ),
      },
      lastsS: 120,
    });
    expect(writes).toEqual([]);
  });

  test('its daemon is silent by IPv6 alone: the IPv6 routes alone move; by both: all of them', async () => {
    const inside = [{ id: 'probe-0', subnetIds: [], isInVpc: true, closedTo: [] }];
    const account = dualStack('ike:500');
    const one = await play({
      account,
      faults: [[{ kind: 'ipv6-dead', instanceId: A }, 60, 160]],
      lastsS: 600,
      vantages: inside,
    });
    expect(one.writes.map(({ destination, interfaceId }) => [destination, interfaceId])).toEqual([
      ['::/0', ENI_B],
      ['::/0', ENI_B],
      ['::/0', ENI_A],
      ['::/0', ENI_A],
    ]);
    expect(one.writes[0]?.atS).toBeLessThan(64);
    const both = await play({
      account,
      faults: [[{ kind: 'host-dead', instanceId: A }, 60, 160]],
      lastsS: 80,
      vantages: inside,
    });
    expect(both.writes).toHaveLength(4);
  });
});
