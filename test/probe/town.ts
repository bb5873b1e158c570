/** A mix of doors of every kind and outcome, to knock on in great numbers: for the leak test and the bench. */
import { readdirSync } from 'node:fs';
import type { KnockAnswer, ProbeTarget } from '../../lib/model/probe.ts';
import { knockAll } from '../../lib/probe/knockAll.ts';
import { aTarget, freePort, openPeers } from './peer.ts';
import { framed, ikeReply, openvpnReply } from './replies.ts';

export interface Town {
  /** Those that answer up. */
  readonly alive: readonly ProbeTarget[];
  readonly all: readonly ProbeTarget[];
  closeAll(): Promise<void>;
}

export async function openTown(): Promise<Town> {
  const host = '127.0.0.1';
  const peers = openPeers();
  const alert = Buffer.from('15030300020228', 'hex');
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
  ];
  const hungUp = await peers.tcp(host, (socket) => socket.end());
  const silentTcp = await peers.tcp(host, () => undefined);
  const silentUdp = await peers.udp(host, () => undefined);
  const closedTcp = await freePort(host, 'tcp');
  const closedUdp = await freePort(host, 'udp');
  const dead = [
    aTarget('tcp', host, closedTcp),
    aTarget('tls', host, hungUp),
    aTarget('tls', host, silentTcp),
    aTarget('ike', host, closedUdp),
    aTarget('ike', host, silentUdp),
    aTarget('openvpn', host, closedUdp),
    aTarget('openvpn-tcp', host, closedTcp),
    aTarget('tcp', 'nowhere', 1),
  ];
  return { alive, all: [...alive, ...dead], closeAll: peers.closeAll };
}

const BATCH = 500;

/** Knocks `count` times around the whole town; every fifth batch is aborted on its way. How often each outcome came. */
export async function knockAround(
  town: Town,
  count: number,
  openSocketsMax: number,
): Promise<Readonly<Record<string, number>>> {
  const outcomes: Record<string, number> = {};
  for (let done = 0, batch = 1; done < count; done += BATCH, batch += 1) {
    const size = Math.min(BATCH, count - done);
    const targets = Array.from({ length: size }, (_, index) => at(town.all, index));
    const stop = new AbortController();
    const keep = ({ key, knock }: KnockAnswer) => {
      const outcome = `${key.split(' ')[0]} ${knock.kind}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    };
    const stopper = batch % 5 === 0 ? setTimeout(() => stop.abort(), 20) : undefined;
    await knockAll({ targets, timeoutMs: 40 }, keep, stop.signal, openSocketsMax);
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
