/**
 * A large account on the emulator: how many EC2 calls the whole inventory and a steady minute take, and what the
 * watcher costs in memory and CPU. `node bench/account.ts [SECONDS]` (default 60 measured seconds, twice).
 *
 * CPU is that of the watcher's process alone; the emulator and the probed servers are other processes. What
 * one tick costs (100 probes, observe, assess, plan, notify, with the garbage and the kernel's work that they make) is
 * found by letting a second watcher tick a third as often: all else, the reading of EC2 above all, is the same in both.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccountSpec, Zone } from '../test/lab/account/options.ts';
import { openLab } from '../test/lab/lab.ts';

const APPLIANCES = 100;
const TABLES = 200;
const ROUTES_A_TABLE = 25;
const ZONES: readonly Zone[] = ['a', 'b', 'c'];
const WARM_UP_MS = 10_000;
/** The longest interval that may be set. */
const SLOW_MS = 3_000;
const seconds = Number(process.argv[2] ?? 60);

const reachability = createServer((socket) => socket.on('error', () => socket.destroy()).end());
reachability.listen(0, '127.0.0.1');
await once(reachability, 'listening');
const address = reachability.address();
if (address === null || typeof address === 'string')
  throw new Error('listening on a loopback port');

console.log(
  `building ${APPLIANCES} appliances, ${TABLES} tables, ${TABLES * ROUTES_A_TABLE} routes …`,
);
const lab = await openLab(candidateFor(`tcp:127.0.0.1:${address.port}`));
try {
  const watcher = await lab.startWatcher();
  await until(() => callsBetween(0).some(({ action }) => action === 'DescribeRouteTables'));
  await pause(WARM_UP_MS);
  const inventory = callsBetween(0);
  const firstTables = inventory.findLast(({ action }) => action === 'DescribeSubnets');
  const opening = inventory.filter(
    ({ arrivedAt }) => arrivedAt <= (firstTables?.arrivedAt ?? 0) + 3_000,
  );
  const startedAt = performance.now();
  const second = await measured();
  const steady = callsBetween(startedAt);
  await watcher.kill();
  const slow = await lab.startWatcher({ own: { PROBE_INTERVAL_MS: String(SLOW_MS) } });
  await pause(WARM_UP_MS);
  const slowSecond = await measured();
  await slow.kill();
  const perMinute = (steady.length * 60) / seconds;
  // Ticks that the one has more in a second than the other.
  const moreTicks = 1 - 1_000 / SLOW_MS;
  const figures = {
    fullInventoryCalls: opening.length,
    steadyCallsPerMinute: Math.round(perMinute),
    steadyByAction: tally(steady.map(({ action }) => action)),
    tickCpuMs: rounded((second.cpuMs - slowSecond.cpuMs) / moreTicks),
    secondCpuMs: rounded(second.cpuMs),
    mainThreadMs: rounded(second.mainThreadMs),
    kernelMs: rounded(second.kernelMs),
    rssMb: second.rssMb,
    peakRssMb: second.peakRssMb,
  };
  console.table([
    { figure: 'EC2 calls, full inventory', value: figures.fullInventoryCalls, bound: 60 },
    { figure: 'EC2 calls, steady minute', value: figures.steadyCallsPerMinute, bound: 60 },
    { figure: 'CPU ms of a quiet tick, 100 targets', value: figures.tickCpuMs, bound: 15 },
    { figure: 'CPU ms of a quiet second, all threads', value: figures.secondCpuMs },
    { figure: '- of it, in the main thread', value: figures.mainThreadMs },
    { figure: '- of it, in the kernel', value: figures.kernelMs },
    { figure: 'RSS MB', value: figures.rssMb, bound: 110 },
    { figure: 'peak RSS MB', value: figures.peakRssMb, bound: 110 },
  ]);
  console.log(JSON.stringify(figures));
} finally {
  await lab.close();
  reachability.close();
}

function candidateFor(probe: string): AccountSpec {
  const groups = Array.from({ length: APPLIANCES / 4 }, (_, g) => {
    const appliances = Array.from({ length: 4 }, (_one, a) => ({
      name: `vpn-${g}-${a}`,
      zone: ZONES[a % ZONES.length] ?? 'a',
      probe,
    }));
    const tables = Array.from({ length: TABLES / (APPLIANCES / 4) }, (_one, t) => ({
      zone: ZONES[t % ZONES.length] ?? 'a',
      towards: `vpn-${g}-${t % ZONES.length}`,
      destinations: Array.from(
        { length: ROUTES_A_TABLE },
        (_each, r) => `10.${100 + g}.${t * 25 + r}.0/24`,
      ),
      isTagged: true,
    }));
    return { name: `group-${g}`, appliances, tables };
  });
  return { groups };
}

function callsBetween(since: number) {
  return lab.gateway.calls.filter(
    ({ by, action, arrivedAt }) =>
      by === 'watcher' && arrivedAt >= since && /^(Describe|Get)/.test(action),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 600 && !isSo(); round += 1) await pause(100);
}

/** The one Node child of ours that runs a bundle; Linux only. */
function watcherPid(): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const isOurs = readFileSync(`/proc/${name}/stat`, 'utf8').split(' ')[3] === `${process.pid}`;
      if (isOurs && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('watchAppliances')) {
        return Number(name);
      }
    } catch {
      // It ended between listing and reading.
    }
  }
  throw new Error('finding the watcher among our children: it is not there');
}

interface Cost {
  readonly cpuMs: number;
  readonly mainThreadMs: number;
  readonly kernelMs: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
}

/** CPU a second over the measured seconds; memory at their end. */
async function measured(): Promise<Cost> {
  const pid = watcherPid();
  const before = costOf(pid);
  await pause(seconds * 1_000);
  const after = costOf(pid);
  const aSecond = (key: 'cpuMs' | 'mainThreadMs' | 'kernelMs') =>
    (after[key] - before[key]) / seconds;
  return {
    ...after,
    cpuMs: aSecond('cpuMs'),
    mainThreadMs: aSecond('mainThreadMs'),
    kernelMs: aSecond('kernelMs'),
  };
}

/** Since the process began. */
function costOf(pid: number): Cost {
  const whole = ticksOf(`/proc/${pid}/stat`);
  const main = ticksOf(`/proc/${pid}/task/${pid}/stat`);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (key: string) =>
    Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024);
  return {
    cpuMs: whole.user + whole.kernel,
    mainThreadMs: main.user + main.kernel,
    kernelMs: whole.kernel,
    rssMb: mb('VmRSS'),
    peakRssMb: mb('VmHWM'),
  };
}

/** The kernel counts in hundredths of a second. */
function ticksOf(path: string): { user: number; kernel: number } {
  const stat = readFileSync(path, 'utf8').split(' ');
  return { user: Number(stat[13]) * 10, kernel: Number(stat[14]) * 10 };
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
