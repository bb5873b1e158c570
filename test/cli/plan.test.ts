/**
 * Goal: a plan reports all effects of a failure before it happens, and changes nothing.
 * Method: the command itself over the simulated account and over captures.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { id } from '../../lib/simulator/layout/words.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { captureText } from '../builders/capture.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { cli, cliOver, START_AT, simAccount } from './open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (text: string): Promise<string> => {
  const path = join(folder, 'capture.jsonl');
  await writeFile(path, text);
  return path;
};

const planOf = async (snapshot: Snapshot, ...fail: readonly string[]) => {
  const path = await file(captureText({ snapshot }));
  const { exit, out } = await cli(['plan', '--json', '--capture', path, '--fail', ...fail]);
  return { exit, ...JSON.parse(out) };
};

describe('a plan over a capture opens no AWS client', () => {
  test('and names for every route of the failed zone where it would go', async () => {
    const { exit, moves, result } = await planOf(defaultAccount(START_AT), 'zone:eu-west-1b');
    expect({ exit, result }).toEqual({ exit: 0, result: 'nothing-lost' });
    const said = moves.map(
      (one: Record<string, string>) =>
        `${one['tableName']} ${one['destination']} ${one['fromName']} ${one['toName']}`,
    );
    expect(said).toEqual([
      'app-b 10.20.0.0/16 hq-b hq-c',
      'app-b 10.30.0.0/16 branch-b branch-a',
      'app-b 2001:db8:20::/48 hq-b hq-c',
      `app-b ${id('pl', 2)} branch-b branch-a`,
    ]);
  });

  test('and exits 2 with what no other appliance can carry: client pools, and tables without our tag', async () => {
    const { exit, lost } = await planOf(defaultAccount(START_AT), 'instance:hq-a');
    expect(exit).toBe(2);
    expect(
      lost.map((one: Record<string, string>) => `${one['tableName']} ${one['destination']}`),
    ).toEqual([
      'app-a 10.8.0.0/24',
      'app-b 10.8.0.0/24',
      'app-c 10.8.0.0/24',
      'legacy 10.99.0.0/16',
    ]);
    expect(lost[0].why).toContain('client pool');
    expect(lost[3].why).toContain('not tagged');
  });

  test('and never moves a route to another one that is to fail', async () => {
    const { exit, moves, lost } = await planOf(
      defaultAccount(START_AT),
      'instance:branch-a',
      'instance:branch-b',
    );
    expect({ exit, moves }).toEqual({ exit: 2, moves: [] });
    expect(lost).toHaveLength(6);
    expect(lost[0]).toMatchObject({ rule: 'S2' });
  });

  test('and never moves a route to one that the capture itself calls impaired', async () => {
    const well = defaultAccount(START_AT);
    const statuses = well.statuses.map((status) =>
      status.instanceId === id('i', 2) ? { ...status, system: 'impaired' as const } : status,
    );
    const { moves } = await planOf({ ...well, statuses }, 'instance:hq-a');
    expect(moves.map((one: Record<string, string>) => one['toName'])).toEqual(['hq-c', 'hq-c']);
  });

  test('and counts on appliances that only private addresses reach, since nothing says otherwise', async () => {
    const well = defaultAccount(START_AT);
    const instances = well.instances.map((one) => ({ ...one, publicIp: null }));
    const interfaces = well.interfaces.map((one) => ({ ...one, publicIp: null }));
    const { exit, moves } = await planOf({ ...well, instances, interfaces }, 'instance:hq-b');
    expect({ exit, count: moves.length }).toEqual({ exit: 0, count: 2 });
  });

  test('and says by how much the write budget spreads more than 40 moves, and nothing of it for 40', async () => {
    expect(await planOf(many(40), 'instance:hq-b')).toMatchObject({ exit: 0, budgetMs: 0 });
    expect(await planOf(many(44), 'instance:hq-b')).toMatchObject({ exit: 0, budgetMs: 1_000 });
  });
});

/** hq-b carries so many routes, and nothing else is as usual. */
const many = (count: number): Snapshot => {
  const well = defaultAccount(START_AT);
  const routeTables = well.routeTables.map((table) => ({
    ...table,
    routes:
      table.name !== 'app-b'
        ? table.routes
        : Array.from({ length: count }, (_, index) => ({
            destination: `10.${100 + Math.floor(index / 200)}.${index % 200}.0/24`,
            interfaceId: id('eni', 2),
            otherTarget: null,
            origin: 'created' as const,
            state: 'active' as const,
          })),
  }));
  return { ...well, routeTables };
};

const deafTo = (...names: readonly number[]) =>
  simAccount(defaultAccount(START_AT), [
    { id: 'here', subnetIds: [], isInVpc: false, closedTo: names.map((one) => id('i', one)) },
  ]);

describe('a plan over the account', () => {
  test('writes nothing', async () => {
    const account = simAccount();
    const { exit } = await cliOver(account, ['plan', '--fail', 'zone:b']);
    expect(exit).toBe(0);
    expect(account.log.writes).toEqual([]);
    expect(account.log.results.length).toBeGreaterThan(0);
  });

  test('is unknown (1) while the only successors are EC2-well but did not answer here', async () => {
    const { exit, out } = await cliOver(deafTo(1, 3), ['plan', '--fail', 'instance:hq-b']);
    expect(exit).toBe(1);
    expect(out).toContain('Would move if the target answers the deployed probes');
    expect(out).not.toContain('No healthy next hop');
  });

  test('is known (0) when one successor answered, and chooses that one', async () => {
    const { exit, out } = await cliOver(deafTo(1), ['plan', '--fail', 'instance:hq-b']);
    expect(exit).toBe(0);
    expect(out).toMatch(/app-b +10\.20\.0\.0\/16 +hq-b +hq-c/);
  });

  test('is known (0) by EC2 alone with --no-probes', async () => {
    const { exit, out } = await cliOver(deafTo(1, 3), [
      'plan',
      '--no-probes',
      '--fail',
      'instance:hq-b',
    ]);
    expect(exit).toBe(0);
    expect(out).toContain('are healthy where nothing says otherwise');
  });

  test('is refused (1) when the route tables cannot be read', async () => {
    const account = simAccount();
    account.faults.add(
      { kind: 'api-unreadable', action: 'DescribeRouteTables', why: 'denied' },
      0,
      600_000,
    );
    const { exit, err, out } = await cliOver(account, ['plan', '--fail', 'zone:a']);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain('route tables cannot be read');
  });
});

const path = () => file(captureText({ snapshot: defaultAccount(START_AT) }));

describe('what is wrong with the question is said in one line', () => {
  test.each([
    ['instance:i-0nope', 'i-0a1b2c3d4e5f60001 (hq-a)'],
    ['zone:eu-west-9z', 'zones eu-west-1a, eu-west-1b, eu-west-1c'],
    ['zone:z', 'no such zone'],
    ['hq-z', 'write instance:ID'],
    ['group:hqq', 'no such group'],
    ['vantage:here', 'write instance:ID'],
    ['zone:', 'write instance:ID'],
  ])('--fail %s', async (what, said) => {
    const { exit, out, err } = await cli(['plan', '--capture', await path(), '--fail', what]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain(`--fail ${what}: `);
    expect(err).toContain(said);
  });

  test.each([
    ['not JSON', '{', 'is no capture'],
    ['another version', '{"vpnMedicCapture": 2}', 'a capture of schema 2'],
    ['a report of check', '{"version": 1, "region": "eu-west-1"}', 'is no capture'],
  ])('a file that is %s', async (_, text, said) => {
    const { exit, out, err } = await cli([
      'plan',
      '--capture',
      await file(text),
      '--fail',
      'zone:a',
    ]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain(said);
    expect(err).not.toContain('    at ');
  });

  test('a file that is not there', async () => {
    const { exit, err } = await cli(['plan', '--capture', '/nowhere.json', '--fail', 'zone:a']);
    expect(exit).toBe(1);
    expect(err).toContain('there is no such file');
  });
});

describe('without --fail', () => {
  test('it lists what can be planned, in the words that --fail takes', async () => {
    const { exit, out } = await cli(['plan', '--capture', await path(), '--json']);
    expect(exit).toBe(0);
    const { subjects } = JSON.parse(out);
    expect(subjects).toContainEqual(
      expect.objectContaining({ fail: 'zone:eu-west-1a', applianceCount: 2 }),
    );
    for (const { fail } of subjects) {
      const said = await cli(['plan', '--capture', await path(), '--fail', fail]);
      expect(said.err).toBe('');
    }
  });

  test('of an account it sends no probe', async () => {
    const account = simAccount();
    const { out } = await cliOver(account, ['plan']);
    expect(out).toMatch(/instance:i-0a1b2c3d4e5f60001 +\d+ +hq-a of hq in eu-west-1a/);
    expect(account.log.results).toEqual([]);
  });
});

test.each([
  ['hq-a', 'hq-a (i-0a1b2c3d4e5f60001)'],
  ['i-0a1b2c3d4e5f60001', 'hq-a (i-0a1b2c3d4e5f60001)'],
  ['eu-west-1a', 'zone eu-west-1a'],
  ['all', 'everything'],
  ['group:hq', 'group hq'],
  ['host:hq-a', 'hq-a (i-0a1b2c3d4e5f60001)'],
  ['process:hq-a', 'hq-a (i-0a1b2c3d4e5f60001)'],
  ['stop:i-0a1b2c3d4e5f60001', 'hq-a (i-0a1b2c3d4e5f60001)'],
])('--fail %s is a word of rehearse, or needs none before it', async (what, said) => {
  const { out } = await cli(['plan', '--capture', await path(), '--fail', what]);
  expect(out).toContain(`If ${said} failed now`);
});
