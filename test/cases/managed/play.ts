/** Plays sequences of raw DescribeVpnConnections items through the adapter and whole passes, a minute apart. */

import { readFileSync } from 'node:fs';
import type { CustomerGateway, VpnConnection } from '@aws-sdk/client-ec2';
import { connectionFact, customerGatewayFact } from '../../../lib/aws/siteToSite/facts.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { known } from '../../../lib/core/reading.ts';
import { emptyNetwork } from '../../../lib/simulator/emptyNetwork.ts';
import { SimMetrics } from '../../../lib/simulator/metrics.ts';
import { seededRandom } from '../../../lib/simulator/random.ts';
import { lookAtConnections } from '../../../lib/watcher/scopes/connections.ts';
import { ACCOUNT, NOW } from '../../builders/facts.ts';
import { calm, somePorts } from '../../builders/ports.ts';
import type { MemoryStore } from '../../builders/store.ts';
import { noTransit } from '../../builders/transit.ts';

export interface Input {
  /** CloudWatch has a point of each tunnel: up before the first minute. */
  readonly isMeasured?: boolean;
  readonly gateways?: readonly CustomerGateway[];
  /** `LastStatusChange`: minutes from the start. */
  readonly steps: readonly {
    readonly minutes?: number;
    /** Items of the state table that are lost before it: whose id begins so. */
    readonly loses?: readonly string[];
    /** What is written into it before. */
    readonly lies?: readonly (readonly [id: string, body: unknown])[];
    readonly connections: readonly (Omit<VpnConnection, 'VgwTelemetry'> & {
      readonly VgwTelemetry?: readonly {
        readonly OutsideIpAddress: string;
        readonly Status?: 'UP' | 'DOWN';
        readonly StatusMessage?: string;
        readonly AcceptedRouteCount?: number;
        readonly LastStatusChange?: number;
      }[];
    })[];
  }[];
}

export interface Sent {
  readonly minute: number;
  readonly subject: string;
  readonly sms: string;
  readonly text: string;
  readonly incidentId: string;
}

/** A file of `inputs`, without `.json`. */
export const inputOf = (name: string): Input =>
  JSON.parse(readFileSync(new URL(`inputs/${name}.json`, import.meta.url), 'utf8'));

/** What each minute found, and what was notified. */
export async function play(input: Input, onEnd: (store: MemoryStore) => void = () => {}) {
  const ports = somePorts();
  const { clock } = ports;
  let current: Input['steps'][number]['connections'] = [];
  const metrics = new SimMetrics(seededRandom(1), () =>
    input.isMeasured === true ? current.flatMap((one) => seriesOf(dated(one))) : [],
  );
  const observer = {
    ...ports,
    vpn: {
      connections: async () =>
        known(
          current.map((one) => connectionFact(dated(one))),
          clock.now(),
        ),
      customerGateways: async () =>
        known((input.gateways ?? []).flatMap(customerGatewayFact), clock.now()),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map(), clock.now()),
      maintenance: async () =>
        known({ isPending: false, autoAppliedAfter: null, lastAppliedAt: null }, clock.now()),
      replaceTunnel: async () => ({ kind: 'refused', why: 'not meant to be asked' }) as const,
    },
    transit: noTransit,
    network: emptyNetwork({ clock }),
    metrics: metrics.port({ clock, pass: async () => {} }),
  };
  const found: (readonly Finding[])[] = [];
  const sent: Sent[] = [];
  for (const { minutes = 1, connections, loses = [], lies = [] } of input.steps) {
    current = connections;
    for (const id of ports.store.rows.keys())
      if (loses.some((start) => id.startsWith(start))) ports.store.rows.delete(id);
    for (const [id, body] of lies) ports.store.put(id, body);
    for (let minute = 0; minute < minutes; minute += 1) {
      const before = ports.notifications.sent.length;
      const options = { accountId: ACCOUNT, mode: 'act', holdMs: 60_000, health: [] } as const;
      const polled = await clock.through(lookAtConnections(observer, options, calm()));
      const at = found.push(polled?.findings ?? []) - 1;
      sent.push(...ports.notifications.sent.slice(before).map((one) => ({ ...one, minute: at })));
      await clock.run(clock.monotonicMs() + 60_000);
    }
  }
  onEnd(ports.store);
  return { found, sent, subjects: sent.map(({ minute, subject }) => `${minute} ${subject}`) };
}

const seriesOf = ({ VpnConnectionId = '', VgwTelemetry = [] }: VpnConnection) =>
  VgwTelemetry.map(({ OutsideIpAddress = '' }) => ({
    namespace: 'AWS/VPN',
    metricName: 'TunnelState',
    dimensions: { VpnId: VpnConnectionId, TunnelIpAddress: OutsideIpAddress },
    sample: (at: number) => (at < NOW ? 1 : null),
  }));

const dated = (raw: Input['steps'][number]['connections'][number]): VpnConnection => ({
  ...raw,
  VgwTelemetry: (raw.VgwTelemetry ?? []).map(({ LastStatusChange, ...one }) => ({
    ...one,
    ...(LastStatusChange !== undefined && {
      LastStatusChange: new Date(NOW + LastStatusChange * 60_000),
    }),
  })),
});
