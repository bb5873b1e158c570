/** A mix of doors of every kind and outcome, to knock on in great numbers: for the leak test and the bench. */
import { readdirSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { PROBE_KINDS } from '../../lib/probe/kinds.ts';
import { probeAll } from '../../lib/probe/probeAll.ts';
import type { ProbeAnswer, ProbeTarget } from '../../lib/probe/types.ts';
import { aTarget, openPeers } from './peer.ts';
import { framed, ikeReply, openvpnReply, radiusReply } from './replies.ts';
import { SEALS, sealedServer } from './sealedOpenvpn.ts';
import { selfSigned } from './selfSigned.ts';
import { testKeys } from './testKeys.ts';
import { wireguardDaemon } from './wireguardDaemon.ts';

export interface TestPorts {
  /** Those that answer up. */
  readonly alive: readonly ProbeTarget[];
  /** Those that say no at once. */
  readonly refusing: readonly ProbeTarget[];
  /** Both, the same where all is silent, and one that cannot be knocked at. */
  readonly all: readonly ProbeTarget[];
  /** What their keys hold, by name. */
  readonly keyTexts: Readonly<Record<string, string>>;
  closeAll(): Promise<void>;
}

export async function openTestPorts(): Promise<TestPorts> {
  const host = '127.0.0.1';
  const peers = openPeers();
  const alert = Buffer.from('15030300020228', 'hex');
  const daemon = wireguardDaemon(true);
  const keyName = '/test/wireguard';
  const sealed = await Promise.all(
    SEALS.map(async (name) => {
      const server = sealedServer(name);
      const port = await peers.udp(host, (packet, _copy, send) => {
        const answer = server.answer(packet);
        if (answer !== null) send(answer);
      });
      const target = { ...aTarget('openvpn', host, port), keyName: `/test/${name}` };
      return { target, keyText: server.keyText };
    }),
  );
  const secret = 'of a test';
  const page: RequestListener = (_request, response) => response.end('UP');
  const alive = [
    aTarget('tcp', host, await peers.tcp(host, () => undefined)),
    aTarget(
      'tls',
      host,
      await peers.tcp(host, (socket) => socket.on('data', () => socket.write(alert))),
    ),
    aTarget('ike', host, await peers.udp(host, (packet, _copy, send) => send(ikeReply(packet)))),
    aTarget(
      'openvpn',
      host,
      await peers.udp(host, (packet, _copy, send) => send(openvpnReply(packet))),
    ),
    aTarget(
      'openvpn-tcp',
      host,
      await peers.tcp(host, (socket) =>
        socket.on('data', (chunk) => socket.write(framed(openvpnReply(chunk.subarray(2))))),
      ),
    ),
    {
      ...aTarget(
        'wireguard',
        host,
        await peers.udp(host, (packet, _copy, send) => {
          const answer = daemon.answer(packet);
          if (answer !== null) send(answer);
        }),
      ),
      keyName,
    },
    aTarget('http', host, await peers.serve(host, createHttp(page))),
    aTarget('https', host, await peers.serve(host, createHttps(selfSigned(), page))),
    ...sealed.map(({ target }) => target),
    {
      ...aTarget(
        'radius',
        host,
        await peers.udp(host, (packet, _copy, send) => send(radiusReply(packet, secret))),
      ),
      keyName: '/test/radius',
    },
  ];
  const closed = { tcp: await peers.closed(host, 'tcp'), udp: await peers.closed(host, 'udp') };
  const silent = {
    tcp: await peers.tcp(host, () => undefined),
    udp: await peers.udp(host, () => undefined),
  };
  const hungUp = await peers.tcp(host, (socket) => socket.end());
  const twins = (ports: typeof closed): readonly ProbeTarget[] =>
    alive.map((target) => ({ ...target, port: ports[PROBE_KINDS[target.kind].protocol] }));
  const refusing = [...twins(closed), aTarget('tls', host, hungUp)];
  const all = [...alive, ...refusing, ...twins(silent), aTarget('tcp', 'nowhere', 1)];
  const keyTexts = {
    [keyName]: daemon.keyText,
    '/test/radius': `Secret = ${secret}`,
    ...Object.fromEntries(sealed.map(({ target, keyText }) => [target.keyName, keyText])),
  };
  return { alive, refusing, all, keyTexts, closeAll: peers.closeAll };
}

const BATCH = 500;

/**
 * Knocks `count` times, in batches: on those that answer, on those that refuse, and on all with a short timeout, of
 * which every other batch is aborted on its way. How often each outcome came.
 */
export async function probeAround(
  testPorts: Omit<TestPorts, 'closeAll'>,
  count: number,
  openSocketsMax: number,
): Promise<Readonly<Record<string, number>>> {
  const outcomes: Record<string, number> = {};
  const keys = testKeys(testPorts.keyTexts);
  const keep = ({ key, result }: ProbeAnswer) => {
    const outcome = `${key.split(' ')[0]} ${result.kind}`;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const scriptRuns = [
    { endpointProbes: testPorts.alive, timeoutMs: 60_000, isAborted: false },
    { endpointProbes: testPorts.refusing, timeoutMs: 60_000, isAborted: false },
    { endpointProbes: testPorts.all, timeoutMs: 40, isAborted: false },
    { endpointProbes: testPorts.all, timeoutMs: 60_000, isAborted: true },
  ];
  for (let done = 0, batch = 0; done < count; done += BATCH, batch += 1) {
    const { endpointProbes, timeoutMs, isAborted } = at(scriptRuns, batch);
    const size = Math.min(BATCH, count - done);
    const targets = Array.from({ length: size }, (_, index) => at(endpointProbes, index));
    const stop = new AbortController();
    const stopper = isAborted ? setTimeout(() => stop.abort(), 20) : undefined;
    await probeAll({ targets, timeoutMs }, keep, stop.signal, openSocketsMax, keys);
    clearTimeout(stopper);
  }
  return outcomes;
}

/** Sockets and timers that node holds, and file descriptors (-1 where the system does not list them). */
export interface OpenThings {
  readonly sockets: number;
  readonly timers: number;
  readonly descriptors: number;
}

/** What is open after beyond what was before; all zero is well. */
export const leftOpen = (before: OpenThings, after: OpenThings): OpenThings => ({
  sockets: Math.max(0, after.sockets - before.sockets),
  timers: Math.max(0, after.timers - before.timers),
  descriptors: Math.max(0, after.descriptors - before.descriptors),
});

export const NOTHING: OpenThings = { sockets: 0, timers: 0, descriptors: 0 };

/** Counts once things have settled: what is being closed, or is not yet down to `until`, gets 5 s to go. */
export async function openThings(until?: OpenThings): Promise<OpenThings> {
  for (let left = until === undefined ? 10 : 500; ; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = countOpen();
    if (left === 0 || (until !== undefined && isNoMore(now, until))) return now;
  }
}

const isNoMore = (now: OpenThings, until: OpenThings): boolean =>
  now.sockets <= until.sockets &&
  now.timers <= until.timers &&
  now.descriptors <= until.descriptors;

function countOpen(): OpenThings {
  const held = process.getActiveResourcesInfo();
  return {
    sockets: held.filter((name) => /TCP|UDP|Pipe/.test(name)).length,
    timers: held.filter((name) => name === 'Timeout').length,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : -1,
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
