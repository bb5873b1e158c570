/**
 * Which metrics of an endpoint are read, how often, and with which statistic. `lib/cost` counts from this table too.
 * Published every five minutes, by `Endpoint` alone.
 * @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/monitoring-cloudwatch.html (read 2026-11-21)
 */
import type { Point } from '../../core/metric.ts';

export const ENDPOINT_NAMESPACE = 'AWS/ClientVPN';
/** CloudWatch's own period of these metrics. */
export const ENDPOINT_PERIOD_MS = 300_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface EndpointMetric {
  readonly metricName: string;
  readonly statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
  /** How often it is read; never more often than it is published. */
  readonly everyMs: number;
  /** Whether its hourly history of two weeks is read too, once an hour, for its baseline. */
  readonly hasBaseline: boolean;
  /** Days to expiry are negative after the expiry. */
  readonly mayBeNegative: boolean;
  /** Read only of endpoints with this feature; null: of all that have the series. */
  readonly only: 'connect-handler' | 'federated' | null;
}

export type EndpointMetricKey = keyof typeof ENDPOINT_METRICS;

/** Points of the series that exist and were read; a missing key was not read. */
export type EndpointPoints = Readonly<Partial<Record<EndpointMetricKey, readonly Point[]>>>;

/**
 * CloudWatch charges for each series read, however many points come back: what is not urgent is read less often and
 * brings several periods at once.
 */
export const ENDPOINT_METRICS = {
  active: {
    metricName: 'ActiveConnectionsCount',
    statistic: 'Average',
    everyMs: 5 * MINUTE_MS,
    hasBaseline: true,
    mayBeNegative: false,
    only: null,
  },
  authFailures: {
    metricName: 'AuthenticationFailures',
    statistic: 'Sum',
    everyMs: 5 * MINUTE_MS,
    hasBaseline: true,
    mayBeNegative: false,
    only: null,
  },
  ingressBytes: {
    metricName: 'IngressBytes',
    statistic: 'Sum',
    everyMs: 15 * MINUTE_MS,
    hasBaseline: true,
    mayBeNegative: false,
    only: null,
  },
  egressBytes: {
    metricName: 'EgressBytes',
    statistic: 'Sum',
    everyMs: 15 * MINUTE_MS,
    hasBaseline: true,
    mayBeNegative: false,
    only: null,
  },
  crlDays: {
    metricName: 'CrlDaysToExpiry',
    statistic: 'Minimum',
    everyMs: HOUR_MS,
    hasBaseline: false,
    mayBeNegative: true,
    only: null,
  },
  idpDays: {
    metricName: 'IdpCertDaysToExpiry',
    statistic: 'Minimum',
    everyMs: HOUR_MS,
    hasBaseline: false,
    mayBeNegative: true,
    only: 'federated',
  },
  handlerTimeouts: handler('ClientConnectHandlerTimeouts'),
  handlerInvalid: handler('ClientConnectHandlerInvalidResponses'),
  handlerFailures: handler('ClientConnectHandlerOtherExecutionErrors'),
  handlerThrottled: handler('ClientConnectHandlerThrottlingErrors'),
  handlerService: handler('ClientConnectHandlerFailedServiceErrors'),
} as const satisfies Readonly<Record<string, EndpointMetric>>;

/** `ClientConnectHandlerDeniedConnections` is not read: a refusal is what the handler is for. */
function handler<N extends string>(metricName: N) {
  return {
    metricName,
    statistic: 'Sum',
    everyMs: 15 * MINUTE_MS,
    hasBaseline: false,
    mayBeNegative: false,
    only: 'connect-handler',
  } as const;
}

export const ENDPOINT_METRIC_KEYS: readonly EndpointMetricKey[] = Object.keys(
  ENDPOINT_METRICS,
).filter((key): key is EndpointMetricKey => Object.hasOwn(ENDPOINT_METRICS, key));

export const HANDLER_KEYS = [
  'handlerTimeouts',
  'handlerInvalid',
  'handlerFailures',
  'handlerThrottled',
  'handlerService',
] as const satisfies readonly EndpointMetricKey[];

/** How often the list of series is read, and the hourly history of two weeks. */
export const SERIES_EVERY_MS = HOUR_MS;
/** Window of one read: long enough for each metric's interval and for points that are published late. */
export const LOOK_BACK_MS = HOUR_MS;
export const HISTORY_MS = 14 * 24 * HOUR_MS;
