/** Goal: what the settings, the words and the counters of connections may say comes out of a whole look, told or listed. Method: looks a minute apart through all stages, ports in memory. */

import { expect, test } from '@jest/globals';
import type { MetricQuery } from '../../../lib/core/metric.ts';
import { known } from '../../../lib/core/reading.ts';
import { emptyNetwork } from '../../../lib/simulator/emptyNetwork.ts';
import { SimMetrics } from '../../../lib/simulator/metrics.ts';
import { seededRandom } from '../../../lib/simulator/random.ts';
import type { ConnectionFact } from '../../../lib/siteToSite/types/connection.ts';
import { lookAtConnections } from '../../../lib/watcher/scopes/connections.ts';
import { aConnection, aGateway, DOWN, MINUTE, STRONG } from '../../builders/connections.ts';
import { ACCOUNT, NOW } from '../../builders/facts.ts';
import { calm, somePorts } from '../../builders/ports.ts';
import { noTransit } from '../../builders/transit.ts';

interface World {
  readonly connections: readonly ConnectionFact[];
  /** Bytes of a second; null: no series at all. */
  readonly bytes?: (way: 'in' | 'out', at: number) => number | null;
  readonly minutes?: number;
  readonly health?: readonly string[];
}

/** What the last of the looks found, each as `severity Reason`, and what was told on the way, by reason. */
async function live({ connections, bytes, minutes = 1, health = [] }: World) {
  const ports = somePorts();
  const { clock } = ports;
  const series = connections.flatMap(({ connectionId, tunnels }) =>
    tunnels.flatMap(({ outsideIp }) =>
      ['TunnelState', 'TunnelDataIn', 'TunnelDataOut'].map((metricName) => ({
        namespace: 'AWS/VPN',
        metricName,
        dimensions: { VpnId: connectionId, TunnelIpAddress: outsideIp },
        sample: (at: number, periodMs: number, _statistic: MetricQuery['statistic']) => {
          if (metricName === 'TunnelState') return 1;
          const rate = bytes?.(metricName === 'TunnelDataIn' ? 'in' : 'out', at) ?? 0;
          return (rate * periodMs) / 1_000;
        },
      })),
    ),
  );
  const metrics = new SimMetrics(seededRandom(1), () => (bytes === undefined ? [] : series));
  const observer = {
    ...ports,
    vpn: {
      connections: async () => known(connections, clock.now()),
      customerGateways: async () => known([aGateway('a'), aGateway('b')], clock.now()),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map(), clock.now()),
      maintenance: async () =>
        known({ isPending: true, autoAppliedAfter: null, lastAppliedAt: null }, clock.now()),
      replaceTunnel: async () => ({ kind: 'refused', why: 'not meant to be asked' }) as const,
    },
    transit: noTransit,
    network: emptyNetwork({ clock }),
    metrics: metrics.port({ clock, pass: async () => {} }),
  };
  const notes = health.map((code, index) => ({
    id: `n-${index}`,
    code,
    at: NOW,
    connectionIds: connections.map(({ connectionId }) => connectionId),
  }));
  let found: readonly string[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const options = {
      accountId: ACCOUNT,
      mode: 'act',
      holdMs: MINUTE,
      health: minute === 0 ? notes : [],
    } as const;
    const polled = await clock.through(lookAtConnections(observer, options, calm()));
    found = (polled?.findings ?? []).map(({ severity, reason }) => `${severity} ${reason}`);
    await clock.run(clock.monotonicMs() + MINUTE);
  }
  return {
    found,
    notified: ports.notifications.sent.map(({ incidentId }) => incidentId.split('/').at(-1)),
  };
}

const HOUR_S = 65;
/** As it was for two weeks, until the first look. */
const once =
  (before: number, after: Readonly<Record<'in' | 'out', number>>) =>
  (way: 'in' | 'out', at: number) =>
    at < NOW ? before : after[way];
const FULL = { in: 75_000_000, out: 75_000_000 };

test.each<readonly [string, World]>([
  [
    'warning NoRoutesAccepted',
    { connections: [aConnection('a', { one: { acceptedRouteCount: 0 } })] },
  ],
  [
    'warning RouteLimitNear',
    { connections: [aConnection('a', { one: { acceptedRouteCount: 80 } })] },
  ],
  ['info CustomerGatewayShared', { connections: [aConnection('a')] }],
  [
    'info WeakCrypto',
    { connections: [aConnection('a', { one: { options: { ...STRONG, dhGroups: [2] } } })] },
  ],
  [
    'info LogsOff',
    { connections: [aConnection('a', { one: { options: { ...STRONG, isLogged: false } } })] },
  ],
  [
    'info TunnelReplaced',
    { connections: [aConnection('a')], health: ['AWS_VPN_SINGLE_TUNNEL_NOTIFICATION'] },
  ],
  [
    'warning SingleTunnelUsed',
    { connections: [aConnection('a', { two: { ...DOWN, changedAt: NOW - 30 * 86_400_000 } })] },
  ],
  [
    'warning TunnelMaintenancePending',
    {
      connections: [
        aConnection('a', { one: { options: { ...STRONG, hasLifecycleControl: true } } }),
      ],
    },
  ],
  [
    'warning TunnelOneWay',
    {
      connections: [aConnection('a')],
      minutes: HOUR_S,
      bytes: once(50_000, { in: 0, out: 50_000 }),
    },
  ],
  [
    'warning TunnelIdle',
    {
      connections: [aConnection('a', { isStatic: true })],
      minutes: 85,
      bytes: once(50_000, { in: 0, out: 0 }),
    },
  ],
  [
    'warning TunnelSaturated',
    { connections: [aConnection('a')], minutes: HOUR_S, bytes: once(75_000_000, FULL) },
  ],
  [
    'warning TrafficOffBaseline',
    {
      connections: [aConnection('a')],
      minutes: HOUR_S,
      bytes: once(1_000_000, { in: 20_000_000, out: 20_000_000 }),
    },
  ],
  ['info TunnelMetricMissing', { connections: [aConnection('a')], minutes: HOUR_S }],
])('%s', async (finding, world) => {
  const { found, notified } = await live(world);
  expect(found).toContain(finding);
  const [severity, reason = ''] = finding.split(' ');
  // Information is listed, never told.
  expect(notified.includes(reason)).toBe(severity !== 'info');
});

test('a connection that is well, with traffic as ever, is told of nothing', async () => {
  const { found, notified } = await live({
    connections: [aConnection('a'), aConnection('b')],
    minutes: 85,
    bytes: () => 50_000,
  });
  expect(found).toEqual([]);
  expect(notified).toEqual([]);
});
