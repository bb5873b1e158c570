/** Goal: reasons of failed logins are counted from the connection log of the endpoints where many fail, and no user is kept. Method: a log that is made up. */
import { expect, test } from '@jest/globals';
import { readFailedLogins } from '../../../lib/clientVpn/observe/failedLogins.ts';
import type { LogQuery } from '../../../lib/core/logs.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { anEndpoint, SETTINGS } from '../../builders/endpoints.ts';
import { NOW } from '../../builders/facts.ts';

const { signal } = new AbortController();
const ENDPOINT = anEndpoint({ settings: { ...SETTINGS, logGroup: '/vpn/users' } });
const ID = ENDPOINT.endpointId;
const entry = (why: string, over: object = {}) => ({
  at: NOW - 1_000,
  stream: 's',
  message: JSON.stringify({
    'connection-attempt-status': 'failed',
    'connection-attempt-failure-reason': why,
    'client-vpn-endpoint-id': ID,
    username: 'joe',
    ...over,
  }),
});
const failing = (count: number, at = NOW - 60_000) =>
  new Map([[ID, { authFailures: [{ at, value: count }] }]]);

test('by reason, the most frequent first; other endpoints, logins that succeed and what is no JSON are left out', async () => {
  const asked: LogQuery[] = [];
  const logs = {
    events: async (query: LogQuery) => {
      asked.push(query);
      return known(
        [
          entry('rare'),
          entry('often'),
          entry('often', { username: 'ann' }),
          entry('', {}),
          entry('x', { 'client-vpn-endpoint-id': 'cvpn-endpoint-other' }),
          entry('NA', { 'connection-attempt-status': 'successful' }),
          { at: NOW, stream: 's', message: 'failed' },
        ],
        NOW,
      );
    },
  };
  const read = await readFailedLogins({ logs }, [ENDPOINT], failing(21), NOW, signal);
  expect(asked).toEqual([{ group: '/vpn/users', since: NOW - 3_600_000, words: ['failed', ID] }]);
  expect(read.get(ID)).toMatchObject({
    value: [
      { why: 'often', count: 2 },
      { why: 'rare', count: 1 },
      { why: 'no reason given', count: 1 },
    ],
  });
  expect(JSON.stringify([...read])).not.toMatch(/joe|ann/);
});

test.each([
  ['20 in the hour', failing(20), ENDPOINT],
  ['21 of more than an hour ago', failing(21, NOW - 3_600_001), ENDPOINT],
  ['21, and no log', failing(21), anEndpoint()],
  ['none measured', new Map(), ENDPOINT],
] as const)('the log is not read: %s', async (_, recent, endpoint) => {
  const logs = { events: async () => unknown('never asked', NOW) };
  expect((await readFailedLogins({ logs }, [endpoint], recent, NOW, signal)).size).toBe(0);
  expect((await readFailedLogins({}, [ENDPOINT], failing(21), NOW, signal)).size).toBe(0);
});

test('a log that cannot be read is unknown', async () => {
  const logs = { events: async () => unknown('denied', NOW) };
  const read = await readFailedLogins({ logs }, [ENDPOINT], failing(21), NOW, signal);
  expect(read.get(ID)).toMatchObject({ known: false, why: 'denied' });
});
