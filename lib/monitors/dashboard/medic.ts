/** Graphs of the medic itself: its passes, errors and cost. Pure. */
import { type DashboardFact, graph, lines, own, type Tile } from './tile.ts';

export const medic = ({ homeRegion, regions, functions }: DashboardFact): readonly Tile[] => {
  const counted = (metric: string, stat: string) =>
    functions.map(({ key, name }) => [
      'AWS/Lambda',
      metric,
      'FunctionName',
      name,
      { label: `${key} ${metric.toLowerCase()}`, stat },
    ]);
  return [
    graph(
      homeRegion,
      'Passes, and what they could not do',
      60,
      regions.flatMap((region) => [
        own(region, 'Heartbeat', 'Sum', `passes, ${region}`),
        own(region, 'SightLost', 'Maximum', `parts not read, ${region}`, 'right'),
        own(region, 'NoticesFailed', 'Maximum', `notifications not sent, ${region}`, 'right'),
        own(region, 'EventsLost', 'Sum', `events lost, ${region}`, 'right'),
      ]),
      lines([1, 'below for 3 minutes: HeartbeatMissing']),
      6,
    ),
    graph(
      homeRegion,
      'A pass takes, ms',
      60,
      regions.flatMap((region) => [
        own(region, 'TickMs', 'p50', `half take less, ${region}`),
        own(region, 'TickMs', 'p99', `99 % take less, ${region}`),
      ]),
      lines([1_000, 'a pass a second']),
      6,
    ),
    graph(
      homeRegion,
      'Errors and throttles',
      300,
      [...counted('Errors', 'Sum'), ...counted('Throttles', 'Sum')],
      lines([1, 'twice in a row: FunctionFailing, FunctionThrottled']),
      6,
    ),
    graph(
      homeRegion,
      'Lambda, USD a day',
      86_400,
      costOf(functions),
      { stat: 'Sum', ...lines([watcherUsd(functions), 'the watcher alone, all day']) },
      6,
    ),
  ];
};

/** arm64, us-east-1; a request is the smallest part of it. @see https://aws.amazon.com/lambda/pricing/ (read 2026-11-21) */
const USD_PER_GB_SECOND = 0.0000133334;

/** A watcher in each minute, a minute and its hand-over long. */
const watcherUsd = (functions: DashboardFact['functions']): number =>
  functions
    .filter(({ key }) => key === 'watchAppliances')
    .reduce((sum, { memoryMb }) => sum + 1_440 * 69 * (memoryMb / 1_024) * USD_PER_GB_SECOND, 0);

function costOf(functions: DashboardFact['functions']): readonly (readonly unknown[])[] {
  const parts = functions.map(({ name, memoryMb }, index) => ({
    metric: ['AWS/Lambda', 'Duration', 'FunctionName', name, { id: `m${index}`, visible: false }],
    usd: `FILL(m${index},0)*${((memoryMb / 1_024 / 1_000) * USD_PER_GB_SECOND).toExponential(6)}`,
  }));
  const sum = parts.map(({ usd }) => usd).join('+');
  return [
    [{ expression: sum, label: 'all functions', id: 'usd' }],
    ...parts.map(({ metric }) => metric),
  ];
}
