/** Reads every row of the metric table that the account has series for, of resources that are tagged `vpn-medic:watch`. */

import type { MetricPort } from '../core/metricPort.ts';
import { type Clock, type Instant, isNewPeriod } from '../core/time.ts';
import type { WatchTagPort } from './ports.ts';
import { type MetricMemory } from './state.ts';
import type { WatchedRow } from './table.ts';
import {
  type MetricWorld,
  type RowSeries,
  rowName,
  type SeriesObservation,
  type TaggedResource,
} from './types.ts';
import { watchersOf } from './watched.ts';

export interface MetricObserver {
  readonly region: string;
  readonly clock: Clock;
  readonly metrics: MetricPort;
  readonly watchTags: WatchTagPort;
}

/** `table`: the rows whose metrics this region's CloudWatch has. */
export async function observeMetrics(
  { region, clock, metrics, watchTags }: MetricObserver,
  accountId: string,
  table: readonly WatchedRow[],
  memory: MetricMemory,
  signal: AbortSignal,
  health: MetricWorld['health'] = [],
): Promise<MetricWorld> {
  const at = clock.now();
  const tags = await watchTags.watched(signal);
  const tagged = tags.known ? tags.value.map((one) => ({ ...one })) : memory.asked.tagged;
  const before = { ...memory.asked, tagged, passedAt: at };
  const isOther = arnsOf(tagged) !== arnsOf(memory.asked.tagged);
  // Where nothing is tagged, CloudWatch is not asked at all.
  const listed =
    tagged.length === 0
      ? { asked: before, gaps: [] }
      : await listSeries(
          metrics,
          table,
          isOther ? { ...before, seriesAt: null } : before,
          at,
          signal,
        );
  const [wanted, unwatched] = parted(
    table.flatMap((row) =>
      (listed.asked.series[rowName(row)] ?? []).map((dimensions) => ({ row, dimensions })),
    ),
    (one) => watchersOf(one, tagged).length > 0,
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
    tagged,
    untagged: memory.asked.tagged.flatMap(({ arn }) =>
      tagged.some((one) => one.arn === arn) ? [] : [arn],
    ),
    unwatched,
    gaps: [
      ...(tags.known ? [] : [{ what: 'the tags vpn-medic:watch', why: tags.why }]),
      ...listed.gaps,
      ...[...whys].map((why) => ({ what: 'metrics', why })),
    ],
    asked: listed.asked,
    health,
  };
}

const arnsOf = (tagged: readonly TaggedResource[]): string =>
  tagged
    .map(({ arn }) => arn)
    .toSorted()
    .join();

const parted = <T>(all: readonly T[], is: (one: T) => boolean): readonly [T[], T[]] => [
  all.filter(is),
  all.filter((one) => !is(one)),
];

async function readPoints(
  metrics: MetricPort,
  wanted: readonly RowSeries[],
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
  if (!isNewPeriod(asked.seriesAt, LIST_EVERY_MS, now)) return { asked, gaps: [] };
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
  return { asked: { ...asked, series, seriesAt: gaps.length > 0 ? asked.seriesAt : now }, gaps };
}
