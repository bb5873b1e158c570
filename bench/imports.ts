/** How long Node takes to import each built bundle: the median of fresh processes, at most 100 ms. Run `npm run build` first. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const RUNS = 11;
const MEDIAN_MS_MAX = 100;
const DIST = join(import.meta.dirname, '..', 'dist');

/** A process that measures one import, from inside: starting Node itself is not ours. */
const code = (bundle: string): string =>
  `const cpu = process.cpuUsage(); const from = performance.now(); await import(${JSON.stringify(pathToFileURL(bundle).href)}); const ms = performance.now() - from; const { user, system } = process.cpuUsage(cpu); console.log(ms, (user + system) / 1000); process.exit(0);`;

async function importMs(bundle: string): Promise<readonly [wall: number, cpu: number]> {
  // As in serverless.yml; the region is what Lambda always sets.
  const env = { ...process.env, AWS_REGION: 'eu-west-1', NODE_OPTIONS: '--max-semi-space-size=2' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code(bundle)],
    { env },
  );
  const [wall = Number.NaN, cpu = Number.NaN] = stdout.split(' ').map(Number);
  return [wall, cpu];
}

const middle = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[RUNS >> 1] ?? 0;
const inMs = (ms: number): string => `${ms.toFixed(1).padStart(6)} ms`;

let isOver = false;
for (const name of (await readdir(DIST)).toSorted()) {
  const runs: (readonly [number, number])[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    runs.push(await importMs(join(DIST, name, 'index.mjs')));
  }
  const wall = middle(runs.map(([ms]) => ms));
  isOver ||= wall > MEDIAN_MS_MAX;
  console.log(
    `${name.padEnd(18)} median ${inMs(wall)} (bound ${MEDIAN_MS_MAX} ms), of that CPU ${inMs(middle(runs.map(([, ms]) => ms)))}`,
  );
}
if (isOver) throw new Error(`an import takes over ${MEDIAN_MS_MAX} ms at the median`);
