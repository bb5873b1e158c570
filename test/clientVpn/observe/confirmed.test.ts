/** Goal: what one answer about an endpoint or its surroundings would begin or end is asked for again (S1, S13). Method: whole observations over ports that answer wrongly so many times. */
import { describe, expect, test } from '@jest/globals';
import { assessEndpoints } from '../../../lib/clientVpn/assess.ts';
import { observeEndpoints } from '../../../lib/clientVpn/observe.ts';
import type { SurroundingsPort } from '../../../lib/clientVpn/ports.ts';
import { type EndpointMemory, noEndpointMemory } from '../../../lib/clientVpn/state.ts';
import type { EndpointState } from '../../../lib/clientVpn/types/endpoint.ts';
import { known } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { anAssociation, anEndpoint, SETTINGS, wellSurroundings } from '../../builders/endpoints.ts';
import { ACCOUNT, NOW, REGION } from '../../builders/facts.ts';
import { calm } from '../../builders/ports.ts';

const first = (nth: number): boolean => nth === 0;
const QUARTER_MS = 900_000;
const CERTIFICATE = 'arn:aws:acm:eu-west-1:1:certificate/a';
const settings = { ...SETTINGS, certificateArn: CERTIFICATE, directoryIds: ['d-1'] };

/** One endpoint, all of it well; what a test makes wrong is wrong in the nth answers that it says. */
function aRegion() {
  const clock = new VirtualClock(NOW);
  let memory: EndpointMemory = noEndpointMemory;
  let state: EndpointState | null = null;
  let wrong: Partial<SurroundingsPort> = {};
  let isWrongAt: (nth: number) => boolean = () => false;
  let nth = 0;
  const isWrong = () => isWrongAt(nth++);
  const directory = { directoryId: 'd-1', name: 'corp', kind: 'MicrosoftAD', stageWhy: '' };
  const issued = { status: 'ISSUED', endsAt: NOW + 4e10, renewal: null, renewalWhy: '' };
  const well = {
    ...wellSurroundings(clock),
    directories: async () => known([{ ...directory, stage: 'Active' }], NOW),
    certificate: async (arn: string) => known({ ...issued, arn }, NOW),
  };
  const surroundings: SurroundingsPort = {
    ...well,
    routes: (...a) => (wrong.routes && isWrong() ? wrong.routes(...a) : well.routes(...a)),
    rules: (...a) => (wrong.rules && isWrong() ? wrong.rules(...a) : well.rules(...a)),
    certificate: (arn, signal) =>
      wrong.certificate && isWrong() ? wrong.certificate(arn, signal) : well.certificate(arn),
    directories: (...a) =>
      wrong.directories && isWrong() ? wrong.directories(...a) : well.directories(),
  };
  const observer = {
    region: REGION,
    clock,
    surroundings,
    endpoints: {
      endpoints: async () =>
        known(
          [anEndpoint({ settings, state: state !== null && isWrong() ? state : 'available' })],
          NOW,
        ),
      associations: async (ids: readonly string[]) =>
        new Map(ids.map((id) => [id, known([anAssociation('a'), anAssociation('b')], NOW)])),
      sessions: () => Promise.reject(new Error('not asked for')),
    },
    endpointProbes: { send: async () => ({ kind: 'up', tookMs: 20 }) as const },
    metrics: { series: async () => known([], NOW), points: async () => [] },
  };
  const scope = { accountId: ACCOUNT, regionCount: 1, policy: { fall: 1, probeIntervalMs: 0 } };
  return {
    /** Reasons found by a pass, a quarter of an hour after the last. */
    async look() {
      clock.jumpWall(QUARTER_MS);
      const world = await clock.through(observeEndpoints(observer, scope, memory, calm()));
      const assessed = assessEndpoints(world, memory, clock.now());
      memory = assessed.memory;
      return assessed.findings.map(({ reason }) => reason);
    },
    closes(as: EndpointState, at: (nth: number) => boolean) {
      [state, isWrongAt, nth] = [as, at, 0];
    },
    answers(how: Partial<SurroundingsPort>, at: (nth: number) => boolean) {
      [wrong, isWrongAt, nth] = [how, at, 0];
    },
  };
}

test.each<readonly [EndpointState, string]>([
  ['pending-associate', 'EndpointUnavailable'],
  ['pending', 'EndpointUnavailable'],
])('an endpoint that is %s by one answer is open; by each, closed', async (state, reason) => {
  const region = aRegion();
  expect(await region.look()).toEqual([]);
  region.closes(state, first);
  expect(await region.look()).toEqual([]);
  region.closes(state, () => true);
  expect(await region.look()).toContain(reason);
});

const SURROUNDINGS: readonly (readonly [string, Partial<SurroundingsPort>])[] = [
  ['AuthorizationRulesMissing', { rules: async () => known([], NOW) }],
  ['EndpointRouteFailed', { routes: async () => known([], NOW) }],
  [
    'ServerCertificateExpiring',
    {
      certificate: async (arn) =>
        known({ arn, status: 'EXPIRED', endsAt: NOW - 1, renewal: null, renewalWhy: '' }, NOW),
    },
  ],
  [
    'DirectoryImpaired',
    {
      directories: async () =>
        known(
          [{ directoryId: 'd-1', name: 'corp', kind: 'AD', stage: 'Inoperable', stageWhy: '' }],
          NOW,
        ),
    },
  ],
];

describe.each(SURROUNDINGS)('%s', (reason, how) => {
  test('is found when two answers say so, and not by one; ends so, too', async () => {
    const region = aRegion();
    await region.look();
    region.answers(how, first);
    expect(await region.look()).toEqual([]);
    expect(await region.look()).toEqual([]);
    region.answers(how, () => true);
    expect(await region.look()).toContain(reason);
    region.answers(how, (nth) => nth > 0);
    expect(await region.look()).toContain(reason);
    region.answers(how, () => false);
    expect(await region.look()).toEqual([]);
  });
});
