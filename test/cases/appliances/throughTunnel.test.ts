/** Probes through the tunnel in the ways that people set them up: a plain death moves routes in each, and no death is invented. */
import { describe, expect, test } from '@jest/globals';
import type { VantageSetup } from '../../../lib/simulator/probes.ts';
import { B_LINK, HQ_A, HQ_B, OUTSIDE, ownSubnets, tunnelAccount } from '../../builders/tunnels.ts';
import { play } from './play.ts';

const FAR = 'tcp:10.20.0.5:22';

describe('a plain death of the appliance that carries the routes', () => {
  test.each<[string, string, readonly VantageSetup[], number]>([
    ['a far side alone, from own subnets', FAR, ownSubnets(), 2],
    ['a far side alone, from own subnets that reach no appliance', FAR, ownSubnets(true), 2],
    ['a far side alone, from outside', FAR, OUTSIDE, 3],
    ['joined by |, from own subnets', `ike:500|${FAR}`, ownSubnets(), 2],
    [
      'joined by |, from own subnets that reach no appliance',
      `ike:500|${FAR}`,
      ownSubnets(true),
      2,
    ],
    ['joined by |, from outside', `ike:500|${FAR}`, OUTSIDE, 3],
    ['as two clauses, from own subnets', `ike:500 ${FAR}`, ownSubnets(), 2],
    ['as two clauses, from outside', `ike:500 ${FAR}`, OUTSIDE, 3],
  ])('%s: its routes move to the other', async (_how, probe, vantages, withinS) => {
    const { writes, notifications } = await play({
      account: tunnelAccount(probe),
      vantages,
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 200]],
      lastsS: 110,
    });
    expect(writes.map(({ interfaceId }) => interfaceId)).toEqual([B_LINK, B_LINK]);
    expect(writes[0]?.atS).toBeGreaterThan(61);
    expect(writes[0]?.atS).toBeLessThan(60 + withinS);
    const subjects = notifications.map(({ subject }) => subject);
    expect(subjects.filter((one) => /ApplianceDown/.test(one))).toHaveLength(1);
    expect(subjects.filter((one) => /VantageBlind|NothingAnswers/.test(one))).toEqual([]);
  });
});

describe('a tunnel that dies behind a living daemon', () => {
  test.each([
    ['two clauses', `ike:500 ${FAR}`],
    ['the far side alone', FAR],
  ])('%s, from own subnets: its routes move', async (_how, probe) => {
    const { writes } = await play({
      account: tunnelAccount(probe),
      vantages: ownSubnets(),
      faults: [[{ kind: 'tunnel-dead', instanceId: HQ_A }, 60, 200]],
      lastsS: 80,
    });
    expect(writes.map(({ interfaceId }) => interfaceId)).toEqual([B_LINK, B_LINK]);
  });

  test.each([0.1, 0.3, 0.5, 0.7, 0.9])(
    'whenever it dies (%f s past the full second), within 2 s, as from inside the VPC otherwise',
    async (past) => {
      const { writes } = await play({
        account: tunnelAccount(`ike:500 ${FAR}`),
        vantages: ownSubnets(),
        faults: [[{ kind: 'tunnel-dead', instanceId: HQ_A }, 60 + past, 200]],
        lastsS: 70,
      });
      expect((writes[0]?.atS ?? Number.NaN) - 60 - past).toBeLessThan(2);
    },
  );

  test('joined by |, the daemon satisfies the clause: nothing moves', async () => {
    const { writes } = await play({
      account: tunnelAccount(`ike:500|${FAR}`),
      vantages: ownSubnets(),
      faults: [[{ kind: 'tunnel-dead', instanceId: HQ_A }, 60, 200]],
      lastsS: 110,
    });
    expect(writes).toEqual([]);
  });
});

describe('a far side that is silent through every appliance', () => {
  test('is no death: nothing moves, and the loss is told as critical within 30 s, by its name', async () => {
    const { writes, notifications } = await play({
      account: tunnelAccount(`ike:500 ${FAR}`),
      vantages: ownSubnets(),
      faults: [
        [{ kind: 'tunnel-dead', instanceId: HQ_A }, 60, 130],
        [{ kind: 'tunnel-dead', instanceId: HQ_B }, 60, 130],
      ],
      lastsS: 220,
    });
    expect(writes).toEqual([]);
    const [first, last, ...more] = notifications;
    expect(first?.subject).toMatch(/^CRITICAL.*FarSideSilent/);
    expect(first?.atS).toBeLessThan(90);
    expect(last?.subject).toMatch(/^RESOLVED.*FarSideSilent/);
    expect(more).toEqual([]);
  });

  test('hinders no failover: a death meanwhile moves the routes', async () => {
    const { writes } = await play({
      account: tunnelAccount(`ike:500 ${FAR}`),
      vantages: ownSubnets(),
      faults: [
        [{ kind: 'tunnel-dead', instanceId: HQ_A }, 60, 300],
        [{ kind: 'tunnel-dead', instanceId: HQ_B }, 60, 300],
        [{ kind: 'process-dead', instanceId: HQ_A }, 100, 300],
      ],
      lastsS: 120,
    });
    expect(writes.map(({ interfaceId }) => interfaceId)).toEqual([B_LINK, B_LINK]);
    expect(writes[0]?.atS).toBeLessThan(103);
  });

  test('through one of three that are dead before, the witness is the third', async () => {
    const { writes } = await play({
      account: tunnelAccount(`ike:500 ${FAR}`, ['a', 'b', 'c']),
      vantages: ownSubnets(false, 3),
      faults: [
        [{ kind: 'host-dead', instanceId: HQ_B }, 60, 300],
        [{ kind: 'tunnel-dead', instanceId: HQ_A }, 100, 300],
      ],
      lastsS: 120,
    });
    expect(new Set(writes.map(({ interfaceId }) => interfaceId))).toEqual(
      new Set(['eni-0a1b2c3d4e5f60003']),
    );
  });
});

test('a tunnel that is known to be dead stays so when its far side falls silent everywhere: no all-clear', async () => {
  const { notifications } = await play({
    account: tunnelAccount(`ike:500 ${FAR}`),
    vantages: ownSubnets(),
    faults: [
      [{ kind: 'tunnel-dead', instanceId: HQ_A }, 60, 400],
      [{ kind: 'tunnel-dead', instanceId: HQ_B }, 120, 300],
    ],
    lastsS: 280,
  });
  const subjects = notifications.map(({ subject }) => subject);
  expect(subjects.filter((one) => /ApplianceDown/.test(one))).toHaveLength(1);
  expect(subjects.filter((one) => one.startsWith('RESOLVED'))).toEqual([]);
});
