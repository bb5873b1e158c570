/** The settings that decisions are made by. */

export interface Policy {
  /** `observe`: decide and notify, write nothing. */
  readonly mode: 'act' | 'observe';
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  /** Silence shorter than this never moves a route: of a vantage inside the VPC, and of one outside. */
  readonly silenceInsideMs: number;
  readonly silenceOutsideMs: number;
  /** The least number of misses in a row that cause a failover. */
  readonly fall: number;
  /** Answers in a row that allow a failback. */
  readonly rise: number;
  readonly holdMs: number;
  /** What allows a failback after a death that EC2 did not confirm: `proven`: an answer through the tunnel, or a person; `probe`: the same probes as ever. */
  readonly failback: 'proven' | 'probe';
  /** `any`: every tagged instance may join its group (S2). */
  readonly joinPolicy: 'admitted' | 'any';
  /** Route writes: our own bucket, below EC2's 50 and 5/s. */
  readonly writeBurst: number;
  readonly writesPerSecond: number;
}

export const DEFAULT_POLICY: Policy = {
  mode: 'act',
  probeIntervalMs: 1_000,
  probeTimeoutMs: 800,
  silenceInsideMs: 1_200,
  // Internet paths reconverge for up to 2 s.
  silenceOutsideMs: 2_000,
  fall: 3,
  rise: 30,
  holdMs: 300_000,
  failback: 'probe',
  joinPolicy: 'admitted',
  writeBurst: 40,
  writesPerSecond: 4,
};

/**
 * The first and the last missed probe of a silence that counts are at least so far apart; never less than an interval,
 * within which every target is probed.
 */
export const silenceMsOf = (policy: Policy, { isInVpc }: { readonly isInVpc: boolean }): number =>
  Math.max(policy.probeIntervalMs, isInVpc ? policy.silenceInsideMs : policy.silenceOutsideMs);
