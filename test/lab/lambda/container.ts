/** Starts, invokes and ends one Lambda container of the lab. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { until } from '../pause.ts';
import type { HostOrder, HostReport } from './hostMain.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'lab-host-'));
process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true }));

/** As plain JavaScript: Node's own reading of TypeScript would add 18 MB to each container, which Lambda has no part in. */
const HOST = plainHost(fileURLToPath(new URL('hostMain.ts', import.meta.url)));

function plainHost(source: string): string {
  const { code } = transformSync(readFileSync(source, 'utf8'), { loader: 'ts', format: 'esm' });
  const path = join(FOLDER, 'hostMain.mjs');
  writeFileSync(path, code);
  return path;
}

/** A program that runs Node in a network namespace; each step replaces itself with the next, so that the pid stays. */
function nodeInside(namespace: string): string {
  const path = join(FOLDER, `node-${namespace}`);
  const search = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
  const script = `#!/bin/sh\n${search} exec ip netns exec ${namespace} ${process.execPath} "$@"\n`;
  if (!existsSync(path)) writeFileSync(path, script, { mode: 0o755 });
  return path;
}

export const bundleOf = (name: string): string =>
  fileURLToPath(new URL(`../../../dist/${name}/index.mjs`, import.meta.url));

export interface Container {
  readonly pid: number;
  /** Resolves with what the handler resolved with. @throws when the handler threw or the process died. */
  invoke(event: unknown, remainingMs: number): Promise<unknown>;
  /** The running invocation sees its time run out: it has 2 s left, less than a watcher starts a tick with. */
  hurry(): void;
  /** Ended without warning, as Lambda does with a function that has run out of time. */
  kill(): Promise<void>;
  /** What it held in memory at most, as Linux counts it. */
  peakMib(): number;
  /** Everything it wrote to standard output and standard error. */
  log(): string;
}

export interface Place {
  /** Absent: the one of the last build. */
  readonly bundle?: string;
  /** The network namespace that it runs in; absent: this process's. */
  readonly namespace?: string | undefined;
}

/** Resolves once the bundle is imported. `env` is the whole environment: nothing of ours leaks in. */
export async function startContainer(
  functionName: string,
  env: Readonly<Record<string, string>>,
  { bundle = bundleOf(functionName), namespace }: Place = {},
): Promise<Container> {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`npm run build\` first`);
  const child = fork(HOST, [bundle], {
    env: { ...env },
    execArgv: [],
    silent: true,
    ...(namespace === undefined ? {} : { execPath: nodeInside(namespace) }),
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const reports = inbox(child, () => said.join(''));
  await reports();
  if (child.pid === undefined) throw new Error(`starting ${functionName}: it has no process id`);
  return {
    pid: child.pid,
    invoke: async (event, remainingMs) => {
      const answer = reports();
      order(child, { kind: 'invoke', event, remainingMs });
      const answered = await answer;
      switch (answered.kind) {
        case 'returned':
          return answered.value;
        case 'threw':
          throw new Error(`${functionName}: ${answered.errorType}: ${answered.errorMessage}`);
        case 'ready':
          throw new Error(`${functionName}: ready twice`);
        default:
          return answered satisfies never;
      }
    },
    hurry: () => order(child, { kind: 'hurry', remainingMs: 2_000 }),
    kill: async () => {
      child.kill('SIGKILL');
      await until(
        'the container to end',
        () => child.exitCode !== null || child.signalCode !== null,
      );
    },
    peakMib: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
    },
    log: () => said.join(''),
  };
}

/** One report for each call, in order; rejects when the process ends first. */
function inbox(child: ChildProcess, log: () => string): () => Promise<HostReport> {
  const arrived: HostReport[] = [];
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  child.on('message', (report: HostReport) => arrived.push(report));
  return async () => {
    for (;;) {
      const next = arrived.shift();
      if (next !== undefined) return next;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(
          `the container ended (${child.exitCode ?? child.signalCode}): ${log().slice(-4_000)}`,
        );
      }
      await once(child, 'message', { signal: ended.signal }).catch(() => null);
    }
  };
}

function order(child: ChildProcess, what: HostOrder): void {
  if (child.connected) child.send(what);
}
