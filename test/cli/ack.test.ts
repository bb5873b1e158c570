/**
 * Goal: ack lets go of exactly the pins that the person saw, and of nothing unasked.
 * Method: the command itself over the simulated state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { stateBody } from '../../lib/appliances/state/stored.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { applianceMemory, groupMemory, memoryOf } from '../builders/world.ts';
import { ANA, cliOver, START_AT, simAccount } from './open.ts';

const ID = 'acks#eu-west-1';
const STATE = 'state#eu-west-1#appliances';
const KEY = 'rtb-1 10.20.0.0/16';
const signal = new AbortController().signal;
const memory = (pinnedAts: Readonly<Record<string, number>>) =>
  memoryOf({
    appliances: new Map([
      ['i-1', applianceMemory({ group: 'hq', seenAt: START_AT })],
      ['i-2', applianceMemory({ group: 'branch', seenAt: START_AT })],
    ]),
    groups: new Map([['hq', groupMemory({ pinnedAts })]]),
  });

let account: SimAccount;

async function put(key: string, body: unknown, overVersion = 0): Promise<void> {
  const { ports } = account.start('test');
  const written = ports.store.write({ id: key, overVersion, body, expiresAt: null }, signal);
  await account.clock.run(account.clock.monotonicMs() + 5_000);
  expect(await written).toMatchObject({ kind: 'written' });
}

async function stored(): Promise<unknown> {
  const { ports } = account.start('test');
  const reading = ports.store.read([ID], signal);
  await account.clock.run(account.clock.monotonicMs() + 5_000);
  const read = await reading;
  return read.known ? read.value[0]?.body : null;
}

const ack = (...argv: readonly string[]) =>
  cliOver(account, ['ack', ...argv, '--state-table', 't']);

beforeEach(async () => {
  account = simAccount();
  await put(STATE, stateBody(memory({}), 1, START_AT));
});

describe('ack of a group with a pin', () => {
  beforeEach(() => put(STATE, stateBody(memory({ [KEY]: START_AT - 1_000 }), 1, START_AT), 1));

  test('with --yes acknowledges exactly the pin that was shown', async () => {
    const { exit, out } = await ack('hq', '--yes');
    expect(exit).toBe(0);
    expect(out).toContain('1 route unpinned.');
    expect(await stored()).toEqual({ version: 1, routes: { [KEY]: START_AT - 1_000 } });
  });

  test('shows what is pinned, asks, and does it on yes', async () => {
    const said = await cliOver(account, ['ack', 'hq', '--state-table', 't'], { answer: true });
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(/rtb-1 +10\.20\.0\.0\/16 +2026-11-20T20:59:59/);
    expect(await stored()).toEqual({ version: 1, routes: { [KEY]: START_AT - 1_000 } });
  });

  test('changes nothing on no', async () => {
    const said = await cliOver(account, ['ack', 'hq', '--state-table', 't'], { answer: false });
    expect(said).toMatchObject({ exit: 1, out: expect.stringContaining('Nothing was changed.') });
    expect(await stored()).toBeUndefined();
  });

  test('changes nothing where it cannot ask', async () => {
    const { exit, err } = await ack('hq');
    expect(exit).toBe(1);
    expect(err).toContain('add --yes');
    expect(await stored()).toBeUndefined();
  });

  test('writes only over what was shown: a change meanwhile is a reported conflict', async () => {
    await put(ID, { version: 1, routes: {} });
    account.faults.add({ kind: 'store-conflicts', chance: 1 }, 0, 600_000);
    await account.clock.run(account.clock.monotonicMs() + 1);
    const { exit, err } = await ack('hq', '--yes');
    expect(exit).toBe(1);
    expect(err).toContain('changed since it was read: nothing was written');
  });

  test('prints what was cleared as JSON', async () => {
    const { exit, out } = await ack('hq', '--yes', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      group: 'hq',
      region: 'eu-west-1',
      watch: expect.objectContaining({ isLate: false }),
      isChanged: true,
      cleared: [{ route: 'rtb-1 10.20.0.0/16', pinnedAt: '2026-11-20T20:59:59.000Z' }],
      by: ANA,
      why: 'no reason given',
    });
  });
});

describe('ack of anything else writes nothing', () => {
  test.each([
    ['hq', 0, 'out', 'Nothing is pinned in group hq'],
    ['hqq', 1, 'err', 'known groups: branch, hq'],
  ] as const)('of %s', async (name, exit, where, said) => {
    const result = await ack(name, '--yes');
    expect(result.exit).toBe(exit);
    expect(result[where]).toContain(said);
    expect(
      account.log.stores.filter(({ by, kind }) => by.startsWith('cli') && kind === 'write'),
    ).toEqual([]);
  });

  test('of a route that is acknowledged already', async () => {
    await put(STATE, stateBody(memory({ [KEY]: START_AT - 1_000 }), 1, START_AT), 1);
    await put(ID, { version: 1, routes: { [KEY]: START_AT - 1_000 } });
    const { exit, out } = await ack('hq', '--yes');
    expect(exit).toBe(0);
    expect(out).toContain('Nothing is pinned in group hq');
  });

  test('while the state is garbage: no group is known', async () => {
    await put(STATE, 'garbage', 1);
    const { exit, err } = await ack('hq', '--yes');
    expect(exit).toBe(1);
    expect(err).toContain('holds nothing about eu-west-1 yet');
  });

  test('without a state table', async () => {
    const { exit, err } = await cliOver(account, ['ack', 'hq', '--yes']);
    expect(exit).toBe(1);
    expect(err).toContain('VPN_MEDIC_STATE_TABLE');
  });

  test('with a state table that cannot be reached', async () => {
    account.faults.add({ kind: 'store-unreachable' }, 0, 600_000);
    await account.clock.run(account.clock.monotonicMs() + 1);
    const { exit, err } = await ack('hq', '--yes');
    expect(exit).toBe(1);
    expect(err).toContain('the state table cannot be read');
  });
});
