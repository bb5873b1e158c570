/**
 * Storms and as many calms, the same ones every time, and one more that this commit chooses. Each draws
 * its own network, settings and faults; in each every safety rule is checked against the truth, and after it all must
 * be home, closed and quiet. What fails prints its seed, its last lines and the command that replays it.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { FIXED_SEEDS } from './search.ts';
import type { StormSummary } from './worker.ts';

const FRESH_COUNT = 1;
const THREADS_MAX = 4;
/** Only a hang takes so long. */
const HANG_MS = 600_000;

test(
  `${FIXED_SEEDS.length + FRESH_COUNT} storms break no safety rule, and after each the calm is whole`,
  async () => {
    const startedAt = performance.now();
    const seeds = [
      ...FIXED_SEEDS,
      ...Array.from({ length: FRESH_COUNT }, (_, index) => `${commit()}-${index}`),
    ];
    const threadCount = Math.min(THREADS_MAX, availableParallelism());
    const summaries = await runStorms(seeds, threadCount);
    const failures = summaries.flatMap(({ failure }) => failure ?? []);
    const seconds = (performance.now() - startedAt) / 1_000;
    const hours = summaries.reduce((sum, { ranMs }) => sum + ranMs, 0) / 3_600_000;
    const writes = summaries.reduce((sum, one) => sum + one.writes, 0);
    console.log(
      [
        `${summaries.length} storms, ${hours.toFixed(0)} virtual hours, ${writes} route writes, ${seconds.toFixed(0)} s on ${threadCount} threads: ${failures.length} failed`,
        ...failures.slice(0, 5),
      ].join('\n'),
    );
    expect(summaries).toHaveLength(seeds.length);
    expect(summaries.filter(({ failure }) => failure !== null).map(({ seed }) => seed)).toEqual([]);
  },
  HANG_MS,
);

/** Seeds that nobody has picked: other ones with every commit. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch (error) {
    // Unpacked from an archive: then the fresh ones are always the same.
    if (error instanceof Error) return 'no-commit';
    throw error;
  }
}

async function runStorms(
  seeds: readonly string[],
  threadCount: number,
): Promise<readonly StormSummary[]> {
  const waiting = seeds.values();
  const summaries: StormSummary[] = [];
  const threads = Array.from({ length: threadCount }, () => work(waiting, summaries));
  await Promise.all(threads);
  return summaries;
}

function work(waiting: IterableIterator<string>, summaries: StormSummary[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const next = () => {
      const { value: seed, done } = waiting.next();
      if (done) void worker.terminate().then(() => resolve());
      else worker.postMessage(seed);
    };
    worker.on('message', (one: StormSummary) => {
      summaries.push(one);
      next();
    });
    worker.on('error', reject);
    next();
  });
}
