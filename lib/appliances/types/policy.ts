/** The settings that decisions are made by. */

export interface Policy {
  /** `observe`: decide and notify, write nothing. */
  readonly mode: 'act' | 'observe';
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  /** Misses in a row that cause a failover. */
  readonly fall: number;
  /** Answers in a row that allow a failback. */
  readonly rise: number;
  readonly holdMs: number;
  /** Route writes: our own bucket, below EC2's 50 and 5/s. */
  readonly writeBurst: number;
  readonly writesPerSecond: number;
}

export const DEFAULT_POLICY: Policy = {
  mode: 'act',
  probeIntervalMs: 1_000,
  probeTimeoutMs: 800,
  fall: 3,
  rise: 30,
  holdMs: 300_000,
  writeBurst: 40,
  writesPerSecond: 4,
};

/** Silence shorter than this never moves a route: the first and the last missed probe are at least so far apart. */
export const silenceMsMin = (policy: Policy): number => (policy.fall - 1) * policy.probeIntervalMs;
