/** A daemon bans the probes' address: told as what it probably is, and nothing moves while it lives. */
import { describe, expect, test } from '@jest/globals';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { play, snapshotOf } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const base = snapshotOf('10-instance-refresh-twice');
const account = {
  ...base,
  tags: [
    ...base.tags.filter(({ key }) => key !== 'vpn-medic:probe'),
    ...[HQ_A, HQ_B].map((resourceId) => ({
      resourceId,
      resourceType: 'instance',
      key: 'vpn-medic:probe',
      value: 'tls:443',
    })),
  ],
};
const vantage = (id: string): VantageSetup => ({
  id,
  subnetIds: [],
  isInVpc: false,
  closedTo: [],
});
const ban = (instanceId: string, how: 'closes' | 'drops', vantageId = 'here') =>
  ({ kind: 'banned', instanceId, vantageId, how }) as const;
const subjectsOf = ({ notifications }: Awaited<ReturnType<typeof play>>) =>
  notifications.map(({ state, subject }) => `${state} ${subject}`).join('\n');

describe('20: the only vantage is banned after 80 connections, each of which is now closed at once', () => {
  test('no route moves, and the ban is notified within a minute with the pace that avoids it', async () => {
    const played = await play({
      account,
      faults: [[ban(HQ_A, 'closes'), 80, 400]],
      lastsS: 300,
      vantages: [vantage('here')],
    });
    expect(played.writes).toEqual([]);
    const told = played.notifications.find(({ subject }) => subject.includes('VantageRefused'));
    expect(told?.atS).toBeLessThan(140);
    expect(told?.text).toContain('it accepts and closes each connection of tls:443 from here');
    expect(told?.text).toContain('tls:443@20');
    expect(subjectsOf(played)).not.toMatch(/ApplianceDown|NothingAnswers|VantageBlind/);
  });

  test('both appliances ban it: neither of them is down, and no blindness is claimed', async () => {
    const played = await play({
      account,
      faults: [HQ_A, HQ_B].map((one) => [ban(one, 'closes'), 80, 400] as const),
      lastsS: 300,
      vantages: [vantage('here')],
    });
    expect(played.writes).toEqual([]);
    expect(subjectsOf(played)).not.toMatch(/ApplianceDown|NothingAnswers|GroupDown/);
  });

  test('the host that dies during the ban is found: it accepts no connection any more', async () => {
    const { writes } = await play({
      account,
      faults: [
        [ban(HQ_A, 'closes'), 80, 400],
        [{ kind: 'host-dead', instanceId: HQ_A }, 200, 400],
      ],
      lastsS: 230,
      vantages: [vantage('here')],
    });
    expect(writes[0]?.atS).toBeGreaterThan(200);
    expect(writes[0]?.atS).toBeLessThan(204);
  });

  test('it is resolved once the ban is over', async () => {
    const played = await play({
      account,
      faults: [[ban(HQ_A, 'closes'), 80, 200]],
      lastsS: 300,
      vantages: [vantage('here')],
    });
    expect(subjectsOf(played)).toContain('resolved RESOLVED hq-a: VantageRefused');
  });
});

describe('a firewall drops the packets of the probes', () => {
  test('of one vantage of two: no route moves, and the notification names that vantage', async () => {
    const played = await play({
      account,
      faults: [[ban(HQ_A, 'drops', 'v1'), 80, 400]],
      lastsS: 200,
      vantages: [vantage('v1'), vantage('v2')],
    });
    expect(played.writes).toEqual([]);
    const told = played.notifications.find(({ subject }) => subject.includes('VantageRefused'));
    expect(told?.text).toContain('tls:443 has no answer for v1');
  });

  test('of the only vantage: silence is all there is, and the route moves', async () => {
    const played = await play({
      account,
      faults: [[ban(HQ_A, 'drops'), 80, 400]],
      lastsS: 100,
      vantages: [vantage('here')],
    });
    expect(played.writes).toHaveLength(1);
    expect(subjectsOf(played)).not.toContain('VantageRefused');
  });
});

test('a process that has exited refuses the connect: nothing listens, and the route moves within 4 s', async () => {
  const { writes } = await play({
    account,
    faults: [[{ kind: 'process-dead', instanceId: HQ_A }, 80, 400]],
    lastsS: 100,
    vantages: [vantage('here')],
  });
  expect(writes).toHaveLength(1);
  expect(writes[0]?.atS).toBeLessThan(84);
});
