/** Every threshold of Site-to-Site connections, in one place. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const CONNECTION_POLICY = {
  /** So many changes within the window are flapping. */
  flapCount: 3,
  flapWindowMs: HOUR_MS,
  /** A flapping tunnel counts as down as well once it has been down for longer than this. */
  flapDownMs: 5 * MINUTE_MS,
  /** Down for longer than this when first seen, and never seen up: not a failure but a tunnel that is not in use. */
  unusedMs: 7 * 24 * HOUR_MS,
  /** A connection that changed later than this, and has no point in CloudWatch, is newer than its first one. */
  unmeasuredMs: 30 * MINUTE_MS,
  /** Down for longer than this: no incident for on-call but a connection that is not in use. */
  longDownMs: 14 * 24 * HOUR_MS,
  /** `pending` for longer than this is not ordinary: connections become available within minutes. */
  pendingMs: HOUR_MS,
  /** A connection that EC2 leaves out of its list, and never called deleted, is taken for gone after this. */
  absentMs: 10 * MINUTE_MS,
  /** A status with an older change date than the last one's is believed when it has been read for so long. */
  doubtMs: 15_000,
  /** A tunnel of unknown status is notified after this. */
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
  /**
   * Static routes of one connection of a virtual private gateway, and routes that a gateway announces to a customer
   * gateway; neither is adjustable, and what is beyond them is left out without a word.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html
   */
  staticRoutesMax: 100,
  announcedRoutesMax: 1_000,
  /**
   * Of all connections of one gateway together: a virtual private gateway carries 1.25 Gbps, a concentrator 5.
   * @see https://aws.amazon.com/vpn/faqs/
   */
  gatewayBitsPerSecondMax: { 'virtual-private': 1.25e9, concentrator: 5e9 },
  /** Bytes an hour, both directions: half a megabit a second. A smaller deviation from the baseline is not notified. */
  baselineFloorBytes: 250_000_000,

  /** Three reads an hour of several periods each: CloudWatch charges for series, not for points. */
  metricsEveryMs: 20 * MINUTE_MS,
  /** Tunnels in one pass: large accounts are read in turns, so that no pass waits for 3,000 series. */
  metricsAtOnce: 250,
  /** Windows overlap, so that a missed poll leaves no hole. */
  metricsWindowMs: HOUR_MS,
  /** CloudWatch publishes late: the youngest whole period is left for the next read. */
  metricsLagMs: 2 * MINUTE_MS,
  /** TunnelState is read at the finest period that it may be published at. */
  statePeriodMs: MINUTE_MS,
  seriesEveryMs: HOUR_MS,
  /** Two weeks by the hour, four times a day: the hours between are known from the last time. */
  historyEveryMs: 6 * HOUR_MS,
  historyMs: 14 * 24 * HOUR_MS,
  /** Bands stored until the next history, with reserve. */
  historyHoursAhead: 10,
  /** Histories in one pass: 150 tunnels x 2 counters x 336 hours is one call's limit of points. */
  historiesAtOnce: 150,
  /** A metric that a tunnel has not shown for so long after it was first seen is missing: new series take 15 minutes. */
  metricMissingMs: HOUR_MS,

  maintenanceEveryMs: 6 * HOUR_MS,
  maintenancesAtOnce: 10,
  /** What is left of the window at least when a replacement begins: an endpoint takes minutes. */
  replacementMs: 15 * MINUTE_MS,
  /** The other tunnel must have been up for so long, and the replaced one before the next is begun. */
  steadyMs: 5 * MINUTE_MS,
  /** A replacement after which the tunnel showed no change is over after this. */
  replacementUnseenMs: 30 * MINUTE_MS,
  /** What became of a replacement is waited for no longer. */
  replacementKeptMs: 24 * HOUR_MS,
  /** Logs are read for so long after a tunnel has changed, and so far back. */
  logMs: 15 * MINUTE_MS,
  /** Connections whose logs are read in one pass. */
  logsAtOnce: 3,
  /** An AWS Health event explains findings for so long. */
  healthMs: 24 * HOUR_MS,
  /** Unreadable connections are notified after this: a single throttled pass is not. */
  blindMs: 2 * MINUTE_MS,
  metricsBlindMs: 10 * MINUTE_MS,
  /** After a failed read of CloudWatch the next one waits for this. */
  metricsRetryMs: 5 * MINUTE_MS,
} as const;
