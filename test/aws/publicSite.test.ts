/** Goal: what a client would get, bounded. Method: a local server. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sitePort } from '../../lib/aws/publicSite.ts';
import { systemClock } from '../../lib/core/time.ts';

const calm = new AbortController().signal;
const asked: string[] = [];
let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(301, { location: '/list' }).end();
    else if (request.url === '/torn') {
      response.writeHead(200, { 'content-length': '100' }).write('x');
      response.destroy();
    } else response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end('0123456789');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  base = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}/`;
});
afterAll(() => {
  server.close();
});

const fetched = (name: string, octetsMax = 10) =>
  sitePort(base, systemClock).fetch(name, octetsMax, calm);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('status, size, type and hash of the body', async () => {
  expect(await fetched('list')).toMatchObject({
    known: true,
    value: {
      status: 200,
      octets: 10,
      sha256: sha256('0123456789'),
      contentType: 'application/pkix-crl',
      isCut: false,
    },
  });
});

test('a body that is longer than asked for is cut, and says so', async () => {
  expect(await fetched('list', 9)).toMatchObject({ known: true, value: { isCut: true } });
});

test('a redirect is not followed', async () => {
  asked.length = 0;
  expect(await fetched('moved')).toMatchObject({ known: true, value: { status: 301 } });
  expect(asked).toEqual(['/moved']);
});

test.each([
  ['CA+.crl', '/CA+.crl'],
  ['a b(1).crl', '/a%20b(1).crl'],
  ['CA%2B.crl', '/CA%252B.crl'],
  ['../x', '/..%2Fx'],
])('%s is asked for as %s', async (name, path) => {
  asked.length = 0;
  await fetched(name);
  expect(asked).toEqual([path]);
});

test('an answer that is torn, and none at all, are unknown', async () => {
  expect(await fetched('torn', 200)).toMatchObject({ known: false });
  const nobody = sitePort('http://127.0.0.1:2', systemClock);
  expect(await nobody.fetch('x', 10, calm)).toMatchObject({
    known: false,
    why: expect.stringContaining('ECONNREFUSED'),
  });
});
