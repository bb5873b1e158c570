/** What one pass over the metrics of the table read. */
import type { MetricSeries, Point } from '../core/metric.ts';
import type { Instant } from '../core/time.ts';
import type { MetricMemory } from './state.ts';
import type { MetricRow, WatchedRow } from './table.ts';

export interface MetricWorld {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  /** Rows of this region, in the order of the table. */
  readonly rows: readonly RowObservation[];
  readonly gaps: readonly { readonly what: string; readonly why: string }[];
  readonly asked: MetricMemory['asked'];
}

export interface RowObservation {
  readonly row: WatchedRow;
  readonly series: readonly SeriesObservation[];
}

export interface SeriesObservation extends MetricSeries {
  /** Null: could not be read. Empty: nothing was published lately. */
  readonly points: readonly Point[] | null;
}

export const rowName = ({
  namespace,
  metricName,
}: Pick<MetricRow, 'namespace' | 'metricName'>): string => `${namespace} ${metricName}`;
