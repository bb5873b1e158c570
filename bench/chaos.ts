/**
 * How long a dead appliance's routes take to be on a living one while a share of all calls to AWS fails, and whether
 * anything is written that should not be. The deployed loop in a simulated account, in virtual time: exact, and the same
 * on every machine. Each attempt of a call to EC2 or the state table is refused, answered by an error, cut, or never
 * answered, by even chances; AWS's SDK tries again as in the functions.
 *
 * Usage: node bench/chaos.ts [deaths]; 200 for each share by default. Prints a table and JSON; exit 1 when a bound is
 * missed. The same over HTTP, by a proxy before the emulator: test/lab/scenarios/brownout.test.ts.
 */
import { DEFAULT_POLICY } from '../lib/appliances/types/policy.ts';
import { USUAL_DELAYS } from '../lib/simulator/delays.ts';
import { AS_DEPLOYED } from '../lib/simulator/deployment.ts';
import { layOut } from '../lib/simulator/layout.ts';
import { seededRandom } from '../lib/simulator/random.ts';
import type { StormOptions } from '../test/storm/draw.ts';
import { openRun, type Run } from '../test/storm/record.ts';
import { checkSafety } from '../test/storm/storm.ts';

/** By the share of calls that fail, in percent: the 95th percentile at most. */
const P95_MS_MAX: Readonly<Record<number, number>> = {
  0: 4_000,
  10: 5_000,
  25: 10_000,
  50: 30_000,
};
const HEALING_MS_MAX = 120_000;

interface Death {
  readonly kind: string;
  /** From the death to the effect of the last write; infinite: not within two minutes. */
  readonly tookMs: number;
  readonly wrong: readonly string[];
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 200);
  const rows = [];
  for (const percent of Object.keys(P95_MS_MAX).map(Number)) {
    const deaths: Death[] = [];
    for (let seed = 1; seed <= count; seed += 1) deaths.push(await oneDeath(percent, String(seed)));
    rows.push(summaryOf(percent, deaths));
  }
  console.table(rows);
  const isGood = rows.every(
    ({ p95Ms, p95MsMax, wrongCount }) => p95Ms <= p95MsMax && wrongCount === 0,
  );
  console.log(JSON.stringify({ count, isGood, rows }));
  process.exitCode = isGood ? 0 : 1;
}

async function oneDeath(percent: number, seed: string): Promise<Death> {
  const random = seededRandom(`chaos ${seed}`);
  const options = optionsOf(
    percent,
    seed,
    1_000 * random.whole(40, 110) + random.whole(0, 999),
    random.chance(0.5),
  );
  const [death] = options.spells;
  if (death?.fault.kind !== 'process-dead' && death?.fault.kind !== 'host-dead')
    throw new Error('the first fault is no death');
  const run = openRun(options);
  const { clock } = run.account;
  const led = routesOf(run, death.fault.instanceId);
  await clock.run(death.startMs);
  const isHealed = () => led.every((route) => isElsewhere(run, route, death.startMs));
  await clock.run(options.stormEndMs, isHealed);
  // What is still under way may be wrong, too.
  await clock.run(clock.monotonicMs() + 5_000);
  const effects = led.map((route) => movedAtMs(run, route, death.startMs));
  const wrong = [...checkSafety(run), ...run.crashes].map((one) => JSON.stringify(one));
  run.stop();
  await clock.run(clock.monotonicMs() + 5_000);
  for (const line of wrong) console.error(`seed ${seed} at ${percent} %: ${line}`);
  return { kind: death.fault.kind, tookMs: Math.max(...effects) - death.startMs, wrong };
}

/** Two groups of two appliances in three zones, six routes in each zone; one appliance of them dies. */
function optionsOf(
  percent: number,
  seed: string,
  deathMs: number,
  isRefused: boolean,
): StormOptions {
  const snapshot = layOut({
    zones: ['a', 'b', 'c'],
    groups: [group('hq', ['a', 'b'], 20), group('branch', ['b', 'c'], 30)],
    tablesPerZone: 1,
    hasUntaggedTable: false,
    hasTableWithoutPreferred: false,
    takenAt: Date.parse('2026-11-20T21:00:00Z'),
  });
  const instanceId = snapshot.instances[0]?.instanceId ?? '';
  const stormEndMs = deathMs + HEALING_MS_MAX;
  const kind = isRefused ? ('process-dead' as const) : ('host-dead' as const);
  return {
    seed,
    snapshot,
    vantages: [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }],
    policy: DEFAULT_POLICY,
    pace: USUAL_DELAYS,
    skewMsMax: 200,
    ...AS_DEPLOYED,
    faultsFromMs: BROWNOUT_FROM_MS,
    stormEndMs,
    spells: [
      { fault: { kind, instanceId }, startMs: deathMs, endMs: stormEndMs },
      {
        fault: { kind: 'brownout', chance: percent / 100 },
        startMs: BROWNOUT_FROM_MS,
        endMs: stormEndMs,
      },
    ],
  };
}

const group = (name: string, zones: readonly string[], far: number) => ({
  name,
  zones,
  probe: null,
  destinations: [`10.${far}.0.0/16`, `10.${far + 1}.0.0/16`, `2001:db8:${far}::/48`],
  listedCidrs: [`10.${far + 2}.0.0/16`],
  pools: {},
  isPublic: true,
});

/** Everything has been read and has answered by then. */
const BROWNOUT_FROM_MS = 15_000;

interface Led {
  readonly tableId: string;
  readonly destination: string;
  readonly interfaceIds: readonly string[];
}

function routesOf({ options: { snapshot } }: Run, instanceId: string): readonly Led[] {
  const interfaceIds = snapshot.interfaces.flatMap((link) =>
    link.instanceId === instanceId ? [link.interfaceId] : [],
  );
  return snapshot.routeTables.flatMap(({ tableId, routes }) =>
    routes.flatMap(({ destination, interfaceId }) =>
      interfaceIds.includes(interfaceId ?? '') ? [{ tableId, destination, interfaceIds }] : [],
    ),
  );
}

const movedAtMs = ({ account: { log } }: Run, led: Led, fromMs: number): number =>
  log.writes.find(
    ({ tableId, destination, targetId, effectMs }) =>
      tableId === led.tableId &&
      destination === led.destination &&
      effectMs !== null &&
      effectMs >= fromMs &&
      !led.interfaceIds.includes(targetId),
  )?.effectMs ?? Number.POSITIVE_INFINITY;

const isElsewhere = (run: Run, led: Led, fromMs: number): boolean =>
  Number.isFinite(movedAtMs(run, led, fromMs));

function summaryOf(percent: number, deaths: readonly Death[]) {
  const sorted = deaths.map(({ tookMs }) => tookMs).toSorted((x, y) => x - y);
  // The smallest value that at least this share of the deaths did not exceed.
  const share = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  return {
    percent,
    deaths: deaths.length,
    p50Ms: share(0.5),
    p95Ms: share(0.95),
    worstMs: share(1),
    p95MsMax: P95_MS_MAX[percent] ?? 0,
    wrongCount: deaths.reduce((sum, { wrong }) => sum + wrong.length, 0),
  };
}

await main();
