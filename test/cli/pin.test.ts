/**
 * Goal: a pin is written as the person meant it, in their name, and only after they agreed; and ended likewise.
 * Method: the commands over the simulated account and its state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parsePins } from '../../lib/core/pin.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { ANA, cliOver, type Fixture, START_AT, simAccount, simulatedClients } from './open.ts';

const PINS = 'pins#eu-west-1';
const HOUR_MS = 3_600_000;
let account: SimAccount;

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const pins = () => account.table.bodies().get(PINS);
const nameToId = (name: string): string =>
  account.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';
const tableOf = (name: string): string =>
  account.network.tables.all().find((one) => one.name === name)?.tableId ?? '';
const writes = () =>
  account.log.stores.filter(({ by, kind }) => by.startsWith('cli') && kind === 'write');

beforeEach(() => {
  account = simAccount();
});

describe('pin of a group', () => {
  test('with --yes stores who, why, whereto and until when', async () => {
    const said = await run([
      'pin',
      'hq',
      '--to',
      'hq-b',
      '--for',
      '90m',
      '--why',
      'noisy line',
      '-y',
    ]);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('Pinned.');
    expect(said.out).toContain('vpn-medic unpin hq');
    const [pin] = pinsOf(pins());
    expect(pin).toMatchObject({
      group: 'hq',
      routeKey: null,
      to: nameToId('hq-b'),
      by: ANA,
      why: 'noisy line',
    });
    expect((pin?.until ?? 0) - (pin?.at ?? 0)).toBe(1.5 * HOUR_MS);
  });

  test('says how many routes it is about and how many have to move, and asks', async () => {
    const said = await run(['pin', 'hq', '--to', 'hq-b'], { answer: true });
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(/6 routes of group hq pinned to hq-b \(i-\w+, eu-west-1b\) until /);
    expect(said.out).toContain('4 routes of them have to move');
  });

  test.each([
    ['no', false],
    ['nobody there', null],
  ])('writes nothing when the answer is %s', async (_what, answer) => {
    const said = await run(['pin', 'hq', '--to', 'hq-b'], { answer });
    expect(said.exit).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('to a name that begins as ids of connections do looks for an appliance, not for a connection', async () => {
    const said = await run(['pin', 'hq', '--to', 'vpn-b', '--yes']);
    expect([said.exit, said.out]).toEqual([1, '']);
    expect(said.err).toContain('vpn-b');
    expect(said.err).not.toContain('connection');
  });

  test('prints everything as JSON, and needs --yes', async () => {
    const said = await run(['pin', 'hq', '--to', 'hq-b', '--json', '--yes']);
    expect(JSON.parse(said.out)).toMatchObject({
      version: 1,
      region: 'eu-west-1',
      isChanged: true,
      group: 'hq',
      routeKey: null,
      to: nameToId('hq-b'),
      toMove: 4,
      by: ANA,
      why: 'no reason given',
    });
    const unasked = await run(['pin', 'hq', '--to', 'hq-a', '--json']);
    expect(unasked.exit).toBe(1);
    expect(JSON.parse(unasked.out)).toMatchObject({
      version: 1,
      error: expect.stringContaining('--yes'),
    });
  });

  test('is put on record', async () => {
    await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(account.table.bodies().get('desk#eu-west-1')).toMatchObject({
      entries: [{ by: ANA, command: 'pin', subject: 'hq', why: 'no reason given' }],
    });
  });

  test('replaces the one before it, and says whose that was', async () => {
    await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    const said = await run(['pin', 'hq', '--to', 'hq-c', '-y']);
    expect(said.out).toContain(`This replaces the pin to ${nameToId('hq-b')} by ${ANA}`);
    const live = pinsOf(pins()).filter(({ until }) => until > account.clock.now());
    expect(live.map(({ to }) => to)).toEqual([nameToId('hq-c')]);
  });

  test('says when its appliance could not take them now', async () => {
    account.network.stop(nameToId('hq-b'));
    await account.clock.run(account.clock.monotonicMs() + 120_000);
    const said = await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(said.out).toContain('hq-b could not carry them now: EC2 says stopped');
    expect(said.exit).toBe(0);
  });

  test('is refused when the item changed meanwhile: nothing is written', async () => {
    await run(['pin', 'branch', '--to', 'branch-b', '-y']);
    account.faults.add({ kind: 'store-conflicts', chance: 1 }, 0, 600_000);
    await account.clock.run(account.clock.monotonicMs() + 1);
    const said = await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('hq changed since it was read');
    expect(pinsOf(pins())).toHaveLength(1);
  });
});

describe('pin of one route', () => {
  test.each([
    ['one word', (key: string) => [key]],
    ['two words', (key: string) => key.split(' ')],
  ])('named by its table’s id in %s', async (_what, wordsOf) => {
    const key = `${tableOf('app-a')} 10.20.0.0/16`;
    const said = await run(['pin', ...wordsOf(key), '--to', nameToId('hq-c'), '-y']);
    expect(said).toMatchObject({ exit: 0 });
    expect(pinsOf(pins())).toMatchObject([{ group: 'hq', routeKey: key }]);
  });

  test('of a client pool is refused: only its appliance can carry it', async () => {
    const key = `${tableOf('app-b')} 10.8.0.0/24`;
    const said = await run(['pin', key, '--to', 'hq-c', '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('is a client pool of');
  });
});

describe('what cannot be meant is refused with what could be, and nothing is written', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown group', ['hqq', '--to', 'hq-b'], 'there are branch, hq'],
    [
      'an unknown appliance',
      ['hq', '--to', 'hq-z'],
      'there is no such appliance in eu-west-1; there are ',
    ],
    ['another group’s appliance', ['hq', '--to', 'branch-a'], 'is of group branch, not hq'],
    ['an unknown route', ['rtb-x 10.0.0.0/8', '--to', 'hq-b'], 'there is no managed route'],
    ['no target', ['hq'], 'Add --to INSTANCE'],
    ['a target and nothing else', ['--to', 'hq-b'], 'Name a group or a route'],
    ['no time at all', ['hq', '--to', 'hq-b', '--for', '0h'], 'at least one minute'],
    ['8 days', ['hq', '--to', 'hq-b', '--for', '8d'], '7 d at most'],
    ['no duration', ['hq', '--to', 'hq-b', '--for', 'soon'], 'as in 30m, 2h or 1d'],
  ])('%s', async (_what, argv, says) => {
    const said = await run(['pin', ...argv, '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(says);
    expect(writes()).toEqual([]);
  });

  test('a state table that is not named, or cannot be read', async () => {
    const unnamed = await cliOver(account, ['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(unnamed.err).toContain('VPN_MEDIC_STATE_TABLE');
    account.faults.add({ kind: 'store-unreachable' }, 0, 600_000);
    await account.clock.run(account.clock.monotonicMs() + 1);
    const said = await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining('cannot be read') });
  });

  test('an account that may not be read', async () => {
    const why = 'UnauthorizedOperation: You are not authorized';
    account.faults.add({ kind: 'api-unreadable', action: 'DescribeRouteTables', why }, 0, 600_000);
    await account.clock.run(account.clock.monotonicMs() + 1);
    const said = await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining('UnauthorizedOperation') });
  });
});

describe('pins alone', () => {
  test('lists whose, whereto, until when and why', async () => {
    await run(['pin', 'hq', '--to', 'hq-b', '--why', 'noisy line', '-y']);
    const said = await run(['pin']);
    expect(said).toMatchObject({ exit: 0 });
    expect(said.out).toMatch(/group hq +i-\w+ +2026-\S+Z +oncall\/ana +noisy line/);
    expect(JSON.parse((await run(['pin', '--json'])).out)).toMatchObject({
      version: 1,
      pins: [{ group: 'hq', by: ANA }],
    });
  });

  test('says so when there are none', async () => {
    expect(await run(['pin'])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('No pins in'),
    });
  });

  test('a reason that steers the terminal is made harmless', async () => {
    await run(['pin', 'hq', '--to', 'hq-b', '--why', 'a\u001b[2Jb\nc', '-y']);
    const { out } = await run(['pin']);
    expect(out).toContain('a?[2Jb?c');
  });
});

describe('unpin', () => {
  beforeEach(async () => {
    await run(['pin', 'hq', '--to', 'hq-b', '-y']);
    await run(['pin', 'branch', '--to', 'branch-b', '-y']);
  });
  const live = () => pinsOf(pins()).filter(({ until }) => until > account.clock.now());

  test('ends that pin and no other', async () => {
    const said = await run(['unpin', 'hq', '-y']);
    expect(said).toMatchObject({ exit: 0, out: expect.stringContaining('1 pin ended.') });
    expect(live()).toMatchObject([{ group: 'branch' }]);
  });

  test('--all ends all', async () => {
    await run(['unpin', '--all', '-y']);
    expect(live()).toEqual([]);
  });

  test('changes nothing on no', async () => {
    const said = await run(['unpin', 'hq'], { answer: false });
    expect(said).toMatchObject({ exit: 1, out: expect.stringContaining('Nothing was changed.') });
    expect(live()).toHaveLength(2);
  });

  test.each([
    [
      'of a name that is not pinned says what is',
      ['unpin', 'hqq', '-y'],
      'there are pins of group branch, group hq',
    ],
    ['of nothing says what is missing', ['unpin', '-y'], 'Name a group or a route, or write --all'],
    ['of a name and all', ['unpin', 'hq', '--all', '-y'], 'not both'],
  ])('%s', async (_what, argv, says) => {
    const said = await run(argv);
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining(says) });
    expect(live()).toHaveLength(2);
  });

  test('where nothing is pinned any more is well', async () => {
    await run(['unpin', '--all', '-y']);
    expect(await run(['unpin', 'hq', '-y'])).toMatchObject({ exit: 0 });
  });
});

test('a table that may not be read is said in words for the person who lacks the permission', async () => {
  const { clients, ports } = simulatedClients(account);
  const why = "dynamodb:BatchGetItem denied: grant it on that table to the function's role";
  const read = async () => ({ known: false, why, at: START_AT }) as const;
  const store = async () => ({ ...ports.store, read });
  const said = await run(['pin', 'hq', '--to', 'hq-b', '-y'], { clients: { ...clients, store } });
  expect(said).toMatchObject({
    exit: 1,
    err: expect.stringContaining('grant it on that table to the role or user that runs this'),
  });
});

test('a caller that cannot be read is recorded as unknown, and the command goes on', async () => {
  const { clients } = simulatedClients(account);
  const identity = async () => ({
    caller: async () => ({ known: false, why: 'sts denied', at: START_AT }) as const,
  });
  const said = await run(['pin', 'hq', '--to', 'hq-b', '-y'], {
    clients: { ...clients, identity },
  });
  expect(said).toMatchObject({ exit: 0, err: expect.stringContaining('sts denied') });
  expect(pinsOf(pins())).toMatchObject([{ by: 'unknown' }]);
});

function pinsOf(body: unknown) {
  const parsed = parsePins(body);
  if (parsed === null) throw new Error('there are no pins in the table');
  return parsed;
}
