/**
 * Measures the probes against servers in another process: `node bench/probes.ts [PROBES]`, 100,000 by default.
 * Prints what is left open afterwards, memory, and this process's CPU for a quiet tick of 100 targets.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ProbeKeys } from '../lib/probe/keys.ts';
import { ikeSaInit } from '../lib/probe/kinds/ike.ts';
import { OPEN_SOCKETS_MAX, probeAll } from '../lib/probe/probeAll.ts';
import type { ProbeTarget } from '../lib/probe/types.ts';
import { never } from '../test/probe/peer.ts';
import { testKeys } from '../test/probe/testKeys.ts';
import {
  leftOpen,
  openTestPorts,
  openThings,
  probeAround,
  type TestPorts,
} from '../test/probe/testPorts.ts';

const TEST_PORTS = 'town';
const TARGETS = 100;
const TICKS = 100;

await (process.argv[2] === TEST_PORTS ? keepTown() : bench(Number(process.argv[2] ?? 100_000)));

async function bench(probeCount: number): Promise<void> {
  const keeper = spawn(process.execPath, [import.meta.filename, TEST_PORTS], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = await once(keeper.stdout, 'data');
  const testPorts: TestPorts = { ...JSON.parse(String(said)), closeAll: async () => undefined };

  const keys = testKeys(testPorts.keyTexts);
  await measureTick('all kinds', testPorts.alive, keys);
  for (const target of testPorts.alive) await measureTick(target.kind, [target], keys);
  measureRequest();
  await measureLeaks(testPorts, probeCount);

  keeper.stdin.end();
  await once(keeper, 'exit');
}

/** The servers, until the process that started them ends it. */
async function keepTown(): Promise<void> {
  const testPorts = await openTestPorts();
  console.log(JSON.stringify(testPorts));
  await once(process.stdin.resume(), 'end');
  await testPorts.closeAll();
}

async function measureTick(
  name: string,
  clients: readonly ProbeTarget[],
  keys: ProbeKeys,
): Promise<void> {
  const targets = Array.from({ length: TARGETS / clients.length }, () => clients).flat();
  let upCount = 0;
  const tick = () =>
    probeAll(
      { targets, timeoutMs: 5_000 },
      ({ result }) => {
        if (result.kind === 'up') upCount += 1;
      },
      never,
      OPEN_SOCKETS_MAX,
      keys,
    );
  const coldMs = await cpuMsOf(tick);
  for (let count = 0; count < TICKS; count += 1) await tick();
  upCount = 0;
  const warm: number[] = [];
  for (let count = 0; count < TICKS; count += 1) warm.push(await cpuMsOf(tick));
  warm.sort((a, b) => a - b);
  const [half, most] = [warm[TICKS / 2] ?? 0, warm[TICKS * 0.95] ?? 0];
  console.log(
    `tick of ${targets.length} targets, ${name}: CPU ${half.toFixed(1)} ms at the median, ` +
      `${most.toFixed(1)} ms at the 95th percentile, ${coldMs.toFixed(1)} ms the first time; ` +
      `${upCount} of ${TICKS * targets.length} up`,
  );
}

function measureRequest(): void {
  const requests = 20_000;
  const before = process.cpuUsage();
  for (let count = 0; count < requests; count += 1) ikeSaInit();
  const { user, system } = process.cpuUsage(before);
  console.log(`one IKE request, keys included: CPU ${((user + system) / requests).toFixed(1)} µs`);
}

async function measureLeaks(testPorts: TestPorts, probeCount: number): Promise<void> {
  await probeAround(testPorts, 1_000, 200);
  const before = await openThings();
  const rssBefore = rssMb();
  const cpuBefore = process.cpuUsage();
  const outcomes = await probeAround(testPorts, probeCount, 200);
  const { user, system } = process.cpuUsage(cpuBefore);
  const { sockets, timers, descriptors } = leftOpen(before, await openThings(before));
  console.log(`${probeCount} probes: ${JSON.stringify(outcomes)}`);
  console.log(
    `left open: ${sockets} sockets, ${timers} timers, ${descriptors} descriptors; ` +
      `RSS ${rssBefore} MB before, ${rssMb()} MB after; CPU ${((user + system) / 1_000 / probeCount).toFixed(3)} ms a probe`,
  );
}

async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function rssMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}
