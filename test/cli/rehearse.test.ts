/**
 * Goal: a rehearsal reports what the product did, needs nothing but a seed, and prints the same text for the same seed.
 * Method: the command itself, without any AWS client.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { SCENARIOS } from '../../lib/simulator/scenario.ts';
import { captureText } from '../builders/capture.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { cli, START_AT } from './open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const HANG_MS = 600_000;
const jsonOf = async (...argv: readonly string[]) => {
  const { exit, out, err } = await cli(['rehearse', '--json', ...argv]);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  return JSON.parse(out);
};

/** Played once, for all that is asked of it: `npm start`. */
let usual: ReturnType<typeof cli> | null = null;
const usualOutput = async (): Promise<string> => {
  usual ??= cli(['rehearse'], { columns: 80 });
  return (await usual).out;
};

const TOUR = [
  'process-dead',
  'host-dead',
  'zone-dead',
  'all-dead',
  'flapping',
  'blind-vantage',
  'throttled-api',
  'site-lost',
  'endpoints-dark',
  'list-expiring',
];

describe('a rehearsal', () => {
  test(
    'says the same to the letter for the same seed, and not for another',
    async () => {
      const notified = async (seed: string) =>
        (await cli(['rehearse', '--scenario', 'all-dead', '--seed', seed])).out;
      const first = await notified('7');
      expect(await notified('7')).toBe(first);
      expect(await notified('8')).not.toBe(first);
    },
    HANG_MS,
  );

  test(
    'of a dead host: failed, detected, moved, notified, recovered, and a table of times',
    async () => {
      const { exit, out, err } = await cli(['rehearse', '--scenario', 'host-dead']);
      expect({ exit, err }).toEqual({ exit: 0, err: '' });
      const order = [
        'FAILED    hq-a: host does not answer',
        'detected  ApplianceDown',
        'moved     1 route hq-a -> hq-b, 1 route hq-a -> hq-c (failover)',
        'notified  CRITICAL hq-a',
        'RECOVERED hq-a (was: host does not answer)',
        'DETECTED  CUT  RESTORED',
      ];
      const places = order.map((words) => out.indexOf(words));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    },
    HANG_MS,
  );

  test(
    '--verbose adds what was there before, each held move with its rule, and what the rules mean',
    async () => {
      const { out } = await cli(['rehearse', '--scenario', 'host-dead', '--verbose']);
      expect(out).toContain('detected  TableNotTagged: legacy');
      expect(out).toMatch(/held +1 route stays on hq-b: hq-a /);
      expect(out).toMatch(/S4 +failback after a hold-down/);
    },
    HANG_MS,
  );

  test(
    'of a dead host heals it within the promised 4 s, and of dead everything writes nothing',
    async () => {
      const { version, seed, capture, result, scenarios } = await jsonOf(
        '--scenario',
        'host-dead',
        'all-dead',
      );
      expect({ version, seed, capture, result }).toEqual({
        version: 1,
        seed: '1',
        capture: null,
        result: 'well',
      });
      const [host, all] = scenarios;
      expect([host.name, all.name]).toEqual(['host-dead', 'all-dead']);
      expect(host.faults[0].restoredAfterMs).toBeLessThanOrEqual(4_000);
      expect(host.writeCount).toBeGreaterThan(0);
      expect(all.writeCount).toBe(0);
    },
    HANG_MS,
  );

  test(
    'fits the first screen, 24 lines of 80 columns, and detects nothing after it was restored',
    async () => {
      const out = await usualOutput();
      const lines = out.trimEnd().split('\n');
      expect(lines.length).toBeLessThan(24);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
      for (const name of ['process-dead', 'host-dead', 'flapping']) {
        const [, detected, restored] =
          new RegExp(`^ +${name} +([\\d.]+) s +\\d+ +([\\d.]+) s `, 'm').exec(out) ?? [];
        expect(Number(detected)).toBeLessThanOrEqual(Number(restored));
        expect(Number(restored)).toBeLessThanOrEqual(4);
      }
    },
    HANG_MS,
  );

  test(
    'without a word of what to play has one of each kind of trouble',
    async () => {
      const [, table = ''] = (await usualOutput()).split(/^ +SCENARIO .*\n/m);
      // Where 80 columns are too few, a name is shortened.
      const shown = [...table.matchAll(/^ {2}([a-z][a-z-]+)(?:…[a-z-]+)? /gm)];
      expect(shown.map(([, name = '']) => TOUR.find((one) => one.startsWith(name)))).toEqual(TOUR);
    },
    HANG_MS,
  );

  test.each([
    ['zone:a', 'eu-west-1a'],
    ['instance:hq-b', 'hq-b'],
    ['hq-b', 'hq-b'],
    ['a', 'eu-west-1a'],
  ])(
    'of --fail %s strikes just that',
    async (what, who) => {
      const { scenarios } = await jsonOf('--fail', what);
      expect(scenarios).toHaveLength(1);
      expect(scenarios[0].name).toBe(what);
      expect(scenarios[0].faults.map(({ text }: { text: string }) => text)).toEqual([
        expect.stringContaining(who),
      ]);
    },
    HANG_MS,
  );

  test('of --fail with the name of a connection strikes its two tunnels', async () => {
    const { scenarios } = await jsonOf('--fail', 'branch');
    expect(scenarios[0].faults.map(({ text }: { text: string }) => text)).toEqual([
      expect.stringMatching(/^tunnel \S+ of branch: down$/),
      expect.stringMatching(/^tunnel \S+ of branch: down$/),
    ]);
  });

  test(
    'of two --fail strikes both at once',
    async () => {
      const { scenarios } = await jsonOf('--fail', 'host:hq-a', 'host:hq-b');
      expect(scenarios).toHaveLength(1);
      const [one, other] = scenarios[0].faults;
      expect(one.startMs).toBe(other.startMs);
      expect([one.text, other.text]).toEqual([
        'hq-a: host does not answer',
        'hq-b: host does not answer',
      ]);
    },
    HANG_MS,
  );

  test(
    'plays in the network of a capture, its connections and endpoints included',
    async () => {
      const path = join(folder, 'account.jsonl');
      const snapshot = defaultAccount(START_AT);
      const [vpn, endpoints] = [defaultVpn(START_AT), DEFAULT_ENDPOINTS];
      await writeFile(path, captureText({ snapshot, vpn, endpoints }));
      const { capture, scenarios } = await jsonOf('--capture', path, '--fail', 'host:hq-a');
      expect(capture).toBe(path);
      expect(scenarios[0].writeCount).toBeGreaterThan(0);
      const site = await jsonOf('--capture', path, '--scenario', 'site-lost');
      expect(site.scenarios[0].notificationCount).toBeGreaterThan(0);
    },
    HANG_MS,
  );

  test(
    'of a zone fits 80 columns',
    async () => {
      const { out } = await cli(['rehearse', '--scenario', 'zone-dead'], { columns: 80 });
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
    HANG_MS,
  );
});

describe('a rehearsal of what there is not is refused in one line', () => {
  test.each([
    [['--scenario', 'earthquake'], 'there are process-dead, repaired, host-dead'],
    [['--fail', 'zone:q'], 'eu-west-1a, eu-west-1b, eu-west-1c'],
    [['--fail', 'hq-x'], 'write one of'],
    [['--fail', 'zone:a', '--scenario', 'flapping'], 'exclude each other'],
    [['--capture', '/nowhere.jsonl'], 'there is no such file'],
  ])('%j', async (argv, why) => {
    const { exit, out, err } = await cli(['rehearse', ...argv]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toMatch(/^vpn-medic: [^\n]*\n$/);
    expect(err).toContain(why);
  });

  test('a network without anything that can fail', async () => {
    const path = join(folder, 'untagged.jsonl');
    const snapshot = { ...defaultAccount(START_AT), tags: [] };
    await writeFile(path, captureText({ snapshot }));
    const { exit, err } = await cli(['rehearse', '--capture', path]);
    expect(exit).toBe(1);
    expect(err).toContain('no running instance with the tag vpn-medic:group');
  });

  test('a network of which a part was not captured, for half of it misleads', async () => {
    const path = join(folder, 'half.jsonl');
    const over = { DescribeSubnets: null };
    await writeFile(path, captureText({ snapshot: defaultAccount(START_AT), over }));
    const { exit, err } = await cli(['rehearse', '--capture', path]);
    expect(exit).toBe(1);
    expect(err).toContain('the capture lacks subnets (not recorded)');
  });
});

describe('--list', () => {
  test('names every scenario with what happens, for people and for programs', async () => {
    const { exit, out } = await cli(['rehearse', '--list']);
    expect(exit).toBe(0);
    for (const { name } of SCENARIOS) expect(out).toContain(name);
    const { scenarios } = await jsonOf('--list');
    expect(scenarios).toEqual(SCENARIOS.map(({ name, says }) => ({ name, says })));
  });
});
