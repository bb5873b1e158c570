/** Scripted far sides on loopback, over real sockets, for the tests of probes. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult, ProbeTarget } from '../../lib/probe/types.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
export const LOOPBACKS: readonly string[] = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

export type Reply = (bytes: Uint8Array) => void;

/** All that it opened is closed by `closeAll`, which belongs into an `afterEach`. */
export function openPeers() {
  const closers: (() => Promise<void>)[] = [];

  /** Calls `answer` for each datagram, with how often this very content has come. */
  const udp = async (
    host: string,
    answer: (packet: Buffer, copy: number, reply: Reply) => void,
    port = 0,
  ): Promise<number> => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const copies = new Map<string, number>();
    socket.on('message', (packet, from) => {
      const content = packet.toString('latin1');
      const copy = (copies.get(content) ?? 0) + 1;
      copies.set(content, copy);
      answer(packet, copy, (bytes) => socket.send(bytes, from.port, from.address, () => undefined));
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, host, resolve);
    });
    closers.push(() => new Promise((resolve) => socket.close(() => resolve())));
    return socket.address().port;
  };

  /** Any server of `node:net`'s kind, so also one of `node:tls`. */
  const serve = async (host: string, server: Server): Promise<number> => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen({ port: 0, host }, resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    });
    return portOf(server);
  };

  const tcp = (host: string, onSocket: (socket: Socket) => void): Promise<number> =>
    serve(
      host,
      createServer((socket) => {
        onSocket(socket);
        // Unread bytes would hide that the other side hung up.
        socket.resume();
      }),
    );

  /** A port that refuses: nothing listens on it, and a socket of ours holds it, so that nothing else comes to. */
  const closed = (host: string, over: 'tcp' | 'udp'): Promise<number> =>
    over === 'tcp' ? closedTcp(host) : closedUdp(host);

  /** An accepted connection keeps its server's port when the server has gone. */
  const closedTcp = async (host: string): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ port: 0, host }, resolve));
    const port = portOf(server);
    const caller = connect({ port, host });
    const [accepted] = await once(server, 'connection');
    closers.push(async () => {
      caller.destroy();
      accepted.destroy();
    });
    server.close();
    return port;
  };

  /** A connected socket hears nobody else: what others send there is refused. */
  const closedUdp = async (host: string): Promise<number> => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => socket.bind(0, host, resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.connect(port, host, () => resolve()));
    closers.push(() => new Promise((resolve) => socket.close(() => resolve())));
    return port;
  };

  const closeAll = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((close) => close()));
  };
  return { udp, tcp, serve, closed, closeAll };
}

export const aTarget = (kind: ProbeKind, address: string, port: number): ProbeTarget => ({
  key: `${kind} ${address} ${port}`,
  kind,
  address,
  port,
});

export const never: AbortSignal = new AbortController().signal;

/**
 * Asks until the answer is about the far side: a knock under which this very process stalled says nothing about it, and a
 * busy machine stalls by itself. Throws after `TRIES_MAX`, so that a prober which always pleads a stall is found out.
 */
export async function askAwake(ask: () => Promise<ProbeResult>): Promise<ProbeResult> {
  for (let count = 0; count < TRIES_MAX; count += 1) {
    const answer = await ask();
    if (!isStall(answer)) return answer;
  }
  throw new Error(`this process stalled under each of ${TRIES_MAX} knocks`);
}

const TRIES_MAX = 20;

export const probeAwake = (target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> =>
  askAwake(() => result(target, timeoutMs, never));

export const isStall = (answer: ProbeResult): boolean =>
  answer.kind === 'unknown' && answer.why.startsWith('this process stalled');

/** Stands still, as a long computation or a frozen machine does. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Lets the event loop go round, so that what is under way gets out. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}
