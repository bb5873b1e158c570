/**
 * Goal: a drain is written as the person meant it, in their name, and only after they agreed; and ended likewise.
 * Method: the command over the simulated account and its state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseLeaves } from '../../lib/appliances/state/leave.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

const LEAVES = 'leaves#eu-west-1';
let account: SimAccount;

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const leaves = () => parseLeaves(account.table.bodies().get(LEAVES)) ?? [];
const nameToId = (name: string): string =>
  account.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';
const writes = () =>
  account.log.stores.filter(({ by, kind }) => by.startsWith('cli') && kind === 'write');

beforeEach(() => {
  account = simAccount();
});

describe('drain of an appliance', () => {
  test('with --yes stores who, why and until when, and prints how to end it', async () => {
    const said = await run(['drain', 'hq-b', '--for', '90m', '--why', 'kernel update', '-y']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(`vpn-medic drain ${nameToId('hq-b')} --cancel`);
    const [leave] = leaves();
    expect(leave).toMatchObject({
      instanceId: nameToId('hq-b'),
      cause: 'drain',
      by: ANA,
      why: 'kernel update',
    });
    expect((leave?.until ?? 0) - (leave?.at ?? 0)).toBe(5_400_000);
  });

  test('says how many routes lead to it, and asks', async () => {
    const said = await run(['drain', 'hq-b'], { answer: true });
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(/hq-b \(i-\w+, eu-west-1b\) drained until /);
    expect(said.out).toContain('2 routes lead to it.');
  });

  test.each([
    ['no', false],
    ['nobody there', null],
  ])('writes nothing when the answer is %s', async (_what, answer) => {
    expect((await run(['drain', 'hq-b'], { answer })).exit).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('warns when no other appliance could take its routes, and of a client pool that stays', async () => {
    account.network.stop(nameToId('branch-b'));
    await account.clock.run(account.clock.monotonicMs() + 120_000);
    const alone = await run(['drain', 'branch-a', '-y']);
    expect(alone.out).toContain('No other appliance of group branch could take them now');
    const pool = await run(['drain', 'hq-a', '-y']);
    expect(pool.out).toContain('3 routes of client pools stay');
  });

  test('replaces the one before it, and leaves what AWS announced alone', async () => {
    await run(['drain', 'hq-b', '-y']);
    const said = await run(['drain', 'hq-b', '--for', '1h', '-y']);
    expect(said.out).toContain(`This replaces the drain by ${ANA}`);
    expect(leaves()).toHaveLength(1);
  });

  test('prints everything as JSON, and is put on record', async () => {
    const said = await run(['drain', 'hq-b', '--json', '--yes']);
    expect(JSON.parse(said.out)).toMatchObject({
      version: 1,
      isChanged: true,
      instanceId: nameToId('hq-b'),
      by: ANA,
      routes: [expect.any(String), expect.any(String)],
    });
    expect(account.table.bodies().get('desk#eu-west-1')).toMatchObject({
      entries: [{ by: ANA, command: 'drain', subject: nameToId('hq-b') }],
    });
  });

  test.each([
    [['drain', 'hq-z', '-y'], 'there is no such appliance'],
    [['drain', 'hq-a', 'hq-b', '-y'], 'Name one appliance'],
    [['drain', 'hq-a', '--for', '8d', '-y'], 'at most'],
    [['drain', '--cancel', '-y'], 'cancel what?'],
  ])('%j is refused: %s', async (argv, why) => {
    const said = await run(argv);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
    expect(writes()).toEqual([]);
  });
});

describe('drain --cancel', () => {
  test('ends the drain now; a second time there is none', async () => {
    await run(['drain', 'hq-b', '-y']);
    await account.clock.run(account.clock.monotonicMs() + 1_000);
    const said = await run(['drain', 'hq-b', '--cancel', '-y']);
    expect(said.out).toContain('Ended.');
    expect(leaves()[0]?.until).toBeLessThanOrEqual(account.clock.now());
    const again = await run(['drain', 'hq-b', '--cancel', '-y']);
    expect(again.out).toContain('is not drained');
    expect(again.exit).toBe(0);
  });
});

describe('drain without arguments', () => {
  test('lists what leaves with its cause and the routes that still lead to it', async () => {
    expect((await run(['drain'])).out).toContain('Nothing leaves in eu-west-1.');
    await run(['drain', 'hq-b', '-y', '--why', 'kernel update']);
    const said = await run(['drain']);
    expect(said.out).toMatch(/hq-b +i-\w+ +drain .* 2 .*kernel update/);
    const json: unknown = JSON.parse((await run(['drain', '--json'])).out);
    expect(json).toMatchObject({ leaves: [{ cause: 'drain', routes: 2 }] });
  });
});
