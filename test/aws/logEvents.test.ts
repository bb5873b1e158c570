/**
 * Goal: log events are asked for as meant, read page by page, and an answer that is none is a gap.
 * Method: a local server that answers one request after the other.
 */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { logPort } from '../../lib/aws/logEvents.ts';
import { systemClock } from '../../lib/core/time.ts';

let server: Server;
let logsUrl = '';
let replies: { readonly status: number; readonly body: string }[] = [];
const asked: unknown[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push([request.headers['x-amz-target'], JSON.parse(body)]);
      const { status, body: text } = replies.shift() ?? { status: 500, body: '{}' };
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  logsUrl = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});

const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
const port = () => logPort({ region: 'eu-west-1', clock: systemClock, logsUrl, credentials });
const query = { group: '/vpn/berlin', since: 1_000, words: ['failed', 'say "no"'] };
const { signal } = new AbortController();
const event = (timestamp: number, message: string) => ({
  timestamp,
  message,
  logStreamName: 's',
  eventId: `${timestamp}`,
});
const page = (events: unknown, nextToken?: string) => ({
  status: 200,
  body: JSON.stringify({ events, ...(nextToken !== undefined && { nextToken }) }),
});

test('pages are read to the end, at most three, and the events are in order', async () => {
  replies = [page([event(3, 'c')], 't1'), page([event(2, 'b')], 't2'), page([event(1, 'a')], 't3')];
  expect(await port().events(query, signal)).toMatchObject({
    known: true,
    value: [
      { at: 1, stream: 's', message: 'a' },
      { at: 2, message: 'b' },
      { at: 3, message: 'c' },
    ],
  });
  const input = { logGroupName: '/vpn/berlin', startTime: 1_000, limit: 1_000 };
  const filterPattern = '"failed" "say \\"no\\""';
  expect(asked).toEqual([
    ['Logs_20140328.FilterLogEvents', { ...input, filterPattern }],
    ['Logs_20140328.FilterLogEvents', { ...input, filterPattern, nextToken: 't1' }],
    ['Logs_20140328.FilterLogEvents', { ...input, filterPattern, nextToken: 't2' }],
  ]);
});

test('no words ask for every event, and an empty list is empty', async () => {
  replies = [page([])];
  expect(await port().events({ ...query, words: [] }, signal)).toMatchObject({
    known: true,
    value: [],
  });
  expect(asked).toEqual([[expect.anything(), expect.not.objectContaining({ filterPattern: '' })]]);
});

test.each([
  ['without its list', { status: 200, body: '{}' }, 'without its list'],
  ['of a web page', { status: 200, body: '<html></html>' }, 'without its list'],
  [
    'of a denial',
    { status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' },
    'denied',
  ],
  [
    'of a group that is not there',
    { status: 400, body: '{"__type":"ResourceNotFoundException","message":"no"}' },
    'ResourceNotFoundException',
  ],
])('an answer %s is a gap', async (_what, reply, why) => {
  replies = [reply];
  const reading = await port().events(query, signal);
  expect(reading).toMatchObject({ known: false, why: expect.stringContaining(why) });
});
