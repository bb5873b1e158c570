/** What the network of instances can carry. Types only. */
import type { Reading } from './reading.ts';

export interface BandwidthFact {
  /** `c7gn.large` */
  readonly instanceType: string;
  /** What it carries for any length of time, in each direction; null: EC2 does not say. */
  readonly baselineBitsPerSecond: number | null;
}

export interface BandwidthPort {
  /** By instance id, of those that EC2 has. */
  bandwidths(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, BandwidthFact>>>;
}
