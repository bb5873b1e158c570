/** Goal: what a client would get, bounded. Method: a local server. */
import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { sitePort } from '../../lib/aws/publicSite.ts';
import { systemClock } from '../../lib/core/time.ts';
import { type Answer, localAws } from './localAws.ts';

const calm = new AbortController().signal;
const aws = localAws();
const asked = () => aws.requests.map(({ url }) => url);

const answer: Answer = (response, { url }) => {
  if (url === '/moved') response.writeHead(301, { location: '/list' }).end();
  else if (url === '/torn') {
    response.writeHead(200, { 'content-length': '100' }).write('x');
    response.destroy();
  } else response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end('0123456789');
};
beforeEach(() => aws.answers(answer));

const fetched = (name: string, octetsMax = 10) =>
  sitePort(`${aws.address()}/`, systemClock).fetch(name, octetsMax, calm);
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
  expect(await fetched('moved')).toMatchObject({ known: true, value: { status: 301 } });
  expect(asked()).toEqual(['/moved']);
});

test.each([
  ['CA+.crl', '/CA+.crl'],
  ['a b(1).crl', '/a%20b(1).crl'],
  ['CA%2B.crl', '/CA%252B.crl'],
  ['../x', '/..%2Fx'],
])('%s is asked for as %s', async (name, path) => {
  await fetched(name);
  expect(asked()).toEqual([path]);
});

test('an answer that is torn, and none at all, are unknown', async () => {
  expect(await fetched('torn', 200)).toMatchObject({ known: false });
  const nobody = sitePort('http://127.0.0.1:2', systemClock);
  expect(await nobody.fetch('x', 10, calm)).toMatchObject({
    known: false,
    why: expect.stringContaining('ECONNREFUSED'),
  });
});
