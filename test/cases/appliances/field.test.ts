/** Field situations of several kinds at once: the routes that must move, where to, and nothing else. */

import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import type { GroupLayout } from '../../../lib/simulator/layout/words.ts';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import { type Play, type Played, play, snapshotOf } from './play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const B = 'i-0a1b2c3d4e5f60002';
const [ENI_A, ENI_B, ENI_C] = [1, 2, 3].map((n) => `eni-0a1b2c3d4e5f6000${n}`);
const APP_A = 'rtb-0a1b2c3d4e5f60100';
const OUTSIDE = [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }];
const TO = '10.20.0.0/16';

const account = (zones: readonly string[], over: Partial<GroupLayout> = {}): Snapshot =>
  oneGroup({ zones, destinations: [TO], ...over });

const dead = (instanceId: string): Fault => ({ kind: 'host-dead', instanceId });

const pointed = (instanceId: string): Fault => ({
  kind: 'rival-route',
  tableId: APP_A,
  destination: TO,
  instanceId,
  when: 'at-start',
});

/** Of one table, in order. */
const movesOf = ({ writes }: Played, tableId = APP_A) =>
  writes.filter((one) => one.tableId === tableId).map(({ interfaceId }) => interfaceId);

const textsOf = ({ notifications }: Played): string =>
  notifications.map(({ subject, text }) => `${subject}\n${text}`).join('\n');

describe('a member whose tunnel is in doubt since its death', () => {
  const policy = { failback: 'proven' } as const;
  const back = (instanceId: string): NonNullable<Play['faults']> => [
    [dead(instanceId), 40, 100],
    [{ kind: 'tunnel-dead', instanceId }, 40, 900],
  ];

  test('takes over from another one that dies only where no other is well', async () => {
    const faults = [...back(B), [dead(A), 160, 300] as const];
    const four = await play({
      account: account(['a', 'b', 'c', 'c']),
      faults,
      lastsS: 200,
      policy,
    });
    expect(movesOf(four)).toEqual([ENI_C]);
    const two = await play({ account: account(['a', 'b']), faults, lastsS: 200, policy });
    expect(movesOf(two)).toEqual([ENI_B]);
  });

  test('takes nothing over from one that is drained, and the notification gives the command; from one that AWS ends it does', async () => {
    const leaves = (fault: Fault) =>
      play({
        account: account(['a', 'b']),
        faults: [...back(A), [fault, 150, 900]],
        lastsS: 200,
        policy,
      });
    const drained = await leaves({ kind: 'person-drains', instanceId: B, forMs: 3_600_000 });
    expect(movesOf(drained)).toEqual([ENI_B]);
    expect(textsOf(drained)).toContain('2 routes held (S5)');
    expect(textsOf(drained)).toContain(`vpn-medic failback ${A}`);
    const ended = await leaves({ kind: 'spot-notice', instanceId: B });
    expect(movesOf(ended)).toEqual([ENI_B, ENI_A]);
  });
});

describe('a group that is renamed while a route is away', () => {
  const rename =
    (isRenamed: (resourceId: string) => boolean) =>
    ({ network }: SimAccount): void => {
      for (const tag of network.tags.all())
        if (tag.key === 'vpn-medic:group' && isRenamed(tag.resourceId))
          network.setTag({ ...tag, value: 'vpn' });
    };

  test('has the hold-down that it had, and its incident goes on', async () => {
    const played = await play({
      account: account(['a', 'b', 'c']),
      faults: [[dead(A), 60, 300]],
      others: [[100, rename(() => true)]],
      lastsS: 420,
    });
    expect(movesOf(played)).toEqual([ENI_B, ENI_A]);
    expect(played.writes.at(-1)?.atS).toBeGreaterThan(62 + 300);
    expect(
      played.notifications.filter(({ subject }) => subject.includes('ApplianceDown')),
    ).toHaveLength(2);
  });

  test('members first and tables a minute later: the tables are notified, and the route fails back', async () => {
    const played = await play({
      account: account(['a', 'b', 'c']),
      faults: [[dead(A), 60, 300]],
      others: [
        [70, rename((id) => id.startsWith('i-'))],
        [130, rename((id) => !id.startsWith('i-'))],
      ],
      lastsS: 420,
    });
    expect(movesOf(played)).toEqual([ENI_B, ENI_A]);
    expect(textsOf(played)).toContain('TableNotTagged');
  });
});

describe('two arms', () => {
  test('a peer whose LAN arm has the check on takes the edge route alone, and the other is held with its reason', async () => {
    const snapshot = snapshotOf('02-two-arms-edge-table');
    const played = await play({
      account: {
        ...snapshot,
        interfaces: snapshot.interfaces.map((one) =>
          one.interfaceId === 'eni-0a1b2c3d4e5f60052' ? { ...one, hasSourceDestCheck: true } : one,
        ),
      },
      faults: [[dead(A), 40, 160]],
      lastsS: 100,
    });
    expect(played.writes.map(({ destination }) => destination)).toEqual(['10.0.16.0/28']);
    expect(textsOf(played)).toContain('1 route moved to hq-b, 1 held (S2)');
  });

  test('one that loses its WAN arm loses the routes of both, to the arms of the same roles', async () => {
    const played = await play({
      account: '02-two-arms-edge-table',
      others: [
        [
          40,
          ({ network }) =>
            network.setInterface(ENI_B ?? '', {
              status: 'available',
              attachment: 'detached',
              instanceId: null,
            }),
        ],
      ],
      lastsS: 100,
    });
    expect(
      played.writes
        .map(({ destination, interfaceId }) => `${destination} ${interfaceId}`)
        .toSorted(),
    ).toEqual([`0.0.0.0/0 eni-0a1b2c3d4e5f60051`, `10.0.32.0/28 ${ENI_A}`]);
  });
});

describe('other tools', () => {
  test('a job that points a route back at the dead member every 20 s is undone each time, notified, and damps nothing', async () => {
    const played = await play({
      account: account(['a', 'b', 'c']),
      faults: [
        [dead(A), 60, 400],
        ...[90, 110, 130, 150].map((atS) => [pointed(A), atS, atS + 1] as const),
      ],
      lastsS: 220,
    });
    expect(new Set(movesOf(played))).toEqual(new Set([ENI_B]));
    expect(movesOf(played).length).toBeGreaterThanOrEqual(4);
    expect(played.targetOf(APP_A, TO)).toBe(ENI_B);
    expect(textsOf(played)).toContain('RouteRewritten');
    expect(textsOf(played)).not.toContain('RoutePinned');
  });

  test('the pair’s own script moves the route before us: nothing is written over it, and it fails back', async () => {
    const played = await play({
      account: account(['a', 'b'], { isActivePassive: true }),
      faults: [
        [dead(A), 60, 120],
        [pointed(B), 61.5, 62],
      ],
      lastsS: 420,
    });
    expect(movesOf(played)).toEqual([ENI_A]);
    expect(textsOf(played)).not.toContain('RouteRewritten');
  });

  test('a table of another account in a shared VPC is notified and left alone, ours moves', async () => {
    const snapshot = account(['a', 'b', 'c']);
    const foreign = 'rtb-0a1b2c3d4e5f60200';
    const played = await play({
      account: {
        ...snapshot,
        routeTables: snapshot.routeTables.map((table) =>
          table.tableId === foreign
            ? {
                ...table,
                accountId: '999988887777',
                routes: table.routes.map((route) =>
                  route.interfaceId === null ? route : { ...route, interfaceId: ENI_A ?? null },
                ),
              }
            : table,
        ),
      },
      faults: [[dead(A), 60, 200]],
      lastsS: 100,
    });
    expect(movesOf(played)).toEqual([ENI_B]);
    expect(movesOf(played, foreign)).toEqual([]);
    expect(textsOf(played)).toContain('TableForeign');
  });
});

describe('announced ends', () => {
  test('a Spot notice for the second of a pair 10 s after the first: its routes have nowhere to go, which is critical, until a replacement is proven', async () => {
    const played = await play({
      account: account(['a', 'b']),
      faults: [
        [{ kind: 'spot-notice', instanceId: A }, 60, 260],
        [{ kind: 'spot-notice', instanceId: B }, 70, 270],
      ],
      lastsS: 330,
    });
    const [first, second] = movesOf(played);
    expect(first).toBe(ENI_B);
    expect(second).toMatch(/^eni-0a1b2c3d4e5f64/);
    expect(textsOf(played)).toContain('CRITICAL hq-b: ApplianceLeaving');
    expect(textsOf(played)).toContain('2 routes held (S14)');
  });

  test('a terminate hook seconds after the only peer came back waits for its three answers, and no longer', async () => {
    const played = await play({
      account: account(['a', 'b']),
      faults: [
        [dead(B), 40, 100],
        [{ kind: 'terminate-hook', instanceId: A, waitMs: 120_000 }, 104, 400],
      ],
      lastsS: 200,
    });
    expect(movesOf(played)).toEqual([ENI_B]);
    expect(played.writes.find(({ tableId }) => tableId === APP_A)?.atS).toBeLessThan(115);
  });
});

test('a ban, notified as one, is no death, and EC2’s word for the same member afterwards is', async () => {
  const played = await play({
    account: account(['a', 'b', 'c'], { probe: 'tls:443' }),
    vantages: OUTSIDE,
    faults: [
      [{ kind: 'banned', instanceId: A, vantageId: 'here', how: 'closes' }, 60, 500],
      [{ kind: 'stopped', instanceId: A }, 120, 500],
    ],
    lastsS: 160,
  });
  expect(movesOf(played)).toEqual([ENI_B]);
  expect(played.writes[0]?.atS).toBeGreaterThan(120);
  expect(textsOf(played)).toContain('VantageRefused');
});

test('a prefix list of IPv6 is held where the peer has no IPv6 address, and the IPv4 route beside it moves', async () => {
  const snapshot = account(['a', 'b'], { listedCidrs: ['2001:db8:99::/48'] });
  const played = await play({
    account: {
      ...snapshot,
      instances: snapshot.instances.map((one) =>
        one.instanceId === B ? { ...one, ipv6s: [] } : one,
      ),
      interfaces: snapshot.interfaces.map((one) =>
        one.interfaceId === ENI_B ? { ...one, ipv6s: [] } : one,
      ),
    },
    faults: [[dead(A), 60, 200]],
    lastsS: 100,
  });
  expect(played.writes.map(({ destination }) => destination)).toEqual([TO]);
  expect(textsOf(played)).toContain('has no IPv6 address');
});
