/**
 * What the watcher costs on bad lines: 120 targets, 18 of which refuse connections now and then, each for 1 to 4 s in
 * every 5 to 16 s. `node bench/flapping.ts [SECONDS]` (default 60 for each setting).
 *
 * CPU is that of the watcher's process alone; passes are what it planned, on its rhythm and on news.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AccountSpec, Zone } from '../test/lab/account/options.ts';
import { openLab } from '../test/lab/lab.ts';
import { pause } from '../test/lab/pause.ts';

const GROUPS = 30;
const BAD_COUNT = 18;
const WARM_UP_MS = 10_000;
const ZONES: readonly Zone[] = ['a', 'b', 'c', 'a'];
const SETTINGS = {
  default: {},
  fast: {
    PROBE_INTERVAL_MS: '200',
    PROBE_TIMEOUT_MS: '200',
    SILENCE_INSIDE_MS: '800',
    SILENCE_OUTSIDE_MS: '800',
  },
} as const;

const seconds = Number(process.argv[2] ?? 60);

async function main(): Promise<void> {
  const well = await listening(createServer(), 0);
  const bad = await Promise.all(
    Array.from({ length: BAD_COUNT }, () => listening(createServer(), 0)),
  );
  const lab = await openLab(accountOf(portOf(well), bad.map(portOf)));
  try {
    for (const [name, own] of Object.entries(SETTINGS)) {
      const watcher = await lab.startWatcher({ own, signer: name });
      await pause(WARM_UP_MS);
      const quietMs = await cpuMsOf(watcher.pid, seconds);
      const ends = new AbortController();
      const flapping = bad.map((server) => flap(server, ends.signal));
      await pause(WARM_UP_MS);
      const badMs = await cpuMsOf(watcher.pid, seconds);
      ends.abort();
      await Promise.all(flapping);
      const { ticks } = await watcher.end();
      const passesASecond = Number(ticks) / (2 * (seconds + WARM_UP_MS / 1_000));
      console.log(JSON.stringify({ name, quietMs, badMs, passesASecond }));
    }
  } finally {
    await lab.close();
    for (const server of [well, ...bad]) server.close();
  }
}

async function listening(server: Server, port: number): Promise<Server> {
  server.removeAllListeners('connection');
  server.on('connection', (socket) => socket.on('error', () => socket.destroy()).end());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
};

async function flap(server: Server, signal: AbortSignal): Promise<void> {
  const port = portOf(server);
  while (!signal.aborted) {
    await pause(randomInt(4_000, 12_000));
    server.close();
    await pause(randomInt(1_000, 4_000));
    await listening(server, port);
  }
}

/** The bad ones are spread over the groups, so that each has others that are well. */
function accountOf(wellPort: number, badPorts: readonly number[]): AccountSpec {
  return {
    groups: Array.from({ length: GROUPS }, (_, g) => ({
      name: `group-${g}`,
      appliances: ZONES.map((zone, a) => ({
        name: `vpn-${g}-${a}`,
        zone,
        probe: `tcp:127.0.0.1:${a === 0 ? (badPorts[g] ?? wellPort) : wellPort}`,
      })),
      tables: [
        {
          zone: 'a',
          towards: `vpn-${g}-0`,
          destinations: Array.from({ length: 10 }, (_one, r) => `10.${100 + g}.${r}.0/24`),
          isTagged: true,
        },
      ],
    })),
  };
}

/** CPU milliseconds a second, user and kernel. */
async function cpuMsOf(pid: number, forSeconds: number): Promise<number> {
  const ticks = () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    return (Number(stat[13]) + Number(stat[14])) * 10;
  };
  const before = ticks();
  await pause(forSeconds * 1_000);
  return Math.round((ticks() - before) / forSeconds);
}

await main();
