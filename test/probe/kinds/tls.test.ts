/** TLS knocks against node's own TLS server and scripted ones. */
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { evaluateServerHello } from '../../../lib/probe/kinds/tls.ts';
import { result } from '../../../lib/probe/probe.ts';
import { clientHello } from '../../../lib/probe/tls/clientHello.ts';
import { aTarget, LOOPBACKS, openPeers, probeAwake } from '../peer.ts';
import { selfSigned } from '../selfSigned.ts';

const peers = openPeers();
afterEach(peers.closeAll);
const identity = selfSigned();
const ignoring = <T extends { on(event: 'tlsClientError', listener: () => void): T }>(
  server: T,
): T => server.on('tlsClientError', () => undefined);

describe.each(LOOPBACKS)('tls on %s', (host) => {
  test.each([
    ['TLS 1.3 alone', { minVersion: 'TLSv1.3' }],
    ['TLS 1.2 alone', { maxVersion: 'TLSv1.2' }],
    ['a client certificate required', { requestCert: true, rejectUnauthorized: true }],
  ] as const)(
    'a server with %s is up, though its certificate is self-signed',
    async (_, options) => {
      const port = await peers.serve(host, ignoring(createTlsServer({ ...identity, ...options })));
      expect(await probeAwake(aTarget('tls', host, port), 5_000)).toMatchObject({ kind: 'up' });
    },
  );

  test('a server that can only answer with an alert is up', async () => {
    const alerts: string[] = [];
    const server = createTlsServer({});
    server.on('tlsClientError', (error) => alerts.push(error.message));
    const port = await peers.serve(host, server);
    expect(await probeAwake(aTarget('tls', host, port), 5_000)).toMatchObject({ kind: 'up' });
    expect(alerts.join()).toMatch(/no shared cipher|no suitable/i);
  });

  test('a port that accepts and then keeps silent is down, unlike for tcp', async () => {
    const port = await peers.tcp(host, () => undefined);
    expect(await probeAwake(aTarget('tls', host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
    expect(await probeAwake(aTarget('tcp', host, port), 2_000)).toMatchObject({ kind: 'up' });
  });

  test('a port that accepts and then resets is down at once', async () => {
    const port = await peers.tcp(host, (socket) => socket.resetAndDestroy());
    expect(await probeAwake(aTarget('tls', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: expect.stringMatching(/^(reset|closed) by the far side \((ECONNRESET|EPIPE)\)$/),
    });
  });

  test('a port that accepts and then hangs up is down at once', async () => {
    const port = await peers.tcp(host, (socket) => socket.end());
    expect(await probeAwake(aTarget('tls', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'closed by the far side without an answer',
    });
  });

  test('a server of another protocol is down at once', async () => {
    const port = await peers.tcp(host, (socket) => socket.write('SSH-2.0-anything\r\n'));
    expect(await probeAwake(aTarget('tls', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'answered in another protocol',
    });
  });

  test.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['TLS 1.3 and a client certificate required', { requestCert: true, rejectUnauthorized: true }],
  ] as const)(
    'a server with %s shows the dates to a reading of the certificate',
    async (_, options) => {
      const names: unknown[] = [];
      const server = createTlsServer({
        ...selfSigned('270102030405Z'),
        ...options,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      });
      const port = await peers.serve(host, ignoring(server));
      const target = aTarget('tls', host, port);
      expect(await probeAwake({ ...target, readsCertificate: true }, 5_000)).toMatchObject({
        kind: 'up',
        certificate: { startsAt: Date.UTC(2020, 0, 1), endsAt: Date.UTC(2027, 0, 2, 3, 4, 5) },
      });
      expect(names).toEqual([]);
      expect(await probeAwake(target, 5_000)).not.toHaveProperty('certificate');
    },
  );

  test('a reading of the certificate gives up after its timeout, and where the handshake fails', async () => {
    const silent = await peers.tcp(host, () => undefined);
    const reading = { ...aTarget('tls', host, silent), readsCertificate: true } as const;
    expect(await probeAwake(reading, 200)).toMatchObject({ kind: 'down' });
    const port = await peers.serve(host, ignoring(createTlsServer({})));
    expect(await probeAwake({ ...reading, port }, 60_000)).not.toHaveProperty('certificate');
  });

  test('a port where nothing listens is down at once', async () => {
    const port = await peers.closed(host, 'tcp');
    expect(await probeAwake(aTarget('tls', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'refused (ECONNREFUSED)',
    });
  });
});

test('an answer that trickles in byte by byte is up', async () => {
  const port = await peers.tcp('127.0.0.1', (socket) => {
    const record = [22, 3, 3, 0, 80, 2];
    const tick = setInterval(() => {
      const byte = record.shift();
      if (byte === undefined) return clearInterval(tick);
      socket.write(Buffer.of(byte));
    }, 10);
    socket.on('close', () => clearInterval(tick));
  });
  expect(await probeAwake(aTarget('tls', '127.0.0.1', port), 5_000)).toMatchObject({ kind: 'up' });
});

test('a knock that is aborted while the server keeps silent is unknown', async () => {
  const stop = new AbortController();
  const port = await peers.tcp('127.0.0.1', (socket) => socket.on('data', () => stop.abort()));
  expect(await result(aTarget('tls', '127.0.0.1', port), 60_000, stop.signal)).toEqual({
    kind: 'unknown',
    why: 'aborted',
  });
});

test('two hellos differ in their random and in their session, and in nothing else', () => {
  const [one, other] = [clientHello(), clientHello()];
  const differing = [...one.keys()].filter((at) => one[at] !== other[at]);
  expect(one.length).toBe(other.length);
  expect(differing.some((at) => at >= 11 && at < 43)).toBe(true);
  expect(differing.some((at) => at >= 44 && at < 76)).toBe(true);
  expect(differing.every((at) => (at >= 11 && at < 43) || (at >= 44 && at < 76))).toBe(true);
});

test.each([
  ['a ServerHello', [22, 3, 3, 0, 80, 2], 'alive'],
  ['a fatal alert', [21, 3, 3, 0, 2, 2, 40], 'alive'],
  ['a warning', [21, 3, 1, 0, 2, 1], 'alive'],
  ['a ServerHello without its first byte', [22, 3, 3, 0, 80], 'more'],
  ['a record type alone', [21], 'more'],
  ['nothing', [], 'alien'],
  ['another handshake message', [22, 3, 3, 0, 80, 1], 'alien'],
  ['a handshake record of 3 bytes', [22, 3, 3, 0, 3, 2], 'alien'],
  ['a handshake record of 16,641 bytes', [22, 3, 3, 0x41, 0x01, 2], 'alien'],
  ['an alert of 3 bytes', [21, 3, 3, 0, 3, 2, 40], 'alien'],
  ['an alert of no known level', [21, 3, 3, 0, 2, 3, 40], 'alien'],
  ['version 2', [22, 2, 3, 0, 80, 2], 'alien'],
  ['application data', [23, 3, 3, 0, 80, 2], 'alien'],
  ['text', [...Buffer.from('HTTP/1.1 400 Bad Request')], 'alien'],
])('%s is heard as it should be', (_, bytes, answered) => {
  expect(evaluateServerHello(Uint8Array.from(bytes))).toBe(answered);
});

test('any bytes are judged, and never alive unless they begin as a TLS 3.x handshake or alert', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const answered = evaluateServerHello(bytes);
      const isTls = (bytes[0] === 22 || bytes[0] === 21) && bytes[1] === 3;
      expect(isTls ? ['alive', 'alien', 'more'] : ['alien', 'more']).toContain(answered);
    }),
  );
});
