/** Goal: what a log holds is found on whichever page it is, and a search that ends early is no empty log. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readLogged } from '../../../lib/aws/deployment/logs.ts';
import { systemClock } from '../../../lib/core/time.ts';

const logs = mockClient(CloudWatchLogsClient);
const SIGNAL = new AbortController().signal;
const logged = () => readLogged('eu-west-1', systemClock)('watcher', 'x', 60_000, SIGNAL);

beforeEach(() => {
  logs.reset();
});

test('an empty page with a next one does not end the search', async () => {
  logs
    .on(FilterLogEventsCommand)
    .resolvesOnce({ events: [], nextToken: 'more' })
    .resolvesOnce({ events: [{ timestamp: 7, message: '{"x":1}' }] });
  expect(await logged()).toMatchObject({ known: true, value: [{ at: 7, body: { x: 1 } }] });
});

test('a fault on a later page is unknown, not what was found until then', async () => {
  logs
    .on(FilterLogEventsCommand)
    .resolvesOnce({ events: [{ timestamp: 7, message: '{"x":1}' }], nextToken: 'more' })
    .rejectsOnce(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
  expect(await logged()).toMatchObject({ known: false });
});
