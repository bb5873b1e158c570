/**
 * Measures each kind of probe against servers in another process: `node bench/probes.ts [ROUNDS [NAME]]`, 100,000 rounds
 * by default; a name is a kind's, or `openvpn tls-crypt` and so on. Prints this process's CPU for one answered probe, and
 * what the rounds of all outcomes leave: answered, refused, silent, aborted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

const SERVERS = 'servers';
const TARGETS = 100;
const TICKS = 100;
const AT_ONCE = 200;

await (process.argv[2] === SERVERS
  ? keepServers()
  : bench(Number(process.argv[2] ?? 100_000), process.argv.slice(3).join(' ')));

async function bench(rounds: number, only: string): Promise<void> {
  const servers = spawn(process.execPath, [import.meta.filename, SERVERS], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = await once(servers.stdout, 'data');
  const testPorts: Omit<TestPorts, 'closeAll'> = JSON.parse(String(said));
  const names = [...new Set(testPorts.alive.map(nameOf))];
  console.log(
    '| kind | CPU of an answered probe, half / 95th | heap before / after | left: sockets, timers, descriptors |\n|---|---|---|---|',
  );
  for (const name of names) {
    if (only !== '' && only !== name) continue;
    const of = (targets: readonly ProbeTarget[]) => targets.filter((one) => nameOf(one) === name);
    const own = {
      alive: of(testPorts.alive),
      refusing: of(testPorts.refusing),
      all: of(testPorts.all),
      keyTexts: testPorts.keyTexts,
    };
    const cpu = await measureTicks(own);
    console.log(`| ${name} | ${cpu} | ${await measureLeaks(own, rounds)} |`);
  }
  servers.stdin.end();
  await once(servers, 'exit');
}

/** Until the process that started them ends it. */
async function keepServers(): Promise<void> {
  const testPorts = await openTestPorts();
  console.log(JSON.stringify(testPorts));
  await once(process.stdin.resume(), 'end');
  await testPorts.closeAll();
}

function nameOf({ kind, keyName }: ProbeTarget): string {
  const seal = keyName?.slice('/test/'.length) ?? kind;
  return seal === kind ? kind : `${kind} ${seal}`;
}

/** Of rounds in which every target answers. */
async function measureTicks({
  alive,
  keyTexts,
}: Pick<TestPorts, 'alive' | 'keyTexts'>): Promise<string> {
  const keys = testKeys(keyTexts);
  const targets = Array.from({ length: TARGETS }, () => alive).flat();
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
  for (let count = 0; count < TICKS; count += 1) await tick();
  upCount = 0;
  const each: number[] = [];
  for (let count = 0; count < TICKS; count += 1) each.push((await cpuUsOf(tick)) / targets.length);
  if (upCount !== TICKS * targets.length) throw new Error(`only ${upCount} were up`);
  each.sort((a, b) => a - b);
  return [TICKS / 2, TICKS * 0.95].map((at) => `${Math.round(each[at] ?? 0)} µs`).join(' / ');
}

async function measureLeaks(own: Omit<TestPorts, 'closeAll'>, rounds: number): Promise<string> {
  await probeAround(own, 2_000, AT_ONCE);
  const before = await openThings();
  const heapBefore = heapMb();
  await probeAround(own, rounds, AT_ONCE);
  const { sockets, timers, descriptors } = leftOpen(before, await openThings(before));
  return `${heapBefore} / ${heapMb()} MB | ${sockets}, ${timers}, ${descriptors}`;
}

async function cpuUsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** After a full collection. */
function heapMb(): string {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1);
}
