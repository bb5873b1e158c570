/**
 * Storm, then calm: faults strike while every safety rule is checked against the truth; then all is healed, and the
 * product must bring every route home, close every incident, and fall silent. `npm run storm -- --seed N` replays one.
 */
import { parseArgs } from 'node:util';
import type { Safety } from '../../lib/watcher/pass.ts';
import { isLeftToOperators, pendingWhy, quietSinceMs } from './calm.ts';
import { describeStorm, drawStorm, type StormOptions } from './draw.ts';
import { checkNotified } from './notified.ts';
import { openProbeRecord } from './probeRecord.ts';
import { openRun, type Run, type Violation } from './record.ts';
import { checkS13 } from './safety/allClear.ts';
import { checkS6, checkS7 } from './safety/confirmation.ts';
import { checkDrills } from './safety/drills.ts';
import { checkEvictions } from './safety/evictions.ts';
import { checkS14 } from './safety/leaves.ts';
import { checkS4, checkS8 } from './safety/limits.ts';
import { checkPaused } from './safety/paused.ts';
import { checkPriority } from './safety/priority.ts';
import { checkS2, checkS5 } from './safety/targets.ts';
import { checkTunnels } from './safety/tunnels.ts';
import { checkS1, checkS3 } from './safety/visibility.ts';
import { trace } from './trace.ts';
import { viewWrites } from './writeView.ts';

export interface StormResult {
  readonly seed: string;
  readonly violations: readonly Violation[];
  /** Virtual time lived. */
  readonly ranMs: number;
  readonly writes: number;
  /** What to print about it, with its last lines; made only when asked for. */
  readonly report: (lineCount?: number) => string;
}

/** One whole storm and its calm. */
export async function runStorm(
  seed: string,
  options: StormOptions = drawStorm(seed),
): Promise<StormResult> {
  const run = openRun(options);
  const { clock } = run.account;
  await clock.run(options.stormEndMs + SETTLING_MS);
  let pending: string | null = 'not looked yet';
  for (let step = 0; step < CALM_STEPS && pending !== null; step += 1) {
    await clock.run(clock.monotonicMs() + CALM_STEP_MS);
    pending = pendingWhy(run);
  }
  const atMs = clock.monotonicMs();
  const rest =
    pending === null ? await checkQuiet(run) : [{ rule: 'liveness', atMs, what: pending }];
  return endOf(run, rest);
}

/** The storm alone, with its safety checked: for a product that has lost a rule and may never calm down. */
export async function runStormWithoutCalm(
  seed: string,
  safety: Safety,
  options: StormOptions = drawStorm(seed),
): Promise<StormResult> {
  const run = openRun(options, safety);
  await run.account.clock.run(options.stormEndMs);
  return endOf(run, []);
}

async function endOf(run: Run, rest: readonly Violation[]): Promise<StormResult> {
  const { options, account, crashes } = run;
  const violations = [
    ...checkSafety(run),
    ...checkNotified(run),
    ...crashes.map(({ by, atMs, error }) => ({
      rule: 'crash',
      atMs,
      what: `${by}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    })),
    ...rest,
  ];
  run.stop();
  await account.clock.run(account.clock.monotonicMs() + 5_000);
  return {
    seed: options.seed,
    violations,
    ranMs: account.clock.monotonicMs(),
    writes: account.log.writes.length,
    report: (lineCount) =>
      [describeStorm(options), ...trace(run, violations, lineCount)].join('\n'),
  };
}

/** The slowest part of the inventory is read again within this. */
const SETTLING_MS = 40_000;
/** The calm may last 80 virtual minutes: a hold that doubles with each flap ends at an hour. */
const CALM_STEP_MS = 10_000;
const CALM_STEPS = 120;
const QUIET_MS = 45_000;

export function checkSafety(run: Run): readonly Violation[] {
  const probes = openProbeRecord(run);
  const views = viewWrites(run, probes);
  return [
    ...views.flatMap((view) => [
      ...checkS1(run, view),
      ...checkS2(run, probes, view),
      ...checkS3(run, probes, view),
      ...checkS5(run, probes, view),
      ...checkS6(run, probes, view),
      ...checkS7(run, view),
      ...checkPriority(run, probes, view),
    ]),
    ...checkS4(run, probes, views),
    ...checkS14(run, views),
    ...checkEvictions(run),
    ...checkS13(run, probes),
    ...checkTunnels(run, views),
    ...checkDrills(run),
    ...checkS8(run),
    ...checkPaused(run),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

/** All is well: from here on, not a write and not a word. */
async function checkQuiet(run: Run): Promise<readonly Violation[]> {
  const { clock } = run.account;
  // What one watcher has not told by its end, the next one tells; a hold-down that was doubled may last longer.
  if (isLeftToOperators(run)) await clock.run(clock.monotonicMs() + 4 * run.options.everyMs);
  const fromMs = clock.monotonicMs();
  await clock.run(fromMs + QUIET_MS);
  const lastMs = quietSinceMs(run);
  const pending = pendingWhy(run);
  return [
    ...(lastMs <= fromMs
      ? []
      : [
          { rule: 'quiet', atMs: lastMs, what: 'something was written or told after all was well' },
        ]),
    ...(pending === null
      ? []
      : [{ rule: 'quiet', atMs: fromMs, what: `well, and then again not: ${pending}` }]),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      from: { type: 'string' },
      count: { type: 'string' },
      lines: { type: 'string' },
    },
  });
  const seeds =
    values.seed === undefined
      ? Array.from({ length: Number(values.count ?? 100) }, (_, index) =>
          String(Number(values.from ?? 1) + index),
        )
      : [values.seed];
  const startedAt = performance.now();
  let failedCount = 0;
  let ranMs = 0;
  for (const seed of seeds) {
    const result = await runStorm(seed);
    ranMs += result.ranMs;
    if (result.violations.length > 0 || values.seed !== undefined)
      console.log(result.report(Number(values.lines ?? 20)));
    failedCount += result.violations.length > 0 ? 1 : 0;
  }
  const tookMs = performance.now() - startedAt;
  console.log(
    `${seeds.length} storms, ${failedCount} failed, ${Math.round(ranMs / 60_000)} virtual minutes, ${(tookMs / seeds.length).toFixed(1)} ms a storm`,
  );
  process.exitCode = failedCount > 0 ? 1 : 0;
}

if (import.meta.main) await main();
