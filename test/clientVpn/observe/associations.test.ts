/** Associations are believed when two answers agree, where one alone would be a death or a recovery. */
import { expect, test } from '@jest/globals';
import { readAssociations } from '../../../lib/clientVpn/observe/associations.ts';
import {
  type EndpointMemory,
  noEndpointMemory,
  noEndpointPast,
} from '../../../lib/clientVpn/state.ts';
import type { AssociationFact } from '../../../lib/clientVpn/types/endpoint.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { NOW } from '../../builders/facts.ts';

const ID = 'cvpn-endpoint-0a';
const { signal } = new AbortController();

const associated = (...zones: readonly string[]): Reading<readonly AssociationFact[]> =>
  known(
    zones.map((zone) => ({
      associationId: `cvpn-assoc-${zone}`,
      endpointId: ID,
      subnetId: `subnet-${zone}`,
      stateMessage: '',
      state: 'associated',
      zones: [zone],
    })),
    NOW,
  );

const singleZone: EndpointMemory['findings'][number] = {
  reason: 'EndpointSingleZone',
  subject: { kind: 'endpoint', id: ID, name: ID, group: null, zone: null },
  severity: 'warning',
  summary: '',
  evidence: [],
  since: NOW,
  hint: '',
};

/** What is believed of the endpoint, and after how many reads. */
async function read(
  answers: readonly Reading<readonly AssociationFact[]>[],
  past: Partial<typeof noEndpointPast> | null = { hasBeenUp: true },
  findings: EndpointMemory['findings'] = [],
) {
  const clock = new VirtualClock(NOW);
  let count = 0;
  const endpoints = past === null ? {} : { [ID]: { ...noEndpointPast, ...past } };
  const port = {
    endpoints: () => Promise.reject(new Error('not asked for')),
    sessions: () => Promise.reject(new Error('not asked for')),
    associations: async () => {
      count += 1;
      return new Map([[ID, answers[count - 1] ?? unknown('no more answers', NOW)]]);
    },
  };
  const believed = await clock.through(
    readAssociations(
      { endpoints: port, clock },
      [ID],
      { ...noEndpointMemory, endpoints, findings },
      signal,
    ),
  );
  return { count, answer: believed.get(ID) };
}

const BOTH = associated('a', 'b');

test.each<readonly [string, readonly Reading<readonly AssociationFact[]>[], object, number]>([
  ['two zones are believed at once', [BOTH], BOTH, 1],
  ['none, and then two zones twice, is two zones', [associated(), BOTH, BOTH], BOTH, 3],
  ['none, twice, is none', [associated(), associated()], associated(), 2],
  ['one zone of two, once, is two', [associated('a'), BOTH, BOTH], BOTH, 3],
  [
    'none, then a fault, is unknown',
    [associated(), unknown('throttled', NOW)],
    { known: false },
    2,
  ],
  [
    'three answers that all differ are unknown',
    [associated(), associated('a'), associated('b')],
    { known: false },
    3,
  ],
])('%s', async (_what, answers, believed, count) => {
  expect(await read(answers)).toMatchObject({ count, answer: believed });
});

test('an endpoint that was down is asked for twice before it is open, a new one once', async () => {
  const down = { hasBeenUp: true, downSince: NOW - 60_000 };
  expect(await read([BOTH, associated(), associated()], down)).toMatchObject({
    count: 3,
    answer: associated(),
  });
  expect(await read([associated()], null)).toMatchObject({ count: 1, answer: associated() });
});

test('what is as it was is asked for once: closed while it is down, one zone while that is known', async () => {
  const down = { hasBeenUp: true, downSince: NOW - 60_000 };
  expect(await read([associated()], down)).toMatchObject({ count: 1, answer: associated() });
  const one = associated('a');
  expect(await read([one], { hasBeenUp: true }, [singleZone])).toMatchObject({
    count: 1,
    answer: one,
  });
  expect(await read([one, one], { hasBeenUp: true })).toMatchObject({ count: 2, answer: one });
  expect(await read([associated(), associated()], {}, [singleZone])).toMatchObject({ count: 2 });
});
