/** Saturated appliances answer, later than the timeout: slow is not called dead. */
import { describe, expect, test } from '@jest/globals';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { play, snapshotOf } from './play.ts';

const ACCOUNT = '32-slow-is-called-dead';
const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const OUTSIDE: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] };
const subnetIds = snapshotOf(ACCOUNT)
  .subnets.slice(0, 1)
  .map(({ subnetId }) => subnetId);
const INSIDE: VantageSetup = { id: 'inside', subnetIds, isInVpc: true, closedTo: [] };

const slow = (vantage: VantageSetup, byMs: number) =>
  play({
    account: ACCOUNT,
    faults: [
      [{ kind: 'slow', instanceId: HQ_A, byMs }, 40, 160],
      [{ kind: 'slow', instanceId: HQ_B, byMs }, 50, 160],
    ],
    lastsS: 300,
    vantages: [vantage],
  });

describe('32: two appliances that answer after 900 ms, where the timeout is 800 ms', () => {
  test('seen from outside: no route moves, and the measured time and the setting are notified', async () => {
    const { writes, notifications } = await slow(OUTSIDE, 900);
    expect(writes).toEqual([]);
    expect(notifications.map(({ state, subject }) => `${state} ${subject}`)).toEqual([
      expect.stringMatching(/^opened WARNING hq-a and 1 more: LateAnswers/),
      expect.stringMatching(/^resolved RESOLVED hq-a and 1 more: LateAnswers/),
    ]);
    expect(notifications[0]?.text).toMatch(
      /ike:500 answers after 90\d ms, later than probeTimeoutMs \(800 ms\)/,
    );
    expect(notifications[0]?.text).toContain('probeTimeoutMs=1400');
  });

  test('seen from inside, where 1.2 s of silence are down: one route moves once, and within 2 s it is called slow', async () => {
    const { writes, notifications } = await slow(INSIDE, 900);
    expect(writes).toHaveLength(1);
    const [first, second] = notifications;
    expect(first?.text).toContain('ike:500 does not answer in time');
    expect(second?.subject).toMatch(/^WARNING UPDATE hq-a: LateAnswers/);
    expect((second?.atS ?? 0) - (first?.atS ?? 0)).toBeLessThan(2);
  });

  test('the words down, dead and silent are said of none of the two while both are slow', async () => {
    const { notifications } = await slow(OUTSIDE, 900);
    expect(notifications.map(({ subject, text }) => subject + text).join('\n')).not.toMatch(
      /ApplianceDown|GroupDown|NothingAnswers|is down|are dead/,
    );
  });
});

test('answers after 1.5 s cost one move at most, also from outside: later than the silence that is down', async () => {
  const { writes } = await slow(OUTSIDE, 1_500);
  expect(writes).toHaveLength(1);
});

test('answers after 3 s, later than the long probe waits, are called down, and not late', async () => {
  const { writes, notifications } = await slow(OUTSIDE, 3_000);
  expect(writes).toHaveLength(1);
  const subjects = notifications.map(({ subject }) => subject).join();
  expect(subjects).toContain('ApplianceDown');
  expect(subjects).not.toContain('LateAnswers');
});

test('one that dies while it is slow is found: its route leaves within 5.4 s (silence, long timeout, one second)', async () => {
  const { writes } = await play({
    account: ACCOUNT,
    faults: [
      [{ kind: 'slow', instanceId: HQ_A, byMs: 900 }, 40, 300],
      [{ kind: 'host-dead', instanceId: HQ_A }, 100, 300],
    ],
    lastsS: 200,
    vantages: [OUTSIDE],
  });
  expect(writes).toHaveLength(1);
  expect(writes[0]?.atS).toBeGreaterThan(100);
  expect(writes[0]?.atS).toBeLessThan(105.4);
});
