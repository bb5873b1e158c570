/**
 * Goal: log events are asked for as meant, read page by page, and an answer that is none is a gap.
 * Method: a local server that answers one request after the other.
 */
import { expect, test } from '@jest/globals';
import { logPort } from '../../lib/aws/logEvents.ts';
import { systemClock } from '../../lib/core/time.ts';
import { localAws, text } from './localAws.ts';

const aws = localAws();
const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
const port = () =>
  logPort({ region: 'eu-west-1', clock: systemClock, logsUrl: aws.address(), credentials });
const query = { group: '/vpn/berlin', since: 1_000 };
const { signal } = new AbortController();
const event = (timestamp: number, message: string) => ({
  timestamp,
  message,
  logStreamName: 's',
  eventId: `${timestamp}`,
});
const page = (events: unknown, nextToken?: string) =>
  text(JSON.stringify({ events, ...(nextToken !== undefined && { nextToken }) }));

test('pages are read to the end, at most three, and the events are in order', async () => {
  const more = page([event(3, 'c')], 't1');
  aws.answers(more, page([event(2, 'b')], 't2'), page([event(1, 'a')], 't3'));
  expect(await port().events(query, signal)).toMatchObject({
    known: true,
    value: [
      { at: 1, stream: 's', message: 'a' },
      { at: 2, message: 'b' },
      { at: 3, message: 'c' },
    ],
  });
  const input = { logGroupName: '/vpn/berlin', startTime: 1_000, limit: 1_000 };
  const asked = aws.requests.map(({ headers, body }) => [
    headers['x-amz-target'],
    JSON.parse(body),
  ]);
  expect(asked).toEqual([
    ['Logs_20140328.FilterLogEvents', input],
    ['Logs_20140328.FilterLogEvents', { ...input, nextToken: 't1' }],
    ['Logs_20140328.FilterLogEvents', { ...input, nextToken: 't2' }],
  ]);
});

test('words are asked for, and quoted as the filter language has it', async () => {
  aws.answers(page([]));
  await port().events({ ...query, words: ['failed', 'say "no"'] }, signal);
  expect(JSON.parse(aws.asked[0] ?? '')).toMatchObject({
    filterPattern: String.raw`"failed" "say \"no\""`,
  });
});

test('an empty list is empty', async () => {
  aws.answers(page([]));
  expect(await port().events(query, signal)).toMatchObject({ known: true, value: [] });
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
  aws.answers(text(reply.body, reply.status));
  const reading = await port().events(query, signal);
  expect(reading).toMatchObject({ known: false, why: expect.stringContaining(why) });
});
