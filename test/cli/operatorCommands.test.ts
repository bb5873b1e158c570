/**
 * Goal: what people on call are shown is what happened, and what they ask for is what the watchers then do.
 * Method: the deployment in the simulated account, an appliance that dies, and the commands over the same state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { caseId } from '../../lib/incidents/history/entry.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

const DEAD_FROM_MS = 30_000;
const DEAD_TO_MS = 200_000;
/** Its routes are back after the hold-down. */
const HOME_MS = 450_000;

let account: SimAccount;
let deployment: Deployment;
let deadId = '';
let id = '';

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const until = (ms: number) => account.clock.run(ms);
const json = async (argv: readonly string[]) => JSON.parse((await run([...argv, '--json'])).out);
const nameToId = (name: string): string =>
  account.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';
const nextHopOf = (destination: string, table: string): string => {
  const tableId = account.network.tables.all().find(({ name }) => name === table)?.tableId ?? '';
  const link = account.network.targetOf(tableId, destination) ?? '';
  return account.network.interfaces.get(link)?.instanceId ?? '';
};

beforeEach(async () => {
  account = simAccount();
  deadId = nameToId('hq-a');
  id = `${account.network.accountId}/eu-west-1/${deadId}/ApplianceDown`;
  deployment = new Deployment(account, {
    seed: 1,
    policy: DEFAULT_POLICY,
    everyMs: 60_000,
    lifeMs: 90_000,
  });
  const fault = { kind: 'host-dead', instanceId: deadId } as const;
  account.faults.add(fault, DEAD_FROM_MS, DEAD_TO_MS);
  deployment.start();
  await until(100_000);
});

describe('incidents', () => {
  test('lists what is open, and calls for a person while something critical is', async () => {
    const { exit, out } = await run(['incidents']);
    expect(exit).toBe(2);
    expect(out).toMatch(/critical +hq-a +notified +i-\w+\/ApplianceDown/);
    expect((await json(['incidents'])).open).toContainEqual(
      expect.objectContaining({ id, severity: 'critical', resolvedAt: null, ackedBy: null }),
    );
  });

  test('lists what is resolved, and exits 0 then', async () => {
    await until(HOME_MS);
    const { exit, out } = await run(['incidents']);
    expect(exit).toBe(0);
    expect(out).toMatch(/Resolved\n.*\n(.*\n)*.*hq-a +i-\w+\/ApplianceDown/);
    const { open, closed } = await json(['incidents']);
    expect(open.map(({ reason }: { readonly reason: string }) => reason)).toEqual([
      'TableNotTagged',
    ]);
    expect(closed).toContainEqual(expect.objectContaining({ id }));
  });

  test('says so where there is nothing', async () => {
    account = simAccount();
    expect(await run(['incidents'])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('Nothing is open.'),
    });
  });

  test('are unknown (1) without the table', async () => {
    account.faults.add({ kind: 'store-unreachable' }, 0, 600_000);
    await until(account.clock.monotonicMs() + 1);
    expect(await run(['incidents'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('the state table cannot be read'),
    });
  });
});

describe('explain', () => {
  test('prints the times, what was observed, found, done and notified', async () => {
    const { exit, out } = await run(['explain', 'ApplianceDown']);
    expect(exit).toBe(0);
    expect(out).toMatch(/^CRITICAL hq-a: ApplianceDown, open for/m);
    expect(out).toMatch(/this watcher leads \(fencing token 1\)/);
    expect(out).toMatch(/ike:500 from here: .*no answer in 800 ms, no answer/);
    expect(out).toContain('RouteStranded of 10.8.0.0/24 in app-a');
    expect(out).toMatch(/done +10\.20\.0\.0\/16 in app-a: hq-a -> hq-b \(failover; hq-a is down/);
    expect(out).toContain(
      'notified: CRITICAL hq-a: ApplianceDown (123456789012 prod), 3 routes without next hop, 2 routes moved to...',
    );
  });

  test('measures its times in their order, by the truth', async () => {
    const { times } = await json(['explain', id]);
    expect(times.map(({ name }: { readonly name: string }) => name)).toEqual([
      'last good reading',
      'detected',
      'decided',
      'first write',
      'last write',
      'read back',
      'notified',
    ]);
    const after = new Map(
      times.map((one: { readonly name: string; readonly afterMs: number }) => [
        one.name,
        one.afterMs,
      ]),
    );
    expect(after.get('read back')).toBeGreaterThan(2_000);
    expect(after.get('read back')).toBeLessThan(5_000);
    const last = account.log.writes.filter(({ effectMs }) => effectMs !== null).at(-1)?.effectMs;
    const answered = times[4].at;
    expect(
      Math.abs(
        Date.parse(answered) - (account.clock.now() - account.clock.monotonicMs() + (last ?? 0)),
      ),
    ).toBeLessThan(1_000);
  });

  test('keeps the measured times after failback', async () => {
    const before = await json(['explain', id]);
    await until(HOME_MS);
    const { times } = await json(['explain', id]);
    expect(times.slice(0, 7)).toEqual(before.times);
    expect(times.at(-1)).toMatchObject({ name: 'resolved' });
  });

  test.each([
    ['an unknown id', ['nothing'], 'there is no incident nothing in eu-west-1; there are'],
    ['a part that several have', ['RouteStranded'], 'may mean several incidents'],
    ['a time too far back', ['ApplianceDown', '--nth', '2'], 'is on record 1 time'],
    ['a time that is none', ['ApplianceDown', '--nth', 'first'], '1 is the latest'],
  ])('of %s says what there is', async (_what, argv, says) => {
    const said = await run(['explain', ...argv]);
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining(says) });
  });

  test('of an incident without history says so, and prints what the store holds', async () => {
    const row = account.table.get(caseId(id), account.clock.now());
    const item = { id: caseId(id), overVersion: row?.version ?? 0, body: null, expiresAt: null };
    account.table.put(item, account.clock.now());
    const { exit, out } = await run(['explain', id]);
    expect(exit).toBe(0);
    expect(out).toContain('No history is stored');
    expect(out).toContain('first write');
  });

  test('of an incident that has left the store prints its history, by its whole id', async () => {
    for (const key of account.table.bodies().keys()) {
      if (!key.startsWith('incidents#')) continue;
      const version = account.table.get(key, account.clock.now())?.version ?? 0;
      account.table.put(
        { id: key, overVersion: version, body: null, expiresAt: null },
        account.clock.now(),
      );
    }
    const { exit, out } = await run(['explain', id]);
    expect(exit).toBe(0);
    expect(out).toContain('It has left the incident store');
    expect(out).toContain('hq-a -> hq-b');
  });
});

describe('ack of an incident', () => {
  test('takes it in hand, in the person’s name, until it is over', async () => {
    const said = await run(['ack', `${deadId}/ApplianceDown`, '-y', '--why', 'on it']);
    expect(said).toMatchObject({ exit: 0, out: expect.stringContaining('Acknowledged.') });
    await until(account.clock.monotonicMs() + 60_000);
    const { open } = await json(['incidents']);
    const own = open.find((one: { readonly id: string }) => one.id === id);
    expect(own).toMatchObject({ ackedBy: ANA });
    expect((await run(['explain', id])).out).toMatch(
      /ack +ApplianceDown of hq-a acknowledged, by .*ana: on it/,
    );
  });

  test('a second time changes nothing, and says whose it is', async () => {
    await run(['ack', id, '-y']);
    const said = await run(['ack', id, '-y']);
    expect(said).toMatchObject({
      exit: 0,
      out: expect.stringContaining(`${ANA} has acknowledged`),
    });
  });

  test('on no, changes nothing', async () => {
    const said = await run(['ack', id], { answer: false });
    expect(said.exit).toBe(1);
    const { open } = await json(['incidents']);
    expect(open.find((one: { readonly id: string }) => one.id === id)).toMatchObject({
      ackedBy: null,
    });
  });

  test('of one that is over, or that there is not, is refused', async () => {
    expect((await run(['ack', 'x/y', '-y'])).err).toContain('there is no incident x/y');
    await until(HOME_MS);
    expect((await run(['ack', id, '-y'])).err).toContain('was resolved at');
  });
});

describe('undo', () => {
  test('sends routes back to where they were, once that has been proven alive, and not before', async () => {
    const said = await run(['undo', id, '--for', '1h', '-y']);
    expect(said).toMatchObject({ exit: 0, out: expect.stringContaining('Pinned back.') });
    await until(DEAD_TO_MS - 1_000);
    expect(nextHopOf('10.20.0.0/16', 'app-a')).toBe(nameToId('hq-b'));
    await until(DEAD_TO_MS + 60_000);
    expect(nextHopOf('10.20.0.0/16', 'app-a')).toBe(deadId);
    const { pins } = await json(['pin']);
    expect(pins).toHaveLength(2);
    expect(pins[0]).toMatchObject({
      to: deadId,
      by: ANA,
      why: expect.stringContaining('undo of ApplianceDown'),
    });
  });

  test('of what is undone already says so, and writes nothing', async () => {
    await until(HOME_MS);
    const said = await run(['undo', id, '-y']);
    expect(said).toMatchObject({
      exit: 0,
      out: expect.stringContaining('it leads there again already'),
    });
    expect((await json(['pin'])).pins).toEqual([]);
  });

  test('of an incident about which nothing was moved says so', async () => {
    const said = await run(['undo', 'TableNotTagged', '-y']);
    expect(said).toMatchObject({
      exit: 0,
      out: expect.stringContaining('No route move is recorded'),
    });
  });

  test('on no, and for too long, changes nothing', async () => {
    expect((await run(['undo', id], { answer: false })).exit).toBe(1);
    expect((await run(['undo', id, '--for', '8d', '-y'])).err).toContain('at most');
    expect((await json(['pin'])).pins).toEqual([]);
  });
});

describe('maintenance', () => {
  test('keeps silent about its subject, heals all the same, and ends', async () => {
    account = simAccount();
    deployment = new Deployment(account, {
      seed: 1,
      policy: DEFAULT_POLICY,
      everyMs: 60_000,
      lifeMs: 90_000,
    });
    account.faults.add({ kind: 'host-dead', instanceId: nameToId('hq-c') }, 60_000, 200_000);
    deployment.start();
    await until(20_000);
    const said = await run([
      'maintenance',
      'start',
      nameToId('hq-c'),
      '--for',
      '1h',
      '--why',
      'swap',
      '-y',
    ]);
    expect(said).toMatchObject({ exit: 0, out: expect.stringContaining('Started.') });
    expect(said.out).not.toContain('No known resource is called');
    await until(120_000);
    expect(nextHopOf('10.20.0.0/16', 'app-c')).not.toBe(nameToId('hq-c'));
    const notified = account.log.notifications.filter(({ subject }) => subject.includes('hq-c'));
    expect(notified).toEqual([]);
    const { open } = await json(['incidents']);
    expect(open).toContainEqual(
      expect.objectContaining({
        reason: 'ApplianceDown',
        silence: expect.objectContaining({ why: 'swap', by: ANA }),
      }),
    );
  });

  test('is listed with its end, and stopped', async () => {
    await run(['maintenance', 'start', '--all', '--for', '30m', '--why', 'swap', '-y']);
    const { out } = await run(['maintenance', 'list']);
    expect(out).toMatch(/everything +2026-\S+Z +oncall\/ana +swap/);
    const { windows } = await json(['maintenance', 'list']);
    expect(Date.parse(windows[0].until) - Date.parse(windows[0].from)).toBe(1_800_000);
    expect(await run(['maintenance', 'stop', '--all', '-y'])).toMatchObject({ exit: 0 });
    expect((await json(['maintenance', 'list'])).windows).toEqual([]);
  });

  test.each<[string, readonly string[], string]>([
    ['without a reason', ['start', 'hq', '--for', '2h', '-y'], 'add --why'],
    ['for over a day', ['start', 'hq', '--for', '25h', '--why', 'x', '-y'], '1 d at most'],
    ['of nothing', ['start', '--for', '2h', '--why', 'x', '-y'], 'maintenance of what?'],
    [
      'of a subject and all',
      ['start', 'hq', '--all', '--for', '2h', '--why', 'x', '-y'],
      'not both',
    ],
    [
      'stopped where there is none',
      ['stop', 'hq', '-y'],
      'there is no maintenance in eu-west-1 now',
    ],
    ['without a length', ['start', 'hq', '--why', 'x', '-y'], '--for'],
  ])('%s is refused', async (_what, argv, says) => {
    expect(await run(['maintenance', ...argv])).toMatchObject({
      exit: 1,
      err: expect.stringContaining(says),
    });
    expect((await json(['maintenance', 'list'])).windows).toEqual([]);
  });

  test('of 24 h is the longest', async () => {
    const argv = ['maintenance', 'start', 'hq', '--for', '24h', '--why', 'x', '-y'];
    expect((await run(argv)).exit).toBe(0);
  });

  test('of a name is that of its id, started and stopped', async () => {
    const argv = ['maintenance', 'start', 'hq-c', '--for', '1h', '--why', 'x', '-y'];
    expect((await run(argv)).out).not.toContain('No known resource');
    const { windows } = await json(['maintenance', 'list']);
    expect(windows).toMatchObject([{ subject: nameToId('hq-c') }]);
    expect(await run(['maintenance', 'stop', 'hq-c', '-y'])).toMatchObject({ exit: 0 });
    expect((await json(['maintenance', 'list'])).windows).toEqual([]);
  });

  test('of an unknown subject is started with a warning', async () => {
    const argv = ['maintenance', 'start', 'hqq', '--for', '1h', '--why', 'x', '-y'];
    expect((await run(argv)).out).toContain('No known resource is called hqq');
  });

  test('that has run out cannot be stopped, and is not listed', async () => {
    await run(['maintenance', 'start', 'hq', '--for', '1m', '--why', 'x', '-y']);
    await until(account.clock.monotonicMs() + 61_000);
    expect((await json(['maintenance', 'list'])).windows).toEqual([]);
    expect((await run(['maintenance', 'stop', 'hq', '-y'])).err).toContain(
      'windows that have run out are over',
    );
  });
});

test('every command that writes leaves who, what and why on record, newest last', async () => {
  await run(['ack', id, '-y', '--why', 'on it']);
  await run(['undo', id, '-y']);
  await run(['maintenance', 'start', 'hq', '--for', '1h', '--why', 'swap', '-y']);
  const body = account.table.bodies().get('desk#eu-west-1');
  expect(body).toMatchObject({
    entries: [
      { by: ANA, command: 'ack', subject: id, why: 'on it' },
      { by: ANA, command: 'undo', subject: id, why: 'no reason given' },
      { by: ANA, command: 'maintenance start', subject: 'hq', why: 'swap' },
    ],
  });
});

test('nothing steers the terminal, whatever tags and reasons hold', async () => {
  await run(['ack', id, '-y', '--why', 'a\u001b[2Jb']);
  const { out } = await run(['explain', id]);
  expect(out).toContain('a?[2Jb');
});
