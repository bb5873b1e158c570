/** CloudWatch metrics, read only. Types only. */
import type { Measured, MetricQuery, MetricSeries, MetricWindow } from './metric.ts';
import type { Reading } from './reading.ts';

export interface MetricPort {
  /**
   * Every series of this name that has had points lately (CloudWatch lists those of the last two weeks); without a name,
   * every series of the namespace: one list for many names.
   */
  series(
    of: { readonly namespace: string; readonly metricName: string | null },
    signal: AbortSignal,
  ): Promise<Reading<readonly MetricSeries[]>>;
  /**
   * One reading a query, in the order of the queries: a batch that fails, or a series that CloudWatch cannot answer for,
   * is unknown alone. No points is an empty list, never a zero. Asked in batches as large as CloudWatch allows.
   */
  points(
    queries: readonly MetricQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<readonly Reading<Measured>[]>;
}
