/**
 * Goal: a drill is asked for as the person meant it, in their name, and only after they agreed; its outcome is shown.
 * Method: the command over the simulated account and its state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseDrillRequests } from '../../lib/appliances/state/drill.ts';
import { stateBody } from '../../lib/appliances/state/stored.ts';
import { noMemory } from '../../lib/appliances/state.ts';
import type { Drill } from '../../lib/appliances/types/drill.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

const DRILLS = 'drills#eu-west-1';
let account: SimAccount;

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const requests = () => parseDrillRequests(account.table.bodies().get(DRILLS)) ?? [];

function remember(drill: Partial<Drill>): void {
  const now = account.clock.now();
  const one: Drill = {
    instanceId: 'i-0a',
    name: 'hq-a',
    at: now - 400_000,
    until: now - 100_000,
    by: ANA,
    why: 'CHG-1',
    routes: ['rtb-1 10.0.0.0/8'],
    awayAt: now - 399_000,
    endedAt: now - 100_000,
    failedWhy: null,
    doneAt: now - 98_000,
    probes: 900,
    missed: 0,
    outageMs: 0,
    ...drill,
  };
  const drills = new Map([['hq', { taggedAt: null, askedAt: 0, drills: [one] }]]);
  const body = stateBody({ ...noMemory(now, 40), drills }, 1, now);
  account.table.put(
    { id: 'state#eu-west-1#appliances', overVersion: 0, body, expiresAt: null },
    now,
  );
}

beforeEach(() => {
  account = simAccount();
});

describe('drill of a group', () => {
  test('with --yes stores who, why and for how long, and prints how to end it', async () => {
    const said = await run(['drill', 'hq', '--for', '10m', '--why', 'CHG-1', '-y']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('vpn-medic drill hq --cancel');
    expect(requests()).toMatchObject([{ group: 'hq', forMs: 600_000, by: ANA, why: 'CHG-1' }]);
    expect(account.table.bodies().get('desk#eu-west-1')).toMatchObject({
      entries: [{ by: ANA, command: 'drill', subject: 'hq' }],
    });
  });

  test.each([
    ['no', false],
    ['nobody there', null],
  ])('writes nothing when the answer is %s', async (_what, answer) => {
    expect((await run(['drill', 'hq'], { answer })).exit).toBe(1);
    expect(requests()).toEqual([]);
  });

  test.each([
    [['drill', 'dc', '-y'], 'there is no group dc of appliances in eu-west-1; there are '],
    [['drill', 'hq', 'branch', '-y'], 'Name one group'],
    [['drill', 'hq', '--for', '2h', '-y'], 'at most'],
    [['drill', 'hq', '--for', '59s', '-y'], 'at least one minute'],
    [['drill', '--cancel', '-y'], 'cancel what?'],
  ])('%j is refused: %s', async (argv, why) => {
    const said = await run(argv);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
    expect(requests()).toEqual([]);
  });

  test('is ended only while it runs', async () => {
    expect((await run(['drill', 'hq', '--cancel', '-y'])).out).toContain(
      'No drill of group hq runs',
    );
    expect(requests()).toEqual([]);
    remember({ endedAt: null, doneAt: null });
    expect((await run(['drill', 'hq', '--cancel', '-y'])).exit).toBe(0);
    expect(requests()).toMatchObject([{ group: 'hq', forMs: 0, by: ANA }]);
  });
});

describe('the outcome of a drill', () => {
  test('is shown by drill and by incidents, for people and programs', async () => {
    expect((await run(['drill'])).out).toContain('No drill is recorded in eu-west-1.');
    remember({});
    for (const command of ['drill', 'incidents']) {
      expect((await run([command])).out.replaceAll(/\s+/g, ' ')).toMatch(
        /hq passed: 1 route left hq-a within 1 s, and went back within 2 s; 0 of 900 probes/,
      );
      expect(JSON.parse((await run([command, '--json'])).out)).toMatchObject({
        drills: [{ group: 'hq', name: 'hq-a', result: 'passed', missed: 0, outageMs: 0 }],
      });
    }
  });
});
