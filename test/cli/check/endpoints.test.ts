/** Goal: check shows endpoints, who uses them and what is wrong with them; a part that cannot be read is a doubt. Method: run in this process, endpoints in memory. */
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import type { EndpointFact, SessionFact } from '../../../lib/clientVpn/types/endpoint.ts';
import { ENDPOINT_METRIC_KEYS, ENDPOINT_METRICS } from '../../../lib/clientVpn/types/metrics.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import type { ProbeResult } from '../../../lib/probe/types.ts';
import { anAssociation, anEndpoint, ENDPOINT_ID } from '../../builders/endpoints.ts';
import { cli, emptyMetrics, START_AT, simAccount, simulatedClients } from '../open.ts';

const HOUR_MS = 3_600_000;
const aSession = (user: string, bytes: number, over: Partial<SessionFact> = {}): SessionFact => ({
  sessionId: `s-${user}`,
  user,
  isActive: true,
  establishedAt: START_AT - 2 * HOUR_MS,
  ingressBytes: bytes,
  egressBytes: 0,
  ...over,
});

interface RouteCandidate {
  readonly facts?: Reading<readonly EndpointFact[]>;
  readonly sessions?: Reading<readonly SessionFact[]>;
  readonly result?: ProbeResult;
}

async function check(candidate: RouteCandidate, ...argv: readonly string[]) {
  const account = simAccount();
  const { clients, ports } = simulatedClients(account);
  const at = START_AT;
  let hasEnded = false;
  const running = cli(['check', ...argv], {
    clock: ports.clock,
    env: { AWS_REGION: 'eu-west-1' },
    clients: {
      ...clients,
      endpoints: async () => ({
        endpoints: async () => candidate.facts ?? known([anEndpoint()], at),
        associations: async (ids) =>
          new Map(ids.map((id) => [id, known([anAssociation('a'), anAssociation('b')], at)])),
        sessions: async () => candidate.sessions ?? known([], at),
      }),
      endpointReachability: async () => ({
        send: async () => candidate.result ?? { kind: 'up', tookMs: 20 },
      }),
      metrics: async () => ({
        ...emptyMetrics(ports.clock),
        series: async ({ namespace, metricName }) =>
          known(
            (metricName === null ? ENDPOINT_NAMES : [metricName]).map((name) => ({
              namespace,
              metricName: name,
              dimensions: { Endpoint: ENDPOINT_ID },
            })),
            at,
          ),
        points: async (queries, { to, periodMs }) =>
          queries.map(({ metricName }) => {
            const value = metricName === 'CrlDaysToExpiry' ? 5 : 12;
            return known({ points: [{ at: to - periodMs, value }], droppedCount: 0 }, at);
          }),
      }),
    },
  }).finally(() => {
    hasEnded = true;
  });
  await account.clock.run(account.clock.monotonicMs() + 120_000, () => hasEnded);
  return running;
}

const ENDPOINT_NAMES = ENDPOINT_METRIC_KEYS.map((key) => ENDPOINT_METRICS[key].metricName);

const Report = v.object({
  result: v.string(),
  objections: v.array(v.string()),
  endpoints: v.array(v.record(v.string(), v.unknown())),
  findings: v.array(v.object({ reason: v.string(), summary: v.string() })),
});
const report = async (candidate: RouteCandidate, ...argv: readonly string[]) =>
  v.parse(Report, JSON.parse((await check(candidate, '--json', ...argv)).out));

test('an endpoint on one line: state, port, zones, clients, CRL', async () => {
  const { exit, out } = await check({});
  expect(out).toMatch(
    /staff +cvpn-endpoint-\S+ +available +answers \(tcp 443\) +eu-west-1a eu-west-1b +12 of 32768 +5 d/,
  );
  expect(out).toContain('WARNING ClientCrlExpiring staff: ');
  expect(out).toContain(
    'staff: split tunnel, sessions end after 24 h, no login banner, connection log on',
  );
  expect(exit).toBe(2);
});

test('who uses it most, by all of their sessions, and who has been idle for over an hour', async () => {
  const sessions = known(
    [
      aSession('ann', 400e6),
      aSession('ann', 300e6, { sessionId: 's-2' }),
      aSession('ben', 600e6),
      aSession('cat', 99_999),
      aSession('dan', 100_000),
      aSession('eve', 0, { establishedAt: START_AT - HOUR_MS }),
      aSession('fay', 0, { isActive: false }),
      aSession('gus', 0, { egressBytes: null }),
    ],
    START_AT,
  );
  const { endpoints } = await report({ sessions });
  expect(endpoints[0]?.['sessions']).toMatchObject({
    kind: 'read',
    activeCount: 7,
    topUsers: [
      { user: 'ann', bytes: 700e6 },
      { user: 'ben', bytes: 600e6 },
      { user: 'dan' },
      { user: 'cat' },
      {},
    ],
    idle: [{ user: 'cat' }],
  });
  const { out } = await check({ sessions });
  expect(out).toContain('Top users of staff: ann 700 MB, ben 600 MB');
  expect(out).toContain('1 idle for over an hour: cat');
});

describe('what cannot be read', () => {
  test('endpoints that cannot be read are a doubt, and the appliances are there all the same', async () => {
    const { objections, endpoints, result } = await report({ facts: unknown('denied', START_AT) });
    expect(objections).toContain('endpoints cannot be read: denied');
    expect(endpoints).toEqual([]);
    expect(result).not.toBe('well');
  });

  test('sessions that cannot be read are named, and no finding', async () => {
    const sessions = unknown('ec2:DescribeClientVpnConnections denied', START_AT);
    const { out } = await check({ sessions });
    expect(out).toContain(
      'The sessions of staff cannot be read: ec2:DescribeClientVpnConnections denied',
    );
  });

  test('an endpoint that is silent from this machine is no finding: the deployed poll probes from elsewhere', async () => {
    const result: ProbeResult = { kind: 'down', why: 'no answer', tookMs: 2_500 };
    const { endpoints, findings } = await report({ result });
    expect(endpoints[0]?.['reachability']).toBe('silent');
    expect(findings.map(({ reason }) => reason)).not.toContain('EndpointUnreachable');
  });

  test('--no-probes sends no probe, which is no objection', async () => {
    const { endpoints, objections } = await report({}, '--no-probes');
    expect(endpoints[0]?.['reachability']).toBe('unsure');
    expect(objections.join()).not.toContain('probe of');
  });
});
