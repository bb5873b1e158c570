/** CloudWatch metrics, read only. Types only. */
import type { Reading } from '../model/reading.ts';
import type { Instant } from '../time.ts';

export interface MetricPort {
  /** Every series of this name that has had points lately (CloudWatch lists those of the last two weeks). */
  series(
    of: Pick<MetricSeries, 'namespace' | 'metricName'>,
    signal: AbortSignal,
  ): Promise<Reading<readonly MetricSeries[]>>;
  /**
   * One answer a query, in the order of the queries; points ordered by time, `from` inclusive, `to` exclusive, both
   * multiples of the period. No points is an empty list, never a zero. Asked in batches as large as CloudWatch allows.
   */
  points(
    queries: readonly MetricQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<Reading<readonly (readonly Point[])[]>>;
}

export interface MetricSeries {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricQuery extends MetricSeries {
  readonly statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
}

export interface MetricWindow {
  readonly from: Instant;
  readonly to: Instant;
  /** A multiple of 60 s. */
  readonly periodMs: number;
}

export interface Point {
  /** Beginning of its period. */
  readonly at: Instant;
  readonly value: number;
}
