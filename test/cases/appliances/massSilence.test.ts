/** S3 in the field: what is stopped, ignored or long dead keeps nothing from failing over. */
import { expect, test } from '@jest/globals';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { play, snapshotOf } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B_INTERFACE = 'eni-0a1b2c3d4e5f60002';
const APP_A = 'rtb-0a1b2c3d4e5f60100';

test.each([
  ['01: three stopped members of a warm pool', '01-warm-pool-stopped'],
  ['01: two stopped members of two running ones', '01-warm-pool-stopped.two-stopped'],
  ['01c: another group, stopped for the night', '01c-dev-group-stopped-at-night'],
  ['01c: another group, stopped and ignored', '01c-dev-group-stopped-at-night.ignored'],
])('%s does not hold the failover of a member that dies', async (_what, account) => {
  const { writes, notifications } = await play({
    account,
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 40, 200]],
    lastsS: 60,
  });
  expect(writes.map(({ tableId, interfaceId }) => [tableId, interfaceId])).toEqual([
    [APP_A, HQ_B_INTERFACE],
  ]);
  expect(writes[0]?.atS).toBeLessThan(44);
  expect(notifications.map(({ subject }) => subject).join()).not.toContain('MassFailureSuspect');
});

test.each([
  ['two minutes before', 120, true],
  ['at the same moment', 0, false],
])('two of zone a die, one of zone b %s: the routes move: %s', async (_what, earlierS, isMoved) => {
  const account = allRunning(snapshotOf('01-warm-pool-stopped'));
  const [a1, a2] = account.instances.filter(({ zone }) => zone === 'eu-west-1a');
  const [, b2] = account.instances.filter(({ zone }) => zone === 'eu-west-1b');
  const at = 40 + earlierS;
  const { writes } = await play({
    account,
    faults: [
      [{ kind: 'host-dead', instanceId: b2?.instanceId ?? '' }, 40, 600],
      [{ kind: 'host-dead', instanceId: a1?.instanceId ?? '' }, at, 600],
      [{ kind: 'host-dead', instanceId: a2?.instanceId ?? '' }, at, 600],
    ],
    lastsS: at + 90,
  });
  expect(writes.filter(({ tableId }) => tableId === APP_A)).toHaveLength(isMoved ? 1 : 0);
});

const allRunning = (base: Snapshot): Snapshot => ({
  ...base,
  instances: base.instances.map((one) => ({
    ...one,
    state: 'running',
    publicIp: one.publicIp ?? `203.0.113.${one.instanceId.slice(-2)}`,
  })),
  statuses: base.statuses.map((one) => ({
    ...one,
    state: 'running',
    system: 'ok',
    instance: 'ok',
    attachedEbs: 'ok',
  })),
  interfaces: base.interfaces.map((one) => ({
    ...one,
    publicIp: one.publicIp ?? `203.0.113.${one.instanceId?.slice(-2) ?? ''}`,
  })),
});
