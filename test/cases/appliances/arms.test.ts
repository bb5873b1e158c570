/** Kind 5: a next hop is an interface of a member: one of the same role, in the route's VPC. */
import { expect, test } from '@jest/globals';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { type Play, play, snapshotOf } from './play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const APP_A = 'rtb-0a1b2c3d4e5f60100';
const EDGE = 'rtb-0a1b2c3d4e5f60300';
const WAN_A = 'eni-0a1b2c3d4e5f60001';
const WAN_B = 'eni-0a1b2c3d4e5f60002';
const LAN_A = 'eni-0a1b2c3d4e5f60051';
const LAN_B = 'eni-0a1b2c3d4e5f60052';

const hostDead = (startS: number, endS: number): NonNullable<Play['faults']>[number] => [
  { kind: 'host-dead', instanceId: A },
  startS,
  endS,
];

const moves = (writes: Awaited<ReturnType<typeof play>>['writes']) =>
  writes
    .map(({ tableId, destination, interfaceId }) => `${tableId} ${destination} ${interfaceId}`)
    .toSorted();

test('02: each route of a two-armed firewall goes to the peer’s interface of its own role, and comes back', async () => {
  const { writes, targetOf } = await play({
    account: '02-two-arms-edge-table',
    faults: [hostDead(40, 160)],
    lastsS: 620,
  });
  expect(moves(writes.filter(({ atS }) => atS < 44))).toEqual([
    `${APP_A} 0.0.0.0/0 ${LAN_B}`,
    `${EDGE} 10.0.16.0/28 ${WAN_B}`,
  ]);
  expect(targetOf(APP_A, '0.0.0.0/0')).toBe(LAN_A);
  expect(targetOf(EDGE, '10.0.16.0/28')).toBe(WAN_A);
});

const withRoles = (snapshot: Snapshot, roles: Readonly<Record<string, string>>): Snapshot => ({
  ...snapshot,
  tags: [
    ...snapshot.tags.filter(({ resourceType }) => resourceType !== 'network-interface'),
    ...Object.entries(roles).map(([resourceId, value]) => ({
      resourceId,
      resourceType: 'network-interface',
      key: 'vpn-medic:role',
      value,
    })),
  ],
});

test('02: the role tag counts before the device index', async () => {
  const account = withRoles(snapshotOf('02-two-arms-edge-table'), {
    [WAN_A]: 'wan',
    [LAN_A]: 'lan',
    [WAN_B]: 'lan',
    [LAN_B]: 'wan',
  });
  const { writes } = await play({ account, faults: [hostDead(40, 80)], lastsS: 60 });
  expect(moves(writes)).toEqual([`${APP_A} 0.0.0.0/0 ${WAN_B}`, `${EDGE} 10.0.16.0/28 ${LAN_B}`]);
});

test('02: where the role is not clear nothing is written, and the notification gives the command', async () => {
  const account = withRoles(snapshotOf('02-two-arms-edge-table'), { [WAN_B]: 'x', [LAN_B]: 'y' });
  const { writes, notifications } = await play({
    account,
    faults: [hostDead(40, 160)],
    lastsS: 150,
  });
  expect(writes).toEqual([]);
  expect(notifications.map(({ text }) => text).join('\n')).toContain(
    `aws ec2 create-tags --resources ${LAN_A} --tags Key=vpn-medic:role,Value=y`,
  );
});

test.each(['vpn-medic:group', 'vpn-medic:role'])(
  '02: arms in swapped order, and %s on the LAN arms alone: the LAN route moves to the LAN arm, the edge route nowhere, and the notification gives the command',
  async (key) => {
    const snapshot = snapshotOf('02-two-arms-edge-table');
    const value = key === 'vpn-medic:group' ? 'hq' : 'lan';
    const lanArms = [LAN_A, LAN_B].map((resourceId) => ({
      resourceId,
      resourceType: 'network-interface',
      key,
      value,
    }));
    const account: Snapshot = {
      ...withRoles(snapshot, {}),
      tags: [...withRoles(snapshot, {}).tags, ...lanArms],
      interfaces: snapshot.interfaces.map((one) =>
        one.interfaceId === WAN_B || one.interfaceId === LAN_B
          ? { ...one, deviceIndex: 1 - one.deviceIndex }
          : one,
      ),
    };
    const { writes, notifications } = await play({
      account,
      faults: [hostDead(40, 160)],
      lastsS: 100,
    });
    expect(moves(writes)).toEqual([`${APP_A} 0.0.0.0/0 ${LAN_B}`]);
    expect(notifications.map(({ text }) => text).join('\n')).toContain(
      `aws ec2 create-tags --resources ${WAN_A} ${WAN_B} --tags Key=vpn-medic:role,Value=arm-0`,
    );
  },
);

test('04: interface tags from a launch template are no choice: the interface with the check off is the one', async () => {
  const { writes, notifications } = await play({
    account: '04-launch-template-tags-all-interfaces',
    faults: [hostDead(40, 160)],
    lastsS: 100,
  });
  expect(moves(writes)).toEqual([`${APP_A} 0.0.0.0/0 ${LAN_B}`]);
  expect(writes[0]?.atS).toBeLessThan(44);
  expect(notifications.map(({ subject }) => subject).join()).not.toContain('InterfaceAmbiguous');
});

test.each([1, 2])(
  '31: the VPC of an appliance is that of the interface (seed %i)',
  async (seed) => {
    const { writes, notifications } = await play({
      account: '31-interface-in-another-vpc',
      faults: [hostDead(40, 160)],
      lastsS: 100,
      seed,
    });
    expect(moves(writes)).toEqual([`${APP_A} 10.20.0.0/16 eni-0a1b2c3d4e5f6f201`]);
    expect(writes[0]?.atS).toBeLessThan(44);
    expect(notifications.map(({ subject }) => subject).join()).not.toContain('GroupSpansVpcs');
  },
);

test('31: a group of one is held because it is one, under S2', async () => {
  const { writes, notifications } = await play({
    account: '31-interface-in-another-vpc.group-of-one',
    faults: [hostDead(40, 160)],
    lastsS: 100,
  });
  expect(writes).toEqual([]);
  const told = notifications.map(({ text }) => text).join('\n');
  expect(told).toContain('group solo has no other appliance');
  expect(told).toContain('rule S2');
  expect(told).not.toContain('S3');
});
