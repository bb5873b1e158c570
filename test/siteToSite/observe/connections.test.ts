/** Goal: what one answer alone says to have turned is asked for again (S1, S13). Method: a port that answers in turn, after a pass that has seen the connection. */
import { expect, test } from '@jest/globals';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { assessConnections } from '../../../lib/siteToSite/assess.ts';
import { readConnections } from '../../../lib/siteToSite/observe/connections.ts';
import type { ConnectionFact } from '../../../lib/siteToSite/types/connection.ts';
import { aConnection, aWorldOf, BGP_DOWN, DOWN, IP1, NOTHING } from '../../builders/connections.ts';
import { NOW } from '../../builders/facts.ts';

type Answer = Reading<readonly ConnectionFact[]>;

const one = (over: Parameters<typeof aConnection>[1] = {}): Answer =>
  known([aConnection('a', over)], NOW);
const UP = one();
const NO_ROUTES = one({ one: { acceptedRouteCount: 0 }, two: { acceptedRouteCount: 0 } });
const ONE_DOWN = one({ one: DOWN });
const BOTH_DOWN = one({ one: DOWN, two: DOWN });
const BGP_ONLY = one({ one: BGP_DOWN, two: BGP_DOWN });
const DELETED = one({ state: 'deleted', stateWord: 'deleted' });
const LEFT_OUT: Answer = known([], NOW);
const GAP: Answer = unknown('throttled', NOW);
const UNSAID = { status: null };

async function read(before: Answer | null, answers: readonly Answer[]) {
  const clock = new VirtualClock(NOW);
  const seen = before?.known === true ? before.value : [];
  const { memory } = assessConnections(aWorldOf(seen), NOTHING, NOW);
  let count = 0;
  const unasked = () => Promise.reject(new Error('not asked for'));
  const vpn = {
    connections: async () => answers[count++] ?? unknown('no more answers', NOW),
    withoutEcmp: unasked,
    customerGateways: unasked,
    staticRoutes: unasked,
    maintenance: unasked,
  };
  const { signal } = new AbortController();
  const answer = await clock.through(readConnections({ vpn, clock }, memory, signal));
  return { answer, count };
}

test.each<readonly [string, Answer, readonly Answer[], Answer, number]>([
  ['what is as before', UP, [UP], UP, 1],
  ['what is left out', UP, [LEFT_OUT], LEFT_OUT, 1],
  ['a gap', UP, [GAP], GAP, 1],
  ['no accepted route, once', UP, [NO_ROUTES, UP], UP, 2],
  ['no accepted route, twice', UP, [NO_ROUTES, NO_ROUTES], NO_ROUTES, 2],
  ['no accepted route, then a gap', UP, [NO_ROUTES, GAP], GAP, 2],
  ['both tunnels down, once', UP, [BOTH_DOWN, UP], UP, 2],
  ['both tunnels down, twice', UP, [BOTH_DOWN, BOTH_DOWN], BOTH_DOWN, 2],
  [
    'one tunnel, then both',
    UP,
    [ONE_DOWN, BOTH_DOWN],
    one({ one: DOWN, two: { ...DOWN, ...UNSAID } }),
    2,
  ],
  ['deleted, once', UP, [DELETED, UP], UP, 2],
  ['deleted, by the second alone', UP, [ONE_DOWN, DELETED], UP, 2],
  ['deleted, twice', UP, [DELETED, DELETED], DELETED, 2],
  ['left out, then deleted', UP, [LEFT_OUT, DELETED], LEFT_OUT, 1],
  ['up, once, while it is down', BOTH_DOWN, [UP, BOTH_DOWN], BOTH_DOWN, 2],
  ['up, twice, while it was down', BOTH_DOWN, [UP, UP], UP, 2],
  ['routes, once, while it has none', NO_ROUTES, [UP, NO_ROUTES], NO_ROUTES, 2],
  ['two other outages', BOTH_DOWN, [BGP_ONLY, UP], one({ one: UNSAID, two: UNSAID }), 2],
])('%s', async (_what, before, answers, believed, count) => {
  expect(await read(before, answers)).toEqual({ answer: believed, count });
});

test('what was never seen is believed at once, and so is a status that is not said', async () => {
  expect(await read(null, [BOTH_DOWN])).toEqual({ answer: BOTH_DOWN, count: 1 });
  const silent = one({ one: UNSAID, two: UNSAID });
  expect(await read(UP, [silent])).toEqual({ answer: silent, count: 1 });
});

test('no accepted route beside static routes of the gateway is as before', async () => {
  const routed = one({ one: { acceptedRouteCount: 0 }, staticRouteCount: 1 });
  expect(await read(UP, [routed])).toEqual({ answer: routed, count: 1 });
});

test('a second connection that turns between two answers does not keep the first from being believed', async () => {
  const two = (a: object, b: object) => known([aConnection('a', a), aConnection('b', b)], NOW);
  const { answer } = await read(two({}, {}), [
    two({ one: DOWN }, {}),
    two({ one: DOWN }, { one: DOWN }),
  ]);
  const statuses = answer.known
    ? answer.value.map(({ tunnels }) => tunnels.find(({ outsideIp }) => outsideIp === IP1)?.status)
    : [];
  expect(statuses).toEqual(['down', null]);
});
