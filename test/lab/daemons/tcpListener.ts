/** An appliance's daemon as a plain TCP listener on loopback: it can die (refused), fall silent, and come back. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from '../pause.ts';
import { freePort } from '../ports.ts';

const MAIN = fileURLToPath(new URL('listenerMain.ts', import.meta.url));

export interface TcpDaemon {
  readonly port: number;
  /** The tag value that probes it. */
  readonly probe: string;
  /** Connections accepted so far, over all its lives. */
  probeCount(): number;
  /** Killed without warning: connections are refused. Resolves with the instant, by `performance.now()`. */
  kill(): Promise<number>;
  /** The host goes silent: connections are neither accepted nor refused, every SYN is dropped. Instant as above. */
  silence(): Promise<number>;
  /** Connections are refused, as when it is killed, but it can be back at once: nothing has to start for that. */
  refuse(): Promise<void>;
  /** Back, at the same port, after any of these. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `backlog`: how many connections may wait to be accepted. One that many appliances share is knocked on many times at
 * once and wants more, or the kernel drops some; few make it quick to silence.
 */
export async function startTcpDaemon(backlog = 8): Promise<TcpDaemon> {
  const port = await freePort();
  let probeCount = 0;
  const born = async (): Promise<ChildProcess> => {
    const fresh = await start(port, backlog);
    fresh.on('message', (word) => {
      if (word === 'probed') probeCount += 1;
    });
    return fresh;
  };
  let child: ChildProcess | null = await born();
  let fillers: readonly Socket[] = [];
  let isRefusing = false;

  const kill = async (): Promise<number> => {
    for (const socket of fillers) socket.destroy();
    fillers = [];
    const dying = child;
    child = null;
    isRefusing = false;
    const at = performance.now();
    if (dying !== null && dying.exitCode === null && dying.signalCode === null) {
      dying.kill('SIGKILL');
      await once(dying, 'exit');
    }
    return at;
  };

  return {
    port,
    probe: `tcp:127.0.0.1:${port}`,
    probeCount: () => probeCount,
    kill,
    refuse: async () => {
      isRefusing = true;
      await notified(child, 'refuse', 'refusing');
    },
    silence: async () => {
      const at = performance.now();
      child?.kill('SIGSTOP');
      fillers = await fillBacklog(port, backlog);
      return at;
    },
    revive: async () => {
      for (const socket of fillers) socket.destroy();
      fillers = [];
      if (child === null) child = await born();
      else if (isRefusing) {
        await notified(child, 'listen', 'listening');
        isRefusing = false;
      } else {
        child.kill('SIGCONT');
        await untilDrained(port);
      }
    },
    close: async () => {
      await kill();
    },
  };
}

async function start(port: number, backlog: number): Promise<ChildProcess> {
  const child = fork(MAIN, [String(port), String(backlog)], { env: {}, execArgv: [] });
  const [word] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (word !== 'listening') throw new Error(`starting a TCP listener at 127.0.0.1:${port}`);
  return child;
}

/** Says a word to it and waits for its answer. */
async function notified(child: ChildProcess | null, word: string, answer: string): Promise<void> {
  if (child === null) throw new Error(`telling a dead TCP listener to ${word}`);
  const answered = new Promise<void>((resolve) => {
    const listen = (said: unknown) => {
      if (said !== answer) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
  });
  child.send(word);
  await answered;
}

/**
 * A stopped process still has its connections accepted by the kernel until its queue is full; then the kernel drops
 * every SYN, and the port is as silent as a dead host, without root. Resolves once that is so.
 */
async function fillBacklog(port: number, backlog: number): Promise<readonly Socket[]> {
  const fillers = Array.from({ length: backlog + 8 }, () => {
    const socket = connect(port, '127.0.0.1');
    return socket.on('error', () => socket.destroy());
  });
  // The kernel takes one more than the backlog says.
  await until(
    `the queue of 127.0.0.1:${port} to be full`,
    async () => (await waitingCount(port)) > backlog,
  );
  return fillers;
}

/** A process that goes on after a stop has its queue to work off first; the kernel says how long that is. */
const untilDrained = (port: number): Promise<true> =>
  until(`127.0.0.1:${port} to accept what waits`, async () => (await waitingCount(port)) === 0);

/** How many connections wait to be accepted; not a number when nobody listens. */
async function waitingCount(port: number): Promise<number> {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // State 0A listens; for a listener the second queue counts the connections that wait to be accepted.
  const waiting = new RegExp(`${local} \\S+ 0A \\w+:(\\w+) `);
  const match = waiting.exec(await readFile('/proc/net/tcp', 'utf8'));
  return Number.parseInt(match?.[1] ?? '', 16);
}
