/** How long `rehearse --every` takes of 50 appliances and 100 connections, from their capture to the last outcome. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCaptured } from '../lib/cli/captured/account.ts';
import { factsOf } from '../lib/cli/captured/facts.ts';
import { playEvery } from '../lib/cli/rehearse/every/run.ts';
import { takenOf } from '../test/examples/captures.ts';
import { LARGE_ACCOUNT } from './largeAccount.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-rehearse-'));
const file = join(folder, 'account.jsonl');
writeFileSync(file, await takenOf(LARGE_ACCOUNT));
const startedMs = performance.now();
const { facts } = await factsOf(await openCaptured(file, {}));
const outcomes = await playEvery(facts, { hasPairs: false, onDone: () => {} });
const tookS = (performance.now() - startedMs) / 1_000;
rmSync(folder, { recursive: true });

const cpuS = process.cpuUsage().user / 1_000_000;
console.log(
  `rehearse --every of 50 appliances and 100 connections, ${availableParallelism()} threads`,
);
console.log(`  ${outcomes.length} failures: ${tookS.toFixed(0)} s, ${cpuS.toFixed(0)} s of CPU`);
for (const [what, some] of Map.groupBy(outcomes, ({ kind, how }) => `${kind} ${how}`)) {
  const results = [...Map.groupBy(some, ({ result }) => result)];
  console.log(
    `  ${what}: ${results.map(([result, { length }]) => `${length} ${result}`).join(', ')}`,
  );
}
const silent = outcomes.filter(({ notified }) => notified.length === 0);
const crashed = outcomes.filter(({ crashes }) => crashes.length > 0);
console.log(`  not notified: ${silent.length}, crashed: ${crashed.length}`);
