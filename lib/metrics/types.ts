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
  /** What is tagged `vpn-medic:watch`, as read now, else as read last. */
  readonly tagged: readonly TaggedResource[];
  /** ARNs of what was tagged in the last pass and is not any more. */
  readonly untagged: readonly string[];
  /** Series that CloudWatch has and that no tag asks to be judged. */
  readonly unwatched: readonly RowSeries[];
  readonly gaps: readonly { readonly what: string; readonly why: string }[];
  readonly asked: MetricMemory['asked'];
  /** What has come since the last pass. */
  readonly health: readonly HealthNote[];
}

/** What AWS Health says of Direct Connect connections and virtual interfaces. */
export interface HealthNote {
  readonly id: string;
  /** `AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED` */
  readonly code: string;
  readonly at: Instant;
  readonly ids: readonly string[];
}

export interface TaggedResource {
  readonly arn: string;
  /** The tag `vpn-medic:ignore`; null: none. */
  readonly ignore: string | null;
  /** The tag `vpn-medic:quiet`; null: none. */
  readonly quiet: string | null;
}

export interface RowSeries {
  readonly row: WatchedRow;
  readonly dimensions: MetricSeries['dimensions'];
}

export interface RowObservation {
  readonly row: WatchedRow;
  readonly series: readonly SeriesObservation[];
}

export interface SeriesObservation extends MetricSeries {
  /** Null: could not be read. Empty: nothing was published lately. */
  readonly points: readonly Point[] | null;
}

/** The values of all dimensions but the one that makes members; the first alone where it is enough to name it. */
export const thingOf = (
  row: Pick<MetricRow, 'dimensions' | 'across'>,
  dimensions: MetricSeries['dimensions'],
): string =>
  row.dimensions
    .filter((name) => name !== row.across)
    .map((name) => dimensions[name] ?? '')
    .join(' ');

export const rowName = ({
  namespace,
  metricName,
}: Pick<MetricRow, 'namespace' | 'metricName'>): string => `${namespace} ${metricName}`;

/** So many periods a point counts as new: its own, and three more for coming late. */
export const FRESH_PERIODS = 4;
