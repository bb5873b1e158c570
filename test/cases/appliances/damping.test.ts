/** Damping in the field: it never keeps a route on what is not running, and another tool's writing is undone and notified. */
import { expect, test } from '@jest/globals';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const APP_A = 'rtb-0a1b2c3d4e5f60100';
const FAR = '10.20.0.0/16';

test('10: after two instance refreshes of two appliances no route stays on a terminated one for more than 5 s', async () => {
  const { account, writes } = await play({
    account: '10-instance-refresh-twice',
    faults: [
      [{ kind: 'terminated', instanceId: HQ_A }, 40, 100],
      [{ kind: 'terminated', instanceId: HQ_B }, 300, 360],
      [{ kind: 'terminated', instanceId: 'i-0a1b2c3d4e5f64001' }, 560, 620],
      [{ kind: 'terminated', instanceId: 'i-0a1b2c3d4e5f64002' }, 820, 880],
    ],
    lastsS: 900,
  });
  expect(writes.some(({ atS, tableId }) => atS > 820 && atS < 825 && tableId === APP_A)).toBe(true);
  const target = account.network.targetOf(APP_A, FAR);
  expect(account.network.interfaces.all().map(({ interfaceId }) => interfaceId)).toContain(target);
});

/** What another function's failback does: it points the route at hq-a, whatever its health. */
const POINT_BACK = {
  kind: 'rival-route',
  tableId: APP_A,
  destination: FAR,
  instanceId: HQ_A,
  when: 'at-start',
} as const;

test('a route that another tool points back at a dead next hop is moved again, five times of five, and notified', async () => {
  const times = [100, 160, 220, 280, 340];
  const { writes, notifications, targetOf } = await play({
    account: '10-instance-refresh-twice',
    faults: [
      [{ kind: 'host-dead', instanceId: HQ_A }, 40, 900],
      ...times.map((atS) => [{ ...POINT_BACK }, atS, 900] as const),
    ],
    lastsS: 420,
  });
  const own = writes.filter(({ tableId }) => tableId === APP_A);
  for (const atS of times) {
    // The next look at the tables comes within 30 s.
    expect(own.some((one) => one.atS > atS && one.atS < atS + 35)).toBe(true);
  }
  expect(targetOf(APP_A, FAR)).not.toBe('eni-0a1b2c3d4e5f60001');
  const subjects = notifications.map(({ subject }) => subject);
  expect(subjects.filter((one) => one.includes('RouteRewritten'))).not.toEqual([]);
  expect(subjects.filter((one) => one.includes('RoutePinned'))).toEqual([]);
});

test('09: a spare whose status check fails and that answers keeps its routes, and gets those of the last healthy one', async () => {
  const { writes, notifications } = await play({
    account: '09-spare-impaired-but-answers',
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 400]],
    lastsS: 90,
  });
  expect(writes.map(({ tableId, interfaceId }) => [tableId, interfaceId])).toEqual([
    [APP_A, 'eni-0a1b2c3d4e5f60002'],
  ]);
  expect(writes[0]?.atS).toBeLessThan(64);
  const subjects = notifications.map(({ subject }) => subject).join('; ');
  expect(subjects).toContain('ApplianceDegraded');
  expect(subjects).not.toContain('GroupDown');
});
