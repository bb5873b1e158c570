/** What a look at the metrics of the table saw. */
import * as v from 'valibot';
import { SEVERITIES } from '../core/finding.ts';
import type { MetricSeries, Point } from '../core/metric.ts';
import type { Instant } from '../core/time.ts';
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

const instant = v.pipe(v.number(), v.finite());

const schema = v.object({
  asked: v.object({
    seriesAt: v.nullable(instant),
    /** By `NAMESPACE METRIC`: the dimensions of each series that exists. */
    series: v.record(v.string(), v.array(v.record(v.string(), v.string()))),
  }),
  /** Open findings by `REASON THING`: since when, and how grave. */
  open: v.record(
    v.string(),
    v.object({ since: instant, severity: v.picklist(SEVERITIES), summary: v.string() }),
  ),
});

export type MetricMemory = Readonly<v.InferOutput<typeof schema>>;

export const noMetricMemory: MetricMemory = { asked: { seriesAt: null, series: {} }, open: {} };

/** Empty for what is not there or cannot be understood. */
export function recallMetrics(stored: unknown): MetricMemory {
  const parsed = v.safeParse(schema, stored);
  return parsed.success ? parsed.output : noMetricMemory;
}

export const rowName = ({
  namespace,
  metricName,
}: Pick<MetricRow, 'namespace' | 'metricName'>): string => `${namespace} ${metricName}`;
