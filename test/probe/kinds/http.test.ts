/** HTTP and HTTPS probes against node's own servers and scripted hostile ones. */
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { evaluateBody, evaluateStatus, getRequest } from '../../../lib/probe/kinds/http.ts';
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

  test.each(['http', 'https'] as const)('%s is down at once when refused', async (kind) => {
    const port = await peers.closed(host, 'tcp');
    expect(await probeAwake(aTarget(kind, host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: expect.stringContaining('refused'),
    });
  });

  test.each(['http', 'https'] as const)('%s is down at once when reset', async (kind) => {
    const port = await peers.tcp(host, (socket) => socket.resetAndDestroy());
    expect(await probeAwake(aTarget(kind, host, port), 60_000)).toMatchObject({ kind: 'down' });
  });
});

describe('a word', () => {
  const talking = (body: string, headers: Readonly<Record<string, string>> = {}, status = 200) =>
    createHttp((_request, response) => response.writeHead(status, headers).end(body));
  const ask = async (server: ReturnType<typeof createHttp>) => {
    const port = await peers.serve('127.0.0.1', server);
    return probeAwake({ ...aTarget('http', '127.0.0.1', port), word: 'UP' }, 5_000);
  };

  test('is up in a body that holds it, of any length stated or not, and down in one without it', async () => {
    expect(await ask(talking('{"status":"UP"}'))).toMatchObject({ kind: 'up' });
    expect(await ask(talking('{"status":"UP"}', { 'content-length': '15' }))).toMatchObject({
      kind: 'up',
    });
    expect(await ask(talking('{"status":"DOWN"}'))).toMatchObject({
      kind: 'down',
      why: 'the answer lacks the word UP',
    });
  });

  test('is down in an empty body, and in one whose headers alone hold it', async () => {
    const down = { kind: 'down', why: 'the answer lacks the word UP' };
    expect(await ask(talking(''))).toMatchObject(down);
    expect(await ask(talking('down', { 'x-state': 'UP' }))).toMatchObject(down);
  });

  test('does not follow a redirect: its own body is what is read', async () => {
    const asked: (string | undefined)[] = [];
    const server = createHttp(({ url }, response) => {
      asked.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end('moved');
    });
    expect(await ask(server)).toMatchObject({ kind: 'down' });
    expect(asked).toEqual(['/']);
  });

  test('does not excuse a status: 503 with the word is down', async () => {
    expect(await ask(talking('UP', {}, 503))).toMatchObject({
      kind: 'down',
      why: 'answered with HTTP status 503',
    });
  });

  test('is found across two chunks', async () => {
    const server = createHttp((_request, response) => {
      response.write('status: U');
      setImmediate(() => response.end('P'));
    });
    expect(await ask(server)).toMatchObject({ kind: 'up' });
  });

  test('is given up after 16,384 bytes of a body without end', async () => {
    const server = createHttp((_request, response) => {
      const more = () => {
        while (response.write('x'.repeat(4_096)));
        response.once('drain', more);
      };
      more();
    });
    expect(await ask(server)).toMatchObject({
      kind: 'down',
      why: 'the answer lacks the word UP',
    });
  });

  test('is down when the body stops half-way', async () => {
    const port = await peers.tcp('127.0.0.1', (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nU'),
    );
    const target = { ...aTarget('http', '127.0.0.1', port), word: 'UP' };
    expect(await probeAwake(target, 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });

  test.each([
    ['HTTP/1.1 200 OK\r\n\r\nUP', 'alive'],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: UP\r\n\r\nU', 'more'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\nU\r\n1\r\nP\r\n', 'alive'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nUP UP\r\nUP', 'more'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\nU', 'more'],
    ['SSH-2.0 UP', 'alien'],
  ])('%j is judged as %s', (text, answered) => {
    expect(evaluateBody(Buffer.from(text), 'UP')).toBe(answered);
  });
});

test('https reads the dates of the certificate, http has none', async () => {
  const ending = createHttps(selfSigned('261231235959Z'), (_request, response) => response.end());
  const port = await peers.serve('127.0.0.1', ending);
  expect(await probeAwake(aTarget('https', '127.0.0.1', port), 5_000)).toMatchObject({
    kind: 'up',
    certificate: { startsAt: Date.UTC(2020, 0, 1), endsAt: Date.UTC(2026, 11, 31, 23, 59, 59) },
  });
  const plain = await peers.serve(
    '127.0.0.1',
    createHttp((_request, response) => response.end()),
  );
  expect(await probeAwake(aTarget('http', '127.0.0.1', plain), 5_000)).toEqual({
    kind: 'up',
    tookMs: expect.any(Number),
  });
});

test('a certificate that has expired does not make https down', async () => {
  const expired = createHttps(selfSigned('210101000000Z'), (_request, response) => response.end());
  const port = await peers.serve('127.0.0.1', expired);
  expect(await probeAwake(aTarget('https', '127.0.0.1', port), 5_000)).toMatchObject({
    kind: 'up',
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
  const worded = (word: string) =>
    parseProbeRequest({ version: 1, timeoutMs: 100, targets: [{ ...target, word }] }).targets;
  expect(worded('UP')).toEqual([{ ...target, word: 'UP' }]);
  expect(worded('two words')).toEqual([]);
  expect(worded('')).toEqual([]);
  expect(getRequest({ address: '::1', port: 80 }).toString()).toMatch(
    /^GET \/ HTTP\/1\.1\r\nHost: \[::1\]:80\r\n/,
  );
});
