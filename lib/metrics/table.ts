/**
 * What is watched by its metrics alone, wherever it is there: one row each, and a further row needs no code.
 * Series are found by listing, so that nothing is asked about what the account does not have.
 */

import { METRIC_FINDINGS } from '../core/findings/metrics.ts';
import type { MetricReason } from '../core/reasons.ts';
import { partitionOf } from '../core/serviceAddress.ts';

export interface MetricRow {
  readonly reason: string;
  readonly namespace: string;
  readonly metricName: string;
  /** Exactly these dimensions make a series of this row; the first names the thing. */
  readonly dimensions: readonly [string, ...(readonly string[])];
  /** Series that differ in this dimension alone are members of one thing, and their values are added up; null: each is one. */
  readonly across: string | null;
  readonly statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
  /** CloudWatch's period, and so the shortest interval of reads. */
  readonly periodMs: number;
  /** So many periods in a row, the newest among them. */
  readonly periods: number;
  /** The first that holds counts, the gravest first. `members`: how many members there are, so `below members` is fewer than one each. */
  readonly conditions: readonly MetricCondition[];
  /** The one region whose CloudWatch has it; null: every region its own. */
  readonly region: string | null;
  /** How the ARNs of what it is about go on behind the account. */
  readonly resources: readonly string[];
  /** What it means when nothing is published any more. */
  readonly silence: string;
  /** The sentence that is notified, with `{thing}` and `{value}`, without a full stop. */
  readonly means: string;
  readonly hint: string;
}

export interface MetricCondition {
  readonly severity: 'critical' | 'warning';
  readonly is: 'below' | 'above';
  readonly limit: number | 'members';
}

const MINUTE_MS = 60_000;
const DELETED = 'it may have been deleted';

export const METRIC_TABLE = [
  {
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html (read 2026-11-21)
    reason: 'TargetsUnhealthy',
    namespace: 'AWS/NetworkELB',
    metricName: 'HealthyHostCount',
    dimensions: ['TargetGroup', 'LoadBalancer', 'AvailabilityZone'],
    across: 'AvailabilityZone',
    statistic: 'Minimum',
    periodMs: 5 * MINUTE_MS,
    periods: 1,
    conditions: [{ severity: 'warning', is: 'below', limit: 'members' }],
    region: null,
    resources: ['targetgroup/', 'loadbalancer/net/'],
    silence: 'no target is registered',
    means:
      'Target group {thing}: {value} healthy targets in all zones together; a zone or the whole group has none',
    hint: METRIC_FINDINGS.TargetsUnhealthy.hint,
  },
  {
    // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html (read 2026-11-21): us-east-1 alone.
    reason: 'HealthCheckFailing',
    namespace: 'AWS/Route53',
    metricName: 'HealthCheckStatus',
    dimensions: ['HealthCheckId'],
    across: null,
    statistic: 'Minimum',
    periodMs: 5 * MINUTE_MS,
    periods: 1,
    conditions: [{ severity: 'warning', is: 'below', limit: 1 }],
    region: 'us-east-1',
    resources: ['healthcheck/'],
    silence: DELETED,
    means: 'Route 53 health check {thing} fails: DNS leaves its records out of the answers',
    hint: METRIC_FINDINGS.HealthCheckFailing.hint,
  },
  {
    // https://docs.aws.amazon.com/directconnect/latest/UserGuide/monitoring-cloudwatch.html (read 2026-11-21)
    reason: 'DirectConnectDown',
    namespace: 'AWS/DX',
    metricName: 'ConnectionState',
    dimensions: ['ConnectionId'],
    across: null,
    statistic: 'Minimum',
    periodMs: 5 * MINUTE_MS,
    periods: 1,
    conditions: [{ severity: 'warning', is: 'below', limit: 1 }],
    region: null,
    resources: ['dxcon/'],
    silence: DELETED,
    means: 'Direct Connect {thing} is down: traffic takes the remaining paths, for example a VPN',
    hint: METRIC_FINDINGS.DirectConnectDown.hint,
  },
  {
    // The same page; the metric is of 2026-03.
    reason: 'DirectConnectBgpDown',
    namespace: 'AWS/DX',
    metricName: 'VirtualInterfaceBgpStatus',
    dimensions: ['VirtualInterfaceId', 'ConnectionId'],
    across: null,
    statistic: 'Minimum',
    periodMs: 5 * MINUTE_MS,
    periods: 1,
    conditions: [{ severity: 'warning', is: 'below', limit: 1 }],
    region: null,
    resources: ['dxvif/', 'dxcon/'],
    silence: DELETED,
    means:
      'BGP of the Direct Connect virtual interface {thing} is down: no routes are learnt over it',
    hint: METRIC_FINDINGS.DirectConnectBgpDown.hint,
  },
  {
    // https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-cloudwatch-metrics.html (read 2026-11-21)
    reason: 'TransitGatewayBlackhole',
    namespace: 'AWS/TransitGateway',
    metricName: 'PacketDropCountBlackhole',
    dimensions: ['TransitGateway'],
    across: null,
    statistic: 'Sum',
    periodMs: 5 * MINUTE_MS,
    periods: 2,
    // One packet a second: fewer are usual: scanners.
    conditions: [{ severity: 'warning', is: 'above', limit: 300 }],
    region: null,
    resources: ['transit-gateway/'],
    silence: DELETED,
    means:
      'Transit gateway {thing} dropped {value} packets in five minutes: their route is a blackhole',
    hint: METRIC_FINDINGS.TransitGatewayBlackhole.hint,
  },
  {
    reason: 'TransitGatewayNoRoute',
    namespace: 'AWS/TransitGateway',
    metricName: 'PacketDropCountNoRoute',
    dimensions: ['TransitGateway'],
    across: null,
    statistic: 'Sum',
    periodMs: 5 * MINUTE_MS,
    periods: 2,
    conditions: [{ severity: 'warning', is: 'above', limit: 300 }],
    region: null,
    resources: ['transit-gateway/'],
    silence: DELETED,
    means: 'Transit gateway {thing} dropped {value} packets in five minutes: no route matched them',
    hint: METRIC_FINDINGS.TransitGatewayNoRoute.hint,
  },
] as const satisfies readonly MetricRow[];

/** A row as the stages see it. */
export type WatchedRow = MetricRow & { readonly reason: MetricReason };

/** The rows that CloudWatch of this region has; of a region that is not watched itself, only those that are nowhere else. */
export const rowsOf = (
  region: string,
  isWatched: boolean,
  table: readonly WatchedRow[] = METRIC_TABLE,
): readonly WatchedRow[] =>
  table.filter((row) => (row.region === null ? isWatched : row.region === region));

/** Where the table is read: the watched regions, and those of the same partition that alone have a row's metric. */
export function metricRegions(
  watched: readonly string[],
  table: readonly WatchedRow[] = METRIC_TABLE,
): readonly string[] {
  const partitions = new Set(watched.map(partitionOf));
  const alone = table.flatMap(({ region }) =>
    region !== null && partitions.has(partitionOf(region)) ? [region] : [],
  );
  return [...new Set([...watched, ...alone])];
}
