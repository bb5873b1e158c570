/** CloudWatch of a made-up account: series by formula, so that any window of any period has its points. */
import type { Item } from './ids.ts';
import { shareOf } from './ids.ts';

export interface Series {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Of the period that begins at `at`. */
  readonly value: (at: number, periodMs: number) => number;
}

export const steady = (value: number) => (): number => value;

/** A sum that follows the working day in UTC: a fifth of it at night and at weekends, a tenth up or down by chance. */
export const businessHours =
  (name: string, anHour: number) =>
  (at: number, periodMs: number): number => {
    const time = new Date(at);
    const isBusy = time.getUTCDay() % 6 !== 0 && time.getUTCHours() >= 7 && time.getUTCHours() < 18;
    const hour = Math.floor(at / HOUR_MS);
    const chance = 0.9 + 0.2 * shareOf(`${name} ${hour}`);
    return Math.round((isBusy ? 1 : 0.2) * chance * anHour * (periodMs / HOUR_MS));
  };

/** The same as a level: how many at a time. */
export const busyCount = (name: string, most: number) => (at: number) =>
  Math.round(businessHours(name, most)(at, HOUR_MS));

/** Days from then until `end`. */
export const daysUntil = (end: number) => (at: number) => Math.floor((end - at) / (24 * HOUR_MS));

const HOUR_MS = 3_600_000;

export const metricItem = ({ namespace, metricName, dimensions }: Series): Item => ({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/** Points are published after two minutes, so the newest periods of a window that reaches `now` are not there yet. */
export function metricData(all: readonly Series[], input: object, now: number): Item {
  const { StartTime, EndTime, MetricDataQueries } = Object(input);
  const byName = new Map(all.map((one) => [JSON.stringify(metricItem(one)), one]));
  return {
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }: QueryItem) => {
      const series = byName.get(JSON.stringify(MetricStat.Metric));
      const periodMs = MetricStat.Period * 1_000;
      const end = Math.min(EndTime.getTime(), now - LAG_MS);
      const times: number[] = [];
      for (let at = StartTime.getTime(); at + periodMs <= end; at += periodMs) times.push(at);
      return {
        Id,
        Label: series?.metricName ?? '',
        StatusCode: 'Complete',
        Timestamps: series === undefined ? [] : times.map((at) => new Date(at)),
        Values: series === undefined ? [] : times.map((at) => series.value(at, periodMs)),
      };
    }),
  };
}

const LAG_MS = 120_000;

interface QueryItem {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: Item; readonly Period: number };
}
