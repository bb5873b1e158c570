/** Every threshold of Site-to-Site connections, in one place. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const CONNECTION_POLICY = {
  /** So many changes within the window are flapping. */
  flapCount: 3,
  flapWindowMs: HOUR_MS,
  /** A flapping tunnel is told as down as well once it has been down for longer than this. */
  flapDownMs: 5 * MINUTE_MS,
  /** Down for longer than this when first seen, and never seen up: not a failure but a tunnel that nobody uses. */
  unusedMs: 7 * 24 * HOUR_MS,
  /** A tunnel that tells nothing is told of after this. */
  unknownMs: 15 * MINUTE_MS,

  /** Byte counters are judged by periods as long as CloudWatch surely publishes them. */
  periodMs: 5 * MINUTE_MS,
  /** In a row: more than 15 minutes. */
  oneWayPeriods: 3,
  saturatedPeriods: 3,
  idlePeriods: 12,
  /**
   * Bytes in a period that count as none: background ARP, BGP and status checks are counted too, even while a tunnel is
   * down. BGP keepalives of 10 s are about 6 KB.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html (read 2026-11-20)
   */
  quietBytes: 20_000,
  /** Bytes out in a period that certainly wait for an answer. */
  busyBytes: 200_000,
  /** @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html (read 2026-11-20) */
  bitsPerSecondMax: { standard: 1.25e9, large: 5e9 },
  saturatedShare: 0.8,
  /**
   * Routes that a customer gateway may announce, by gateway; not adjustable, and beyond it the BGP session ends.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html (read 2026-11-20)
   */
  acceptedRoutesMax: {
    'virtual-private': 100,
    transit: 1_000,
    'cloud-wan': 1_000,
    concentrator: 1_000,
    none: 100,
  },
  routesNearShare: 0.8,
  /** Bytes an hour, both directions: half a megabit a second. Less than that off its baseline is nobody's concern. */
  baselineFloorBytes: 250_000_000,

  /** Three questions of several periods an hour: each metric asked for is paid, each point is not. */
  metricsEveryMs: 20 * MINUTE_MS,
  /** Tunnels at one look: large accounts are asked for in turns, so that no look waits for 3,000 series. */
  metricsAtOnce: 250,
  /** Windows overlap, so that a missed poll leaves no hole. */
  metricsWindowMs: HOUR_MS,
  /** CloudWatch publishes late: the youngest whole period is left for the next question. */
  metricsLagMs: 2 * MINUTE_MS,
  /** TunnelState is asked for at the finest period that it may be published at. */
  statePeriodMs: MINUTE_MS,
  seriesEveryMs: HOUR_MS,
  /** Two weeks by the hour, four times a day: the hours between are known from the last time. */
  historyEveryMs: 6 * HOUR_MS,
  historyMs: 14 * 24 * HOUR_MS,
  /** Bands kept from one history to the next, with reserve. */
  historyHoursAhead: 10,
  /** Histories asked for at one poll: 150 tunnels x 2 counters x 336 hours is one call's limit of points. */
  historiesAtOnce: 150,
  /** A metric that a tunnel has not shown for so long after it was first seen is missing: new series take 15 minutes. */
  metricMissingMs: HOUR_MS,

  maintenanceEveryMs: 6 * HOUR_MS,
  maintenancesAtOnce: 10,
  /** So long a notice of AWS Health explains what is seen. */
  healthMs: 24 * HOUR_MS,
  /** Connections that cannot be read are told of after this: a single throttled look is none. */
  blindMs: 2 * MINUTE_MS,
  metricsBlindMs: 10 * MINUTE_MS,
  /** After a question to CloudWatch that failed, the next one waits for this. */
  metricsRetryMs: 5 * MINUTE_MS,
} as const;
