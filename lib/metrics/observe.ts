/** Reads every row of the metric table that the account has series for. */

import type { MetricPort } from '../core/metricPort.ts';
import type { Clock, Instant } from '../core/time.ts';
import { type MetricMemory } from './state.ts';
import type { WatchedRow } from './table.ts';
import { type MetricWorld, rowName, type SeriesObservation } from './types.ts';

export interface MetricObserver {
  readonly region: string;
  readonly clock: Clock;
  readonly metrics: MetricPort;
}

/** `table`: the rows whose metrics this region's CloudWatch has. */
export async function observeMetrics(
  { region, clock, metrics }: MetricObserver,
  accountId: string,
  table: readonly WatchedRow[],
  memory: MetricMemory,
  signal: AbortSignal,
): Promise<MetricWorld> {
  const at = clock.now();
  const listed = await listSeries(metrics, table, memory.asked, at, signal);
  const wanted = table.flatMap((row) =>
    (listed.asked.series[rowName(row)] ?? []).map((dimensions) => ({ row, dimensions })),
  );
  // One call for all rows of one period.
  const read = await Promise.all(
    [...Map.groupBy(wanted, ({ row }) => row.periodMs)].map(([periodMs, some]) =>
      readPoints(metrics, some, periodMs, at, signal),
    ),
  );
  const observations = read.flatMap((one) => one.observations);
  const whys = new Set(read.flatMap((one) => one.whys));
  return {
    at,
    accountId,
    region,
    rows: table.map((row) => ({
      row,
      series: observations.flatMap((one) => (one.row === row ? [one.series] : [])),
    })),
    gaps: [...listed.gaps, ...[...whys].map((why) => ({ what: 'metrics', why }))],
    asked: listed.asked,
  };
}

interface Wanted {
  readonly row: WatchedRow;
  readonly dimensions: Readonly<Record<string, string>>;
}

async function readPoints(
  metrics: MetricPort,
  wanted: readonly Wanted[],
  periodMs: number,
  at: Instant,
  signal: AbortSignal,
) {
  const periods = Math.max(...wanted.map(({ row }) => row.periods)) + LATE_PERIODS;
  const answers = await metrics.points(
    wanted.map(({ row: { namespace, metricName, statistic }, dimensions }) => ({
      namespace,
      metricName,
      dimensions,
      statistic,
    })),
    { from: at - periods * periodMs, to: at, periodMs },
    signal,
  );
  const observations = wanted.map(({ row, dimensions }, index) => {
    const answer = answers[index];
    const { namespace, metricName } = row;
    const points = answer?.known === true ? answer.value.points : null;
    return {
      row,
      series: { namespace, metricName, dimensions, points } satisfies SeriesObservation,
    };
  });
  return { observations, whys: answers.flatMap((answer) => (answer.known ? [] : [answer.why])) };
}

/** Points may come late by so many periods. */
const LATE_PERIODS = 3;
const LIST_EVERY_MS = 3_600_000;

async function listSeries(
  metrics: MetricPort,
  table: readonly WatchedRow[],
  asked: MetricMemory['asked'],
  now: Instant,
  signal: AbortSignal,
): Promise<Pick<MetricWorld, 'asked' | 'gaps'>> {
  const isDue =
    asked.seriesAt === null ||
    Math.floor(now / LIST_EVERY_MS) !== Math.floor(asked.seriesAt / LIST_EVERY_MS);
  if (!isDue) return { asked, gaps: [] };
  const gaps: { what: string; why: string }[] = [];
  // Rows of one namespace share its list; a single row lists its own metric name only.
  const namespaces = [...Map.groupBy(table, ({ namespace }) => namespace)];
  const lists = await Promise.all(
    namespaces.map(async ([namespace, rows]) => {
      const names = new Set(rows.map(({ metricName }) => metricName));
      const [only] = names;
      const metricName = names.size === 1 ? (only ?? null) : null;
      const list = await metrics.series({ namespace, metricName }, signal);
      if (!list.known) gaps.push({ what: `the list of ${namespace}`, why: list.why });
      return rows.map((row) => {
        const name = rowName(row);
        if (!list.known) return [name, asked.series[name] ?? []] as const;
        const dimensionNames = row.dimensions.toSorted().join();
        const own = list.value.filter(
          (one) =>
            one.metricName === row.metricName &&
            Object.keys(one.dimensions).toSorted().join() === dimensionNames,
        );
        return [name, own.map(({ dimensions }) => ({ ...dimensions }))] as const;
      });
    }),
  );
  const series = Object.fromEntries(lists.flat().map(([name, some]) => [name, [...some]]));
  return { asked: { series, seriesAt: gaps.length > 0 ? asked.seriesAt : now }, gaps };
}
