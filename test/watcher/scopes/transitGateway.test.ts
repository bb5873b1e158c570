/** Goal: one fault of a connection of a group is one notification, whose routes move within 15 s and come home after the hold-down. Method: the polled scope as deployed, in a simulated account; virtual time is exact. */
import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { openPoller } from '../../../lib/simulator/poller.ts';
import { transitAccount } from '../../builders/transitAccount.ts';

const MINUTE = 60_000;
const HOLD_MS = 5 * MINUTE;
const FAULT_MS = 3 * MINUTE;

const dead = (number: number): Fault => ({
  kind: 'customer-device-dead',
  customerGatewayId: `cgw-${number.toString(16).padStart(17, '0')}`,
});

interface Story {
  readonly faults: readonly (readonly [Fault, fromMs: number, toMs: number])[];
  readonly minutes: number;
  readonly mode?: 'act' | 'observe';
  readonly routeCount?: number;
}

async function play({ faults, minutes, mode = 'act', routeCount = 3 }: Story) {
  const account = transitAccount(1, routeCount);
  for (const [fault, fromMs, toMs] of faults) account.faults.add(fault, fromMs, toMs);
  const poller = openPoller(account, { seed: 1, holdMs: HOLD_MS, mode });
  poller.start();
  await account.clock.run(minutes * MINUTE);
  poller.stop();
  const { notifications, transitWrites } = account.log;
  return { account, notified: notifications.map(({ subject }) => subject), writes: transitWrites };
}

const targets = (account: SimAccount): readonly (string | null)[] =>
  [0, 1, 2].map((index) => account.transit.targetOf('tgw-rtb-1', `10.${index}.0.0/16`));

describe('one connection down', () => {
  const story = {
    faults: [[dead(1), FAULT_MS, FAULT_MS + 2 * MINUTE]],
    minutes: 4.5,
  } as const;
  test('its routes lead over another one within 15 s, and the rest stays', async () => {
    const { account, writes } = await play(story);
    expect(new Set(targets(account))).toEqual(new Set(['tgw-attach-2']));
    expect(account.transit.targetOf('tgw-rtb-1', '10.101.0.0/16')).toBe('tgw-attach-3');
    expect(account.transit.targetOf('tgw-rtb-1', '10.102.0.0/16')).toBe('tgw-attach-vpc');
    expect(account.transit.targetOf('tgw-rtb-2', '10.0.0.0/16')).toBe('tgw-attach-1');
    const effects = writes.map(({ effectMs }) => (effectMs ?? 0) - FAULT_MS);
    expect(effects).toHaveLength(3);
    expect(Math.max(...effects)).toBeLessThanOrEqual(15_000);
  });
  test('more routes than the budget of a pass: the rest follows at once', async () => {
    const { writes } = await play({ ...story, routeCount: 50 });
    const effects = writes.map(({ effectMs }) => (effectMs ?? 0) - FAULT_MS);
    expect(effects).toHaveLength(50);
    expect(Math.max(...effects)).toBeLessThanOrEqual(27_000);
  });
  test('is one notification that says where its routes went', async () => {
    const { notified } = await play(story);
    expect(notified).toEqual([
      expect.stringMatching(/^CRITICAL hq-north: ConnectionDown.*moved to hq-south/),
    ]);
  });
  test('back: its routes come home after the hold-down, and it is over', async () => {
    const { account, writes, notified } = await play({ ...story, minutes: 15 });
    expect(new Set(targets(account))).toEqual(new Set(['tgw-attach-1']));
    const home = writes.filter(({ attachmentId }) => attachmentId === 'tgw-attach-1');
    const firstHomeMs = Math.min(...home.map(({ issuedMs }) => issuedMs));
    expect(firstHomeMs).toBeGreaterThanOrEqual(FAULT_MS + 2 * MINUTE + HOLD_MS);
    expect(firstHomeMs).toBeLessThanOrEqual(FAULT_MS + 2 * MINUTE + HOLD_MS + 15_000);
    expect(notified.filter((one) => one.startsWith('CRITICAL'))).toHaveLength(1);
    expect(notified.slice(1)).toEqual([
      expect.stringMatching(/^RESOLVED hq-north: ConnectionDown/),
      expect.stringMatching(/^RESOLVED hq-north: ConnectionRoutesAway/),
    ]);
  });
  test('observe: nothing is written, and the notification says what is held', async () => {
    const { writes, notified } = await play({ ...story, mode: 'observe' });
    expect(writes).toEqual([]);
    expect(notified).toEqual([expect.stringMatching(/^CRITICAL hq-north: ConnectionDown/)]);
  });
  test('paused: nothing is written until the pause ends', async () => {
    const pause = [
      { kind: 'person-pauses', forMs: MINUTE },
      FAULT_MS - 1_000,
      FAULT_MS + MINUTE,
    ] as const;
    const { writes } = await play({ ...story, faults: [...story.faults, pause] });
    expect(Math.min(...writes.map(({ issuedMs }) => issuedMs))).toBeGreaterThanOrEqual(
      FAULT_MS + MINUTE - 1_000,
    );
    expect(writes.length).toBeGreaterThan(0);
  });
});

test('every connection down: nothing is written, one notification; one back takes the routes', async () => {
  const all = [1, 2, 3].map((number) => dead(number));
  const down = (toMs: readonly number[]) =>
    all.map((fault, index) => [fault, FAULT_MS, FAULT_MS + (toMs[index] ?? 0)] as const);
  const still = await play({ faults: down([9e5, 9e5, 9e5]), minutes: 6 });
  expect(still.writes).toEqual([]);
  expect(still.notified.filter((one) => one.startsWith('CRITICAL'))).toEqual([
    expect.stringMatching(/^CRITICAL core: ConnectionGroupDown/),
  ]);
  const back = await play({ faults: down([9e5, 9e5, 2 * MINUTE]), minutes: 7 });
  expect(new Set(targets(back.account))).toEqual(new Set(['tgw-attach-3']));
});

test('no group: one pass a minute, and transit gateways are not read', async () => {
  const account = transitAccount(1);
  const untagged = account.vpn.network.connections.map((one) => ({ ...one, group: null }));
  Object.assign(account.vpn.network, { connections: untagged });
  const poller = openPoller(account, { seed: 1 });
  poller.start();
  await account.clock.run(5 * MINUTE);
  poller.stop();
  const passes = account.log.logger.filter(({ message }) => message.startsWith('Looked at'));
  expect(passes).toHaveLength(5);
});

test('a group: a pass every 10 s without a break, also between two invocations', async () => {
  const account = transitAccount(1);
  const poller = openPoller(account, { seed: 1 });
  poller.start();
  await account.clock.run(10 * MINUTE);
  poller.stop();
  const ats = account.log.logger
    .filter(({ message }) => message.startsWith('Looked at'))
    .map(({ atMs }) => atMs);
  const gaps = ats.slice(1).map((at, index) => at - (ats[index] ?? 0));
  expect(ats.length).toBeGreaterThan(55);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(12_000);
});
