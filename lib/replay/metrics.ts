/** Metrics out of recorded answers: points are joined by series, statistic and period, whatever the window was. */
import type { Answer, Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import { compare } from '../core/order.ts';
import { type Instant, parseInstant, toDate } from '../core/time.ts';
import { awsError, listOf, MISSING, textOf } from './fields.ts';

export interface RecordedMetrics {
  /** Without any point recorded, metrics are not judged. */
  readonly hasAny: boolean;
  /** Every series that a point is recorded of, as ListMetrics answers. */
  list(input: Fields): Fields;
  /**
   * GetMetricData. A query whose series is not recorded for any part of the window has no points and a status of its own:
   * its reading is unknown.
   * @throws {Error} when the newest recorded answer is AWS's refusal.
   */
  answer(input: Fields, now: Instant): Fields;
}

interface Recorded {
  readonly at: Instant;
  readonly metric: Fields;
  readonly statistic: string;
  /** Null: of any period. */
  readonly periodS: number | null;
  readonly from: Instant;
  readonly to: Instant;
  readonly points: readonly Point[];
}

type Point = readonly [Instant, number];

/** `answers`: of GetMetricData and GetMetricStatistics, by time. */
export function recordedMetrics(answers: readonly Answer[]): RecordedMetrics {
  const all = answers.flatMap(recordedOf);
  const series = Map.groupBy(all, ({ metric, statistic }) => keyOf(metric, statistic));
  return {
    hasAny: answers.length > 0,
    list({ Namespace, MetricName }) {
      const metrics = new Map(all.map(({ metric }) => [keyOf(metric, ''), metric]));
      const asked = [...metrics.values()].filter(
        (one) =>
          (Namespace === undefined || one['Namespace'] === Namespace) &&
          (MetricName === undefined || one['MetricName'] === MetricName),
      );
      return { Metrics: asked };
    },
    answer(input, now) {
      const newest = answers.findLast(({ at }) => at <= now);
      if (newest?.result.kind === 'error') {
        throw awsError(newest.result.name, newest.result.message);
      }
      const window = {
        from: instantOf(input['StartTime']) ?? 0,
        to: instantOf(input['EndTime']) ?? now,
      };
      const results = listOf(input['MetricDataQueries']).map((query) => {
        const { metric, statistic, periodS } = askedOf(query);
        const recorded = (series.get(keyOf(metric, statistic)) ?? []).filter(
          (one) => one.at <= now && (one.periodS === null || one.periodS === periodS),
        );
        return { Id: query['Id'], ...resultOf(recorded, window) };
      });
      return { MetricDataResults: results };
    },
  };
}

function resultOf(
  recorded: readonly Recorded[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): Fields {
  const known = recorded.filter((one) => one.from < to && one.to > from);
  if (known.length === 0) return { StatusCode: MISSING, Timestamps: [], Values: [] };
  const points = new Map(known.flatMap((one) => one.points));
  const inside = [...points].filter(([at]) => at >= from && at < to).toSorted(([a], [b]) => a - b);
  return {
    StatusCode: 'Complete',
    Timestamps: inside.map(([at]) => toDate(at)),
    Values: inside.map(([, value]) => value),
  };
}

function recordedOf(answer: Answer): readonly Recorded[] {
  const { at, operation, input, result } = answer;
  if (result.kind === 'error') return [];
  const recorded = (asked: Asked, points: readonly Point[]): Recorded => {
    const times = points.map(([time]) => time);
    const from = instantOf(input['StartTime']) ?? Math.min(at, ...times);
    const to = instantOf(input['EndTime']) ?? Math.max(at, ...times.map((time) => time + 1));
    return { at, ...asked, from, to, points };
  };
  if (operation === 'GetMetricStatistics') {
    const { Statistics, Period } = input;
    const periodS = typeof Period === 'number' ? Period : null;
    return (Array.isArray(Statistics) ? Statistics.map(textOf) : []).map((statistic) => {
      const points = listOf(result.output['Datapoints']).flatMap((one) =>
        pointOf(one['Timestamp'], one[statistic]),
      );
      return recorded({ metric: metricOf(input), statistic, periodS }, points);
    });
  }
  const queries = new Map(listOf(input['MetricDataQueries']).map((one) => [one['Id'], one]));
  return listOf(result.output['MetricDataResults']).flatMap((one) => {
    const query = queries.get(one['Id']);
    if (query === undefined) return [];
    const values: readonly unknown[] = Array.isArray(one['Values']) ? one['Values'] : [];
    const times: readonly unknown[] = Array.isArray(one['Timestamps']) ? one['Timestamps'] : [];
    return [
      recorded(
        askedOf(query),
        times.flatMap((time, index) => pointOf(time, values[index])),
      ),
    ];
  });
}

function pointOf(time: unknown, value: unknown): readonly Point[] {
  const at = instantOf(time);
  return at === null || typeof value !== 'number' ? [] : [[at, value]];
}

type Asked = Pick<Recorded, 'metric' | 'statistic' | 'periodS'>;

function askedOf(query: Fields): Asked {
  const { Metric, Stat, Period } = fieldsOf(query['MetricStat']);
  return {
    metric: metricOf(fieldsOf(Metric)),
    statistic: textOf(Stat),
    periodS: typeof Period === 'number' ? Period : null,
  };
}

const metricOf = ({ Namespace, MetricName, Dimensions }: Fields): Fields => ({
  Namespace,
  MetricName,
  Dimensions: listOf(Dimensions),
});

const keyOf = ({ Namespace, MetricName, Dimensions }: Fields, statistic: string): string =>
  JSON.stringify([
    Namespace,
    MetricName,
    listOf(Dimensions)
      .map(({ Name, Value }) => [textOf(Name), textOf(Value)] as const)
      .toSorted(([a], [b]) => compare(a, b)),
    statistic,
  ]);

function instantOf(value: unknown): Instant | null {
  if (typeof value === 'string') return parseInstant(value);
  if (typeof value === 'number') return value * 1_000;
  const at: unknown =
    typeof value === 'object' && value !== null && 'getTime' in value ? Number(value) : null;
  return typeof at === 'number' && Number.isFinite(at) ? at : null;
}
