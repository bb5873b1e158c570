/** Every threshold of transit gateway routes, in one place. */

const MINUTE_MS = 60_000;

export const TRANSIT_POLICY = {
  /** While a group exists its connections are read so often. */
  everyMs: 10_000,
  /** Failovers count for so long, and no hold-down grows longer. */
  flapWindowMs: 60 * MINUTE_MS,
  /** So many failovers of a route within the window keep it on the connection that is up. */
  failoversMax: 3,
  /** Writes in one pass. EC2's bucket of ReplaceTransitGatewayRoute is not published: ours is small. */
  writesMax: 20,
  /** Between the fresh reads and a write. */
  freshMs: 5_000,
  /** Waits between tries of a write that does not show: the first, and the longest. */
  retryMs: 5_000,
  retryMsMax: MINUTE_MS,
  /** A write that is still wanted is tried again sooner: one that is older was given up, and shows or never will. */
  forgetMs: 5 * MINUTE_MS,
  /** A second try that does not show so long after the first is a finding. */
  settleMs: 15_000,
  /** Another tool's rewriting is worth a notification for so long. */
  rewrittenMs: 10 * MINUTE_MS,
  /** Unreadable for longer than this is notified: a single throttled pass is not. */
  blindMs: 2 * MINUTE_MS,
  /** A stored instant further in the future counts as now. */
  futureMs: 5_000,
} as const;
