/**
 * How many packets a death costs: 100 a second from a VPC to a host behind real IPsec tunnels, in network namespaces. The
 * built watcher, default settings, writes the route that the packets follow. For each kind of death: packets lost, and the
 * outage from the fault to the first packet after which every one is answered; then the failback. Last, lines that lose,
 * delay and interrupt packets, on which nothing may move.
 *
 * Usage: node bench/packets.ts [--runs N] [--only WORD]
 * `--runs`: of each kind of death and place of the probes, 20 by default; needs root. Prints a table and JSON; exit 1 when
 * a bound is missed.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCli } from '../test/lab/cli.ts';
import { haveDaemons } from '../test/lab/daemons/debian.ts';
import { pause } from '../test/lab/pause.ts';
import { badLines } from './packets/badLines.ts';
import { type Deployed, deploy, type Vantages } from './packets/deployed.ts';
import { type Run, report } from './packets/report.ts';
import { NEEDED, openSite, type Site } from './packets/site.ts';
import { lossIn, packetsIn, startSender } from './packets/traffic.ts';

type Death = Run['death'];

/** How each is done, and undone; `drained` is announced, and loses nothing. */
const DEATHS: Readonly<
  Record<
    Death,
    {
      readonly strike: (site: Site, deployed: Deployed) => Promise<unknown>;
      readonly mend: (site: Site, deployed: Deployed) => Promise<unknown>;
    }
  >
> = {
  'daemon killed': {
    strike: (site) => site.killDaemon('a'),
    mend: (site) => site.startDaemon('a'),
  },
  'host silent': {
    strike: (site) => site.drop('a', 100, 'all'),
    mend: (site) => site.pass('a'),
  },
  'ESP dropped': {
    strike: (site) => site.drop('a', 100, 'esp'),
    mend: (site) => site.pass('a'),
  },
  drained: {
    strike: (_site, { lab }) =>
      runCli(lab, ['drain', 'vpn-a', '--for', '1h', '--why', 'bench', '--yes']),
    mend: (_site, { lab }) => runCli(lab, ['drain', 'vpn-a', '--cancel', '--yes']),
  },
};

/** Half of the deaths that any probe sees are of each kind; the others are fewer, for each takes as long. */
const plan = (count: number): readonly (readonly [Vantages, Death, number])[] => [
  ['inside', 'daemon killed', Math.ceil(count / 2)],
  ['inside', 'host silent', Math.floor(count / 2)],
  ['outside', 'daemon killed', Math.ceil(count / 2)],
  ['outside', 'host silent', Math.floor(count / 2)],
  ['inside', 'ESP dropped', Math.ceil(count / 2)],
  ['inside', 'drained', Math.ceil(count / 4)],
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '20' }, only: { type: 'string' } },
  });
  const had = await haveDaemons(NEEDED);
  if (had.kind === 'lacking') throw new Error(`the bench needs what is not there: ${had.why}`);
  const dir = await mkdtemp(join(tmpdir(), 'vmb'));
  const file = join(dir, 'packets');
  const site = await openSite();
  const isWanted = (words: string) => words.includes(values.only ?? '');
  try {
    startSender(site.vpc, file);
    const runs: Run[] = [];
    for (const vantages of ['inside', 'outside'] as const) {
      const wanted = plan(Number(values.runs)).filter(
        ([where, death]) => where === vantages && isWanted(`${vantages} ${death}`),
      );
      if (wanted.length === 0) continue;
      const deployed = await deploy(site, vantages);
      try {
        for (const [, death, count] of wanted) {
          for (let index = 0; index < count; index += 1) {
            const run = await oneRun(site, file, deployed, vantages, death);
            runs.push(run);
            process.stderr.write(`${JSON.stringify(run)}\n`);
          }
        }
      } finally {
        await deployed.close();
      }
    }
    const lines = isWanted('lines') ? await badLines(site) : [];
    process.exitCode = report(runs, lines) ? 0 : 1;
  } finally {
    await site.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The death at a random phase of everything that has a rhythm, the failback, and what both cost. */
async function oneRun(
  site: Site,
  file: string,
  deployed: Deployed,
  vantages: Vantages,
  death: Death,
): Promise<Run> {
  await deployed.begin();
  await pause(randomInt(0, 2_000));
  const struckAt = now();
  await DEATHS[death].strike(site, deployed);
  await deployed.untilAt('b');
  await pause(SETTLED_MS);
  const movedAt = now();
  await DEATHS[death].mend(site, deployed);
  const mendedAt = now();
  await deployed.untilAt('a');
  await pause(SETTLED_MS);
  const endedAt = now();
  await deployed.end();
  // Answers to the last ones may be under way.
  await pause(500);
  const packets = await packetsIn(file);
  const { lostCount, outageMs } = lossIn(packets, struckAt, movedAt);
  return {
    vantages,
    death,
    lostCount,
    outageMs: Math.round(outageMs),
    failbackLostCount: lossIn(packets, mendedAt, endedAt).lostCount,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

/** The last packet that was lost is followed by so many that were not. */
const SETTLED_MS = 1_000;

const now = (): number => performance.timeOrigin + performance.now();

await main();
