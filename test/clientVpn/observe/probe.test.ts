/** Goal: an endpoint is judged as a client would find it, and a failure of our own DNS is never the endpoint's. Method: real sockets and a real DNS server on loopback. */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from '@jest/globals';
import { probeEndpoint } from '../../../lib/clientVpn/observe/probe.ts';
import type { EndpointReachability } from '../../../lib/clientVpn/types/endpoint.ts';
import { type Found, lookUp } from '../../../lib/probe/name.ts';
import type { ProbeResult } from '../../../lib/probe/types.ts';
import { type DnsAnswer, startDns } from '../../probe/dnsServer.ts';
import { askAwake, openPeers } from '../../probe/peer.ts';
import { framed, openvpnReply } from '../../probe/replies.ts';

const peers = openPeers();
afterEach(peers.closeAll);
const { signal } = new AbortController();

/** For a far side that answers: what it does not do is never waited for. */
const PATIENT_MS = 10_000;

/** As a client meets it, by a process that was awake. */
const probedAwake = (
  at: EndpointReachability,
  timeoutMs: number,
  find: (name: string) => Promise<Found>,
): Promise<ProbeResult> => askAwake(() => probeEndpoint(at, timeoutMs, signal, find));

const at = (...addresses: readonly string[]) => {
  const names: string[] = [];
  const find = async (name: string): Promise<Found> => {
    names.push(name);
    return { kind: 'found', addresses };
  };
  return { names, find };
};
const reachability = (
  transport: 'tcp' | 'udp',
  port: number,
  dnsName = '*.cvpn-endpoint-0a.example.test',
) => ({
  transport,
  port,
  dnsName,
});

describe('a UDP endpoint', () => {
  test('that answers the hard reset is up, at a fresh name each time', async () => {
    const port = await peers.udp('127.0.0.1', (packet, _, send) => send(openvpnReply(packet)));
    const { names, find } = at('127.0.0.1');
    expect(await probeEndpoint(reachability('udp', port), PATIENT_MS, signal, find)).toMatchObject({
      kind: 'up',
    });
    await probeEndpoint(reachability('udp', port), PATIENT_MS, signal, find);
    expect(names).toHaveLength(2);
    for (const name of names)
      expect(name).toMatch(/^[0-9a-f]{12}\.cvpn-endpoint-0a\.example\.test$/);
    expect(new Set(names).size).toBe(2);
  });

  test('that is silent is down', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    expect(await probedAwake(reachability('udp', port), 200, at('127.0.0.1').find)).toMatchObject({
      kind: 'down',
    });
  });

  test('of which one of two addresses answers is up', async () => {
    const port = await peers.udp('127.0.0.1', (packet, _, send) => send(openvpnReply(packet)));
    const { find } = at('127.0.0.2', '127.0.0.1');
    expect(await probeEndpoint(reachability('udp', port), PATIENT_MS, signal, find)).toMatchObject({
      kind: 'up',
    });
  });
});

describe('a TCP endpoint', () => {
  test('that speaks OpenVPN and no TLS is up', async () => {
    const port = await peers.tcp('127.0.0.1', (socket) =>
      socket.on('data', (chunk) => {
        if (chunk[0] === 0) socket.write(framed(openvpnReply(chunk.subarray(2))));
        else socket.end();
      }),
    );
    const { find } = at('127.0.0.1');
    expect(await probeEndpoint(reachability('tcp', port), PATIENT_MS, signal, find)).toMatchObject({
      kind: 'up',
    });
  });

  test('that accepts and says nothing is down: whatever balances the load accepts for the dead', async () => {
    const port = await peers.tcp('127.0.0.1', () => undefined);
    const { find } = at('127.0.0.1');
    expect(await probedAwake(reachability('tcp', port), 200, find)).toMatchObject({ kind: 'down' });
  });

  test('that refuses is down', async () => {
    const port = await peers.closed('127.0.0.1', 'tcp');
    const { find } = at('127.0.0.1');
    expect(await probedAwake(reachability('tcp', port), 2_000, find)).toMatchObject({
      kind: 'down',
    });
  });
});

describe('the name', () => {
  test('that DNS says is not there means down; that DNS could not be asked for means unknown', async () => {
    const absent = async (): Promise<Found> => ({ kind: 'absent', code: 'ENOTFOUND' });
    const failed = async (): Promise<Found> => ({ kind: 'unknown', why: 'DNS timed out' });
    expect(await probeEndpoint(reachability('udp', 1), 200, signal, absent)).toMatchObject({
      kind: 'down',
    });
    expect(await probeEndpoint(reachability('udp', 1), 200, signal, failed)).toMatchObject({
      kind: 'unknown',
    });
  });

  test('that EC2 did not give means unknown', async () => {
    expect(await probeEndpoint(reachability('udp', 1, ''), 200, signal)).toMatchObject({
      kind: 'unknown',
    });
  });
});

const dns = (answer: DnsAnswer | null) => startDns(peers, answer);

describe('DNS', () => {
  test('that has an address says so', async () => {
    const server = await dns({ rcode: 0, address: '127.0.0.9' });
    expect(await lookUp('a.example.test', PATIENT_MS, signal, [server])).toEqual({
      kind: 'found',
      addresses: ['127.0.0.9'],
    });
  });

  test.each([
    ['there is no such name', { rcode: 3 }, 'absent', PATIENT_MS],
    ['the name has no address', { rcode: 0 }, 'absent', PATIENT_MS],
    ['it has failed (SERVFAIL)', { rcode: 2 }, 'unknown', PATIENT_MS],
    ['it will not say (REFUSED)', { rcode: 5 }, 'unknown', PATIENT_MS],
    ['nothing at all', null, 'unknown', 300],
  ])('that says %s', async (_, answer, kind, timeoutMs) => {
    const server = await dns(answer);
    expect(await lookUp('a.example.test', timeoutMs, signal, [server])).toMatchObject({ kind });
  });

  test('that is not there is unknown, and so is a look-up that was given up', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    expect(await lookUp('a.test', 300, signal, [`127.0.0.1:${port}`])).toMatchObject({
      kind: 'unknown',
    });
    const stop = new AbortController();
    const asking = lookUp('a.test', 60_000, stop.signal, [await dns(null)]);
    stop.abort();
    expect(await asking).toMatchObject({ kind: 'unknown' });
  });
});
