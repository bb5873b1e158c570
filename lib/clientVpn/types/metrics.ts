/**
 * Which metrics of an endpoint are asked for, how often, and as what. The cost of asking is counted from this table too.
 * Published every five minutes, by `Endpoint` alone.
 * @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/monitoring-cloudwatch.html (read 2026-11-21)
 */

export const ENDPOINT_NAMESPACE = 'AWS/ClientVPN';
/** CloudWatch's own period of these metrics. */
export const ENDPOINT_PERIOD_MS = 300_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface EndpointMetric {
  readonly metricName: string;
  readonly statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
  /** How often it is asked for; never more often than it is published. */
  readonly everyMs: number;
  /** Whether its hours of two weeks are asked for too, once an hour, for its baseline. */
  readonly hasBaseline: boolean;
  /** What has expired may be said to have so many days to go. */
  readonly mayBeNegative: boolean;
  /** Asked for only at endpoints that this is true of; null: at all that have the series. */
  readonly only: 'connect-handler' | 'federated' | null;
}

export type EndpointMetricKey = keyof typeof ENDPOINT_METRICS;

/**
 * Each question about one series costs the same however many points it brings, so that what may wait a little is asked
 * for less often and brings several periods at once.
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

/** A refusal (`ClientConnectHandlerDeniedConnections`) is the handler's work, not its fault: not asked for. */
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

/** Which series exist is asked for so often; so are the hours of two weeks. */
export const SERIES_EVERY_MS = HOUR_MS;
/** One look back: enough for every metric's own pace and for points that come late. */
export const LOOK_BACK_MS = HOUR_MS;
export const HISTORY_MS = 14 * 24 * HOUR_MS;
