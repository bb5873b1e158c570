/** GetMetricData out of recorded answers: points are joined by series, statistic and period, whatever the window was. */
import type { Answer, Fields } from '../capture/types.ts';
import { type Instant, parseInstant, toDate } from '../core/time.ts';
import { awsError, fieldsOf, listOf, textOf } from './fields.ts';

interface Recorded {
  readonly at: Instant;
  readonly from: Instant;
  readonly to: Instant;
  readonly points: readonly (readonly [Instant, number])[];
}

export interface RecordedMetrics {
  /** False: GetMetricData is not recorded at all. */
  readonly hasAny: boolean;
  /**
   * A query whose series is not recorded for any part of the window has no result: its reading is unknown.
   * @throws {Error} when the newest recorded answer is AWS's refusal.
   */
  answer(input: Fields, now: Instant): Fields;
}

/** `answers`: of GetMetricData, by time. */
export function recordedMetrics(answers: readonly Answer[]): RecordedMetrics {
  const series = new Map<string, Recorded[]>();
  for (const { at, input, result } of answers) {
    if (result.kind === 'error') continue;
    const queries = new Map(
      listOf(input['MetricDataQueries']).map((query) => [query['Id'], keyOf(query)]),
    );
    for (const one of listOf(result.output['MetricDataResults'])) {
      const key = queries.get(one['Id']);
      if (key === undefined) continue;
      const values = Array.isArray(one['Values']) ? one['Values'] : [];
      const times = Array.isArray(one['Timestamps']) ? one['Timestamps'] : [];
      const points = times.flatMap((time: unknown, index) => {
        const pointAt = instantOf(time);
        return pointAt === null ? [] : [[pointAt, Number(values[index])] as const];
      });
      const from = instantOf(input['StartTime']) ?? Math.min(...points.map(([when]) => when));
      const to = instantOf(input['EndTime']) ?? at;
      series.set(key, [...(series.get(key) ?? []), { at, from, to, points }]);
    }
  }
  return {
    hasAny: answers.length > 0,
    answer(input, now) {
      const newest = answers.findLast(({ at }) => at <= now);
      if (newest?.result.kind === 'error') {
        throw awsError(newest.result.name, newest.result.message);
      }
      const from = instantOf(input['StartTime']) ?? 0;
      const to = instantOf(input['EndTime']) ?? now;
      const results = listOf(input['MetricDataQueries']).flatMap((query): readonly Fields[] => {
        const known = (series.get(keyOf(query)) ?? []).filter(
          (one) => one.at <= now && one.from < to && one.to > from,
        );
        if (known.length === 0) return [];
        const points = new Map(known.flatMap((one) => one.points));
        const inside = [...points]
          .filter(([at]) => at >= from && at < to)
          .toSorted(([a], [b]) => a - b);
        return [
          {
            Id: query['Id'],
            StatusCode: 'Complete',
            Timestamps: inside.map(([at]) => toDate(at)),
            Values: inside.map(([, value]) => value),
          },
        ];
      });
      return { MetricDataResults: results };
    },
  };
}

/** Series, statistic and period of one query. */
function keyOf(query: Fields): string {
  const stat = fieldsOf(query['MetricStat']);
  const metric = fieldsOf(stat['Metric']);
  const dimensions = listOf(metric['Dimensions']).map(
    ({ Name, Value }) => [textOf(Name), textOf(Value)] as const,
  );
  return JSON.stringify([
    metric['Namespace'],
    metric['MetricName'],
    dimensions.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    stat['Stat'],
    stat['Period'],
  ]);
}

function instantOf(value: unknown): Instant | null {
  if (typeof value === 'string') return parseInstant(value);
  if (typeof value === 'number') return value * 1_000;
  const at: unknown =
    typeof value === 'object' && value !== null && 'getTime' in value ? Number(value) : null;
  return typeof at === 'number' && Number.isFinite(at) ? at : null;
}
