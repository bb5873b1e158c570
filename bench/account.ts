/**
 * A large account on the emulator: how many EC2 calls the whole inventory and a steady minute take, and what the
 * watcher costs in memory and CPU. `node bench/account.ts [SECONDS]` (default 60 measured seconds).
 */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccountWish, Zone } from '../test/lab/account/wish.ts';
import { openLab } from '../test/lab/lab.ts';

const APPLIANCES = 100;
const TABLES = 200;
const ROUTES_A_TABLE = 25;
const ZONES: readonly Zone[] = ['a', 'b', 'c'];
const seconds = Number(process.argv[2] ?? 60);

const door = createServer((socket) => socket.on('error', () => socket.destroy()).end());
door.listen(0, '127.0.0.1');
await once(door, 'listening');
const address = door.address();
if (address === null || typeof address === 'string')
  throw new Error('listening on a loopback port');

console.log(
  `building ${APPLIANCES} appliances, ${TABLES} tables, ${TABLES * ROUTES_A_TABLE} routes …`,
);
const lab = await openLab(wishFor(`tcp:127.0.0.1:${address.port}`));
try {
  const watcher = await lab.startWatcher();
  await until(() => callsBetween(0).some(({ action }) => action === 'DescribeRouteTables'));
  await pause(10_000);
  const inventory = callsBetween(0);
  const firstTables = inventory.findLast(({ action }) => action === 'DescribeSubnets');
  const opening = inventory.filter(
    ({ arrivedAt }) => arrivedAt <= (firstTables?.arrivedAt ?? 0) + 3_000,
  );
  const startedAt = performance.now();
  const before = costOf(watcherPid());
  await pause(seconds * 1_000);
  const after = costOf(watcherPid());
  const steady = callsBetween(startedAt);
  const perMinute = (steady.length * 60) / seconds;
  const figures = {
    fullInventoryCalls: opening.length,
    steadyCallsPerMinute: Math.round(perMinute),
    steadyByAction: tally(steady.map(({ action }) => action)),
    cpuMsPerTick: Number(((after.cpuMs - before.cpuMs) / seconds).toFixed(1)),
    rssMb: after.rssMb,
    peakRssMb: after.peakRssMb,
  };
  console.table([
    { figure: 'EC2 calls, full inventory', value: figures.fullInventoryCalls, bound: 60 },
    { figure: 'EC2 calls, steady minute', value: figures.steadyCallsPerMinute, bound: 60 },
    { figure: 'CPU ms of a quiet second, 100 targets', value: figures.cpuMsPerTick, bound: 15 },
    { figure: 'RSS MB', value: figures.rssMb, bound: 110 },
    { figure: 'peak RSS MB', value: figures.peakRssMb, bound: 110 },
  ]);
  console.log(JSON.stringify(figures));
  await watcher.end();
} finally {
  await lab.close();
  door.close();
}

function wishFor(probe: string): AccountWish {
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
      // It ended between the listing and the look.
    }
  }
  throw new Error('finding the watcher among our children: it is not there');
}

function costOf(pid: number): { cpuMs: number; rssMb: number; peakRssMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (key: string) =>
    Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024);
  // The kernel counts in hundredths of a second.
  return {
    cpuMs: (Number(stat[13]) + Number(stat[14])) * 10,
    rssMb: mb('VmRSS'),
    peakRssMb: mb('VmHWM'),
  };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
