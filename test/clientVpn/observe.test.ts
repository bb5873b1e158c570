/** Goal: a look asks for no more than it needs, and each part that fails is a gap of its own. Method: ports in memory. */
import { describe, expect, test } from '@jest/globals';
import { assessEndpoints } from '../../lib/clientVpn/assess.ts';
import { observeEndpoints } from '../../lib/clientVpn/observe.ts';
import { type EndpointMemory, noEndpointMemory } from '../../lib/clientVpn/state.ts';
import type { EndpointFact } from '../../lib/clientVpn/types/endpoint.ts';
import type { MetricQuery } from '../../lib/core/metric.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import type { ProbeResult } from '../../lib/probe/types.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import {
  anAssociation,
  anEndpoint,
  ENDPOINT_ID,
  HOUR_MS,
  wellSurroundings,
} from '../builders/endpoints.ts';
import { ACCOUNT, NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';

const UP: ProbeResult = { kind: 'up', tookMs: 20 };
const DOWN: ProbeResult = { kind: 'down', why: 'no answer in 2500 ms', tookMs: 2_500 };
const UNSURE: ProbeResult = { kind: 'unknown', why: 'DNS could not be asked' };

/** A region in memory, whose answers a test replaces. */
class Region {
  facts: Reading<readonly EndpointFact[]> = known([anEndpoint()], NOW);
  results: ProbeResult[] = [UP];
  names: readonly string[] = ['ActiveConnectionsCount', 'AuthenticationFailures', 'IngressBytes'];
  fails: ((query: MetricQuery) => string | null) | null = null;
  listFails: string | null = null;
  associationsFail: string | null = null;
  readonly associationsAsked: (readonly string[])[] = [];
  readonly asked: MetricQuery[] = [];
  readonly windows: number[] = [];
  /** Names of what was asked for by five minutes at the last look. */
  readonly recent: string[] = [];
  listCount = 0;
  probeCount = 0;
  readonly clock = new VirtualClock(NOW);
  memory: EndpointMemory = noEndpointMemory;

  async look() {
    this.asked.length = 0;
    this.windows.length = 0;
    this.recent.length = 0;
    const looking = observeEndpoints(
      {
        region: REGION,
        clock: this.clock,
        endpoints: {
          endpoints: async () => this.facts,
          associations: async (ids) => {
            this.associationsAsked.push(ids);
            const answer =
              this.associationsFail === null
                ? known([anAssociation('a'), anAssociation('b')], NOW)
                : unknown(this.associationsFail, NOW);
            return new Map(ids.map((id) => [id, answer]));
          },
          sessions: async () => {
            throw new Error('who is connected is nobody’s alert');
          },
        },
        surroundings: wellSurroundings(this.clock),
        endpointProbes: {
          send: async () => this.results[this.probeCount++ % this.results.length] ?? UP,
        },
        metrics: {
          series: async ({ namespace, metricName: wanted }) => {
            this.listCount += 1;
            if (this.listFails !== null) return unknown(this.listFails, NOW);
            const names = this.names.filter((name) => (wanted ?? name) === name);
            return known(
              names.flatMap((metricName) => [
                { namespace, metricName, dimensions: { Endpoint: ENDPOINT_ID } },
                { namespace, metricName, dimensions: { Endpoint: ENDPOINT_ID, User: 'ann' } },
              ]),
              NOW,
            );
          },
          points: async (queries, { periodMs }) => {
            this.asked.push(...queries);
            if (periodMs < HOUR_MS)
              this.recent.push(...queries.map(({ metricName }) => metricName));
            this.windows.push(periodMs);
            return queries.map((query) => {
              const why = this.fails?.(query) ?? null;
              return why === null
                ? known(
                    { points: [{ at: this.clock.now() - 300_000, value: 1 }], droppedCount: 0 },
                    NOW,
                  )
                : unknown(why, NOW);
            });
          },
        },
      },
      { accountId: ACCOUNT, regionCount: 1, policy: { fall: 3, probeIntervalMs: 1_000 } },
      this.memory,
      calm(),
    );
    await this.clock.run(this.clock.monotonicMs() + 5_000);
    const world = await looking;
    this.memory = assessEndpoints(world, this.memory, this.clock.now()).memory;
    return world;
  }

  wait(ms: number) {
    return this.clock.run(this.clock.monotonicMs() + ms);
  }
  /** What was asked for at the last look: `METRIC` of now, `METRIC per hour` of two weeks. */
  get questions(): readonly string[] {
    return this.asked.map(({ metricName }) => metricName).toSorted();
  }
}

describe('metrics', () => {
  test('only of series that exist, and only of endpoints that they are about', async () => {
    const region = new Region();
    region.names = [
      'ActiveConnectionsCount',
      'IdpCertDaysToExpiry',
      'ClientConnectHandlerTimeouts',
    ];
    await region.look();
    expect(new Set(region.questions)).toEqual(new Set(['ActiveConnectionsCount']));
    const other = new Region();
    other.names = region.names;
    other.facts = known(
      [anEndpoint({ authentication: ['federated'], hasConnectHandler: true })],
      NOW,
    );
    await other.look();
    expect(new Set(other.questions)).toEqual(new Set(region.names));
  });

  test('in five minutes the quick ones, in fifteen the bytes, in an hour the hours of two weeks', async () => {
    const region = new Region();
    await region.look();
    expect(new Set(region.windows)).toEqual(new Set([300_000, HOUR_MS]));
    expect(region.questions).toHaveLength(6);
    expect(region.listCount).toBe(1);
    await region.wait(295_000);
    await region.look();
    expect(region.questions).toEqual(['ActiveConnectionsCount', 'AuthenticationFailures']);
    await region.wait(595_000);
    await region.look();
    expect(region.questions).toContain('IngressBytes');
    expect(region.windows).toEqual([300_000]);
    const listed = region.listCount;
    await region.wait(HOUR_MS);
    await region.look();
    expect(region.listCount).toBeGreaterThan(listed);
    expect(new Set(region.windows)).toEqual(new Set([300_000, HOUR_MS]));
  });

  test('that were not answered are asked for again at the next look, and the others are not', async () => {
    const region = new Region();
    region.fails = ({ metricName }) => (metricName === 'IngressBytes' ? 'InternalError' : null);
    const world = await region.look();
    expect(world.gaps).toEqual([
      { what: 'metrics', why: 'InternalError' },
      { what: 'metric history', why: 'InternalError' },
    ]);
    await region.wait(60_000);
    await region.look();
    expect(region.recent).toEqual(['IngressBytes']);
    expect(region.windows).toContain(HOUR_MS);
  });

  test('a list that cannot be had leaves the one of the hour before', async () => {
    const region = new Region();
    await region.look();
    region.listFails = 'cloudwatch:ListMetrics throttled';
    await region.wait(HOUR_MS);
    const world = await region.look();
    expect(region.questions).toContain('ActiveConnectionsCount');
    expect(world.gaps).toEqual([
      { what: 'the list of metrics', why: 'cloudwatch:ListMetrics throttled' },
    ]);
  });

  test('of a region without endpoints nothing is asked', async () => {
    const region = new Region();
    region.facts = known([], NOW);
    await region.look();
    expect([region.listCount, region.asked.length]).toEqual([0, 0]);
  });
});

test('associations of all endpoints are asked for together, and of none that is being deleted', async () => {
  const region = new Region();
  const ids = ['cvpn-endpoint-1', 'cvpn-endpoint-2', 'cvpn-endpoint-3'];
  region.facts = known(
    ids.map((endpointId, index) =>
      anEndpoint({ endpointId, state: index === 2 ? 'deleting' : 'available' }),
    ),
    NOW,
  );
  const world = await region.look();
  expect(region.associationsAsked).toEqual([ids.slice(0, 2)]);
  expect(world.endpoints?.map(({ associations }) => associations.known)).toEqual([
    true,
    true,
    false,
  ]);
});

describe('the probe', () => {
  test.each([
    ['the first answer is enough', [UP, DOWN, DOWN], 'up', 1],
    ['a late answer is one', [DOWN, DOWN, UP], 'up', 3],
    ['three silences are down', [DOWN, DOWN, DOWN], 'down', 3],
    ['one that says nothing leaves it open', [DOWN, UNSURE, DOWN], 'unknown', 3],
  ])('%s', async (_, results, kind, count) => {
    const region = new Region();
    region.results = results;
    const world = await region.look();
    expect(world.endpoints?.[0]?.reachability.kind).toBe(kind);
    expect(region.probeCount).toBe(count);
  });

  test.each(['pending-associate', 'pending', 'deleting', 'deleted', 'unknown'] as const)(
    'of an endpoint that is %s is left alone',
    async (state) => {
      const region = new Region();
      region.facts = known([anEndpoint({ state })], NOW);
      expect((await region.look()).endpoints?.[0]?.reachability.kind).toBe('unasked');
      expect(region.probeCount).toBe(0);
    },
  );
});

describe('gaps', () => {
  test('a list that cannot be read is no empty list', async () => {
    const region = new Region();
    region.facts = unknown('ec2:DescribeClientVpnEndpoints denied', NOW);
    const world = await region.look();
    expect(world.endpoints).toBeNull();
    expect(world.gaps).toEqual([
      { what: 'endpoints', why: 'ec2:DescribeClientVpnEndpoints denied' },
    ]);
  });

  test('associations and probes that cannot be read are one gap each, and hide nothing else', async () => {
    const region = new Region();
    region.associationsFail = 'throttled';
    region.results = [UNSURE];
    const world = await region.look();
    expect(world.gaps.map(({ what }) => what)).toEqual([
      `associations of ${ENDPOINT_ID}`,
      `probe of ${ENDPOINT_ID}`,
    ]);
    expect(world.endpoints?.[0]?.recent.active).toHaveLength(1);
  });

  test('an endpoint that is gone, or going, is named as gone, at later looks too', async () => {
    const region = new Region();
    await region.look();
    const gone = { [ENDPOINT_ID]: expect.any(Number), [REGION]: expect.any(Number) };
    region.facts = known([anEndpoint({ state: 'deleting' })], NOW);
    const { gone: notYet, absent } = await region.look();
    expect([notYet, Object.keys(absent)]).toEqual([{}, [ENDPOINT_ID]]);
    region.facts = known([anEndpoint({ state: 'deleted' })], NOW);
    expect((await region.look()).gone).toEqual(gone);
    region.facts = unknown('throttled', NOW);
    expect((await region.look()).gone).toEqual(gone);
    region.facts = known([], NOW);
    expect((await region.look()).gone).toEqual(gone);
    region.facts = known([anEndpoint()], NOW);
    expect((await region.look()).gone).toEqual({});
  });

  test('a region is gone with its last endpoint, and with no other; what cannot be read takes nothing with it', async () => {
    const region = new Region();
    const other = anEndpoint({ endpointId: 'cvpn-endpoint-2' });
    region.facts = known([anEndpoint(), other], NOW);
    await region.look();
    region.facts = unknown('throttled', NOW);
    expect((await region.look()).gone).toEqual({});
    const deleted = anEndpoint({ state: 'deleted' });
    region.facts = known([deleted, other], NOW);
    expect(Object.keys((await region.look()).gone)).toEqual([ENDPOINT_ID]);
    region.facts = known([{ ...other, state: 'deleted' }], NOW);
    expect(Object.keys((await region.look()).gone).toSorted()).toEqual(
      [ENDPOINT_ID, 'cvpn-endpoint-2', REGION].toSorted(),
    );
  });
});
