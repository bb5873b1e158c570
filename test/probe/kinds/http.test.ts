/** HTTP and HTTPS probes against node's own servers and scripted hostile ones. */
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { evaluateStatus, getRequest } from '../../../lib/probe/kinds/http.ts';
import { parseProbeRequest } from '../../../lib/probe/wire.ts';
import { aTarget, LOOPBACKS, openPeers, probeAwake } from '../peer.ts';
import { selfSigned } from '../selfSigned.ts';

const peers = openPeers();
afterEach(peers.closeAll);
const identity = selfSigned();

describe.each(LOOPBACKS)('on %s', (host) => {
  test.each(['http', 'https'] as const)(
    '%s is up at 200 and 302 and down at 404 and 503, by the path',
    async (kind) => {
      const seen: (string | undefined)[] = [];
      const answer: Parameters<typeof createHttp>[1] = ({ url = '', headers }, response) => {
        seen.push(headers.host);
        response.writeHead(url === '/' ? 200 : Number(url.slice(1))).end('body');
      };
      const server = kind === 'http' ? createHttp(answer) : createHttps(identity, answer);
      const port = await peers.serve(host, server);
      const target = aTarget(kind, host, port);
      const ask = (path: string) => probeAwake({ ...target, path }, 5_000);
      expect(await probeAwake(target, 5_000)).toMatchObject({ kind: 'up' });
      expect(await ask('/302')).toMatchObject({ kind: 'up' });
      expect(await ask('/404')).toMatchObject({
        kind: 'down',
        why: 'answered with HTTP status 404',
      });
      expect(await ask('/503')).toMatchObject({
        kind: 'down',
        why: 'answered with HTTP status 503',
      });
      expect(new Set(seen)).toEqual(new Set([`${host === '::1' ? '[::1]' : host}:${port}`]));
    },
  );

  test.each(['http', 'https'] as const)('%s is down when nothing is said', async (kind) => {
    const port = await peers.tcp(host, () => undefined);
    expect(await probeAwake(aTarget(kind, host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });

  test.each(['http', 'https'] as const)('%s is down at once at garbage', async (kind) => {
    const port = await peers.tcp(host, (socket) => socket.write('SSH-2.0-anything\r\n'));
    expect(await probeAwake(aTarget(kind, host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: expect.stringContaining('answered in another protocol'),
    });
  });

  test.each(['http', 'https'] as const)('%s is down at once when reset', async (kind) => {
    const port = await peers.tcp(host, (socket) => socket.resetAndDestroy());
    expect(await probeAwake(aTarget(kind, host, port), 60_000)).toMatchObject({ kind: 'down' });
  });
});

test('interim answers without end are down once 16,384 bytes have come', async () => {
  const port = await peers.tcp('127.0.0.1', (socket) =>
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(2_000)),
  );
  expect(await probeAwake(aTarget('http', '127.0.0.1', port), 60_000)).toMatchObject({
    kind: 'down',
    why: 'answered in another protocol',
  });
});

test.each([
  ['HTTP/1.1 200 OK', 'alive'],
  ['HTTP/1.0 399\r\n', 'alive'],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content', 'alive'],
  ['HTTP/1.1 100 Continue\r\n', 'more'],
  ['HTTP/1.1 200', 'more'],
  ['H', 'more'],
  ['', 'more'],
  ['HTTP/1.1 2000', 'alien'],
  ['HTTP/2 200 OK', 'alien'],
  ['HTTP/1.1 600 No', 'alien'],
  ['X', 'alien'],
])('%j is judged as %s', (text, answered) => {
  expect(evaluateStatus(Buffer.from(text))).toBe(answered);
});

test('any bytes are judged, and alive only when they begin as HTTP/1', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const answered = evaluateStatus(Buffer.from(bytes));
      expect(
        bytes.length === 0 || bytes[0] === 0x48 ? ['alive', 'alien', 'more'] : ['alien'],
      ).toContain(answered);
    }),
  );
});

test('a path that would end the request line is refused on the wire, a plain one is carried', () => {
  const target = { key: 'a', kind: 'http', address: '127.0.0.1', port: 80 };
  const read = (path: string) =>
    parseProbeRequest({ version: 1, timeoutMs: 100, targets: [{ ...target, path }] });
  expect(read('/healthz').targets).toEqual([{ ...target, path: '/healthz' }]);
  expect(read('/x HTTP/1.1\r\nA: b').targets).toEqual([]);
  expect(read('/x\n').targets).toEqual([]);
  expect(getRequest({ address: '::1', port: 80 }).toString()).toMatch(
    /^GET \/ HTTP\/1\.1\r\nHost: \[::1\]:80\r\n/,
  );
});
