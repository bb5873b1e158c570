/** An Elastic address that stands for a group moves with its routes, by their rules, after them. */

import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { addressOf } from '../../../lib/simulator/layout/words.ts';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const ENI_A = 'eni-0a1b2c3d4e5f60001';
const ENI_B = 'eni-0a1b2c3d4e5f60002';
const { allocationId, publicIp } = addressOf(0, 0);
const OUTSIDE = [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }];

const account = (addressCount: number, isPublic = true, zones = ['a', 'b']): Snapshot =>
  oneGroup({ zones, isPublic, addressCount });

/** The private addresses of an interface with the Elastic addresses that they have now. */
const holdings = ({ network }: SimAccount, interfaceId: string) =>
  (network.interfaces.get(interfaceId)?.secondaryIps ?? []).map((one) => one.publicIp);

const ROUTE_AND_ADDRESS = ['rtb-0a1b2c3d4e5f60100', allocationId];
const quick = { holdMs: 20_000, rise: 5 };

describe('when its holder dies', () => {
  test('it follows the route to the living one within 4 s, is read back, and both go back when it is well', async () => {
    const {
      writes,
      notifications,
      targetOf,
      account: after,
    } = await play({
      account: account(1),
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 120]],
      lastsS: 300,
      vantages: OUTSIDE,
      policy: quick,
    });
    expect(writes.map(({ tableId }) => tableId)).toEqual([
      ...ROUTE_AND_ADDRESS,
      ...ROUTE_AND_ADDRESS,
    ]);
    expect(writes.map(({ interfaceId }) => interfaceId)).toEqual([ENI_B, ENI_B, ENI_A, ENI_A]);
    expect(writes[1]?.atS).toBeLessThan(64);
    expect(targetOf(allocationId, publicIp)).toBe(ENI_A);
    expect(holdings(after, ENI_A)).toEqual([publicIp]);
    expect(holdings(after, ENI_B)).toEqual([null]);
    const texts = notifications.map(({ text }) => text).join('\n');
    expect(texts).toContain(`Elastic address ${publicIp}: hq-a -> hq-b`);
    expect(notifications.at(-1)?.state).toBe('resolved');
  });

  test('and is terminated, EC2 takes it off: it goes to the living one all the same', async () => {
    const { writes, targetOf } = await play({
      account: account(1),
      faults: [[{ kind: 'terminated', instanceId: HQ_A }, 60, 1_000]],
      lastsS: 150,
      vantages: OUTSIDE,
      policy: quick,
    });
    expect(writes.map(({ tableId, interfaceId }) => [tableId, interfaceId])).toEqual(
      ROUTE_AND_ADDRESS.map((id) => [id, ENI_B]),
    );
    expect(targetOf(allocationId, publicIp)).toBe(ENI_B);
  });

  test.each([
    ['63 s', 62.6, 63],
    ['70 s', 64, 70],
  ])(
    'and its new holder at %s, under a leader that has begun since: it moves on at once, and nothing else is written',
    async (_at, killedS, diesS) => {
      const { writes } = await play({
        account: account(1, true, ['a', 'b', 'c']),
        faults: [
          [{ kind: 'host-dead', instanceId: HQ_A }, 58, 400],
          [{ kind: 'watcher-killed' }, killedS, killedS + 0.1],
          [{ kind: 'host-dead', instanceId: HQ_B }, diesS, 400],
        ],
        lastsS: 100,
        vantages: OUTSIDE,
      });
      const moves = writes.filter(({ tableId }) => tableId === allocationId);
      expect(moves.map(({ interfaceId }) => interfaceId)).toEqual([ENI_B, 'eni-0a1b2c3d4e5f60003']);
      expect(moves[1]?.atS).toBeLessThan(diesS + 4);
    },
  );

  test('two of one group go to two private addresses of the living one, and none takes the place of another', async () => {
    const { writes, account: after } = await play({
      account: account(2),
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 200]],
      lastsS: 120,
      vantages: OUTSIDE,
    });
    expect(writes).toHaveLength(3);
    expect(holdings(after, ENI_B)).toEqual([publicIp, addressOf(0, 1).publicIp]);
  });

  test('a target whose every private address has another Elastic address gets the route alone, and that is notified with the command', async () => {
    const own = { publicIp: '198.51.100.99', allocationId: 'eipalloc-0aaaaaaaaaaaaaaaa' };
    const snapshot = account(1);
    const {
      writes,
      notifications,
      account: after,
    } = await play({
      account: {
        ...snapshot,
        interfaces: snapshot.interfaces.map((link) =>
          link.interfaceId === ENI_B
            ? {
                ...link,
                allocationId: 'eipalloc-0bbbbbbbbbbbbbbbb',
                secondaryIps: (link.secondaryIps ?? []).map((one) => ({ ...one, ...own })),
              }
            : link,
        ),
      },
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 200]],
      lastsS: 120,
      vantages: OUTSIDE,
    });
    expect(writes.map(({ tableId }) => tableId)).toEqual(['rtb-0a1b2c3d4e5f60100']);
    expect(holdings(after, ENI_B)).toEqual([own.publicIp]);
    expect(notifications.map(({ text }) => text).join('\n')).toContain(
      `aws ec2 assign-private-ip-addresses --network-interface-id ${ENI_B}`,
    );
  });

  test('and addresses cannot be read, the route moves in time and the address when they can', async () => {
    const denied = { kind: 'api-unreadable', action: 'DescribeAddresses', why: 'denied' } as const;
    const { writes, notifications } = await play({
      account: account(1),
      faults: [
        [denied, 50, 100],
        [{ kind: 'host-dead', instanceId: HQ_A }, 60, 200],
      ],
      lastsS: 150,
      vantages: OUTSIDE,
    });
    expect(writes.map(({ tableId }) => tableId)).toEqual(ROUTE_AND_ADDRESS);
    expect(writes[0]?.atS).toBeLessThan(64);
    expect(writes[1]?.atS).toBeGreaterThan(100);
    expect(writes[1]?.atS).toBeLessThan(110);
    expect(notifications.map(({ subject }) => subject).join()).not.toContain('no route is written');
  });
});

describe('while its holder lives', () => {
  test('nothing moves it: not a vantage that is blind, nor the death of another member', async () => {
    const { writes, targetOf } = await play({
      account: account(1),
      faults: [
        [{ kind: 'vantage-blind', vantageId: 'here' }, 60, 90],
        [{ kind: 'host-dead', instanceId: HQ_B }, 120, 180],
      ],
      lastsS: 240,
      vantages: OUTSIDE,
    });
    expect(writes.filter(({ tableId }) => tableId === allocationId)).toEqual([]);
    expect(targetOf(allocationId, publicIp)).toBe(ENI_A);
  });

  test('one that an operator takes off by hand is not moved back, and that is notified', async () => {
    const { writes, notifications } = await play({
      account: account(1),
      others: [
        [
          60,
          ({ network, clock }) => {
            const table = network.tables.get(allocationId);
            const off = { interfaceId: null, otherTarget: 'no interface', state: 'blackhole' };
            if (table === null) throw new Error('no address');
            const routes = table.routes.map((route) => ({
              ...route,
              ...off,
              state: 'blackhole' as const,
            }));
            network.tables.put(allocationId, { ...table, routes }, clock.monotonicMs());
          },
        ],
      ],
      lastsS: 240,
      vantages: OUTSIDE,
    });
    expect(writes).toEqual([]);
    const subjects = notifications.map(({ subject }) => subject).join('\n');
    expect(subjects).toContain('RouteBlackholed');
    expect(subjects).toContain(publicIp);
  });

  test('one that an operator moves to another living member stays there', async () => {
    const to = { tableId: allocationId, destination: publicIp, instanceId: HQ_B } as const;
    const { writes, targetOf } = await play({
      account: account(1),
      faults: [[{ kind: 'rival-route', ...to, when: 'at-start' }, 60, 70]],
      lastsS: 600,
      vantages: OUTSIDE,
      policy: quick,
    });
    expect(writes).toEqual([]);
    expect(targetOf(allocationId, publicIp)).toBe(ENI_B);
  });

  test('in mode observe it is not moved when its holder dies either', async () => {
    const { writes } = await play({
      account: account(1),
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 120]],
      lastsS: 150,
      vantages: OUTSIDE,
      policy: { mode: 'observe' },
    });
    expect(writes).toEqual([]);
  });
});

describe('its own tags', () => {
  const tagged = (key: string, value: string): Snapshot => {
    const snapshot = account(1);
    const own = { resourceId: allocationId, resourceType: 'elastic-ip', key, value };
    return { ...snapshot, tags: [...snapshot.tags, own] };
  };
  /** Named as hq-b is, and launched by another role. */
  const STRANGER = 'i-0a1b2c3d4e5f65001';

  test('vpn-medic:preferred leads it to that member, and back there after a failover; the route stays at its own', async () => {
    const { writes, targetOf } = await play({
      account: tagged('vpn-medic:preferred', HQ_B),
      faults: [[{ kind: 'host-dead', instanceId: HQ_B }, 120, 180]],
      lastsS: 400,
      vantages: OUTSIDE,
      policy: quick,
    });
    const own = writes.filter(({ tableId }) => tableId === allocationId);
    expect(own.map(({ interfaceId }) => interfaceId)).toEqual([ENI_B, ENI_A, ENI_B]);
    expect(own[0]?.atS).toBeLessThan(120);
    expect(targetOf('rtb-0a1b2c3d4e5f60100', '10.20.0.0/16')).toBe(ENI_A);
  });

  test('vpn-medic:preferred=zone moves nothing, and is told: an address serves no zone', async () => {
    const { writes, notifications } = await play({
      account: tagged('vpn-medic:preferred', 'zone'),
      lastsS: 240,
      vantages: OUTSIDE,
      policy: quick,
    });
    expect(writes).toEqual([]);
    expect(notifications.map(({ text }) => text).join('\n')).toContain(
      'an Elastic address serves no zone',
    );
  });

  test.each([
    ['names a newcomer: it goes there', STRANGER, true],
    ['names another: it stays', 'i-0a1b2c3d4e5f6ffff', false],
  ])('vpn-medic:members %s', async (_, value, isMoved) => {
    const { writes } = await play({
      account: tagged('vpn-medic:members', value),
      faults: [
        [{ kind: 'stranger', likeInstanceId: HQ_B, instanceProfile: null, pool: null }, 30, 900],
        [{ kind: 'host-dead', instanceId: HQ_B }, 100, 900],
        [{ kind: 'host-dead', instanceId: HQ_A }, 150, 900],
      ],
      lastsS: 240,
      vantages: OUTSIDE,
      policy: quick,
    });
    const own = writes.filter(({ tableId }) => tableId === allocationId);
    expect(own.map(({ interfaceId }) => interfaceId)).toEqual(
      isMoved ? ['eni-0a1b2c3d4e5f65001'] : [],
    );
  });
});

describe('what is probed', () => {
  test('is never the address of the group: after its move the dead one is not taken for alive', async () => {
    const { account: after, notifications } = await play({
      account: account(1),
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 400]],
      lastsS: 200,
      vantages: OUTSIDE,
    });
    expect(after.log.results.some(({ address }) => address === publicIp)).toBe(false);
    expect(notifications.map(({ subject }) => subject).join()).not.toContain('RESOLVED hq-a');
  });

  test('a tag that names the address of the group is refused with the reason', async () => {
    const { notifications, account: after } = await play({
      account: account(1),
      others: [
        [
          30,
          ({ network }) =>
            network.setTag({
              resourceId: HQ_B,
              resourceType: 'instance',
              key: 'vpn-medic:probe',
              value: `ike:${publicIp}:500`,
            }),
        ],
      ],
      lastsS: 240,
      vantages: OUTSIDE,
    });
    expect(notifications.map(({ text }) => text).join('\n')).toContain(
      'an Elastic address that moves with its group',
    );
    expect(after.log.results.some(({ address }) => address === publicIp)).toBe(false);
  });
});
