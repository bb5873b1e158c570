/** CloudWatch metrics of the endpoints: only of series that exist, each at its own interval. */

import type { Measured, Point } from '../../core/metric.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import type { Reading } from '../../core/reading.ts';
import { type Instant, isNewPeriod } from '../../core/time.ts';
import type { EndpointMemory } from '../state.ts';
import type { EndpointFact } from '../types/endpoint.ts';
import {
  ENDPOINT_METRIC_KEYS,
  ENDPOINT_METRICS,
  ENDPOINT_NAMESPACE,
  ENDPOINT_PERIOD_MS,
  type EndpointMetric,
  type EndpointMetricKey,
  type EndpointPoints,
  HISTORY_MS,
  LOOK_BACK_MS,
  SERIES_EVERY_MS,
} from '../types/metrics.ts';
import type { EndpointGap } from '../types/world.ts';

export interface Measures {
  /** By endpoint id. */
  readonly recent: ReadonlyMap<string, EndpointPoints>;
  readonly history: ReadonlyMap<string, EndpointPoints>;
  readonly gaps: readonly EndpointGap[];
  readonly asked: EndpointMemory['asked'];
}

export const noMeasures = (asked: EndpointMemory['asked']): Measures => ({
  recent: new Map(),
  history: new Map(),
  gaps: [],
  asked,
});

/** One series of one endpoint that is due. */
interface Wanted {
  readonly key: EndpointMetricKey;
  readonly metric: EndpointMetric;
  readonly endpointId: string;
}

export async function measureEndpoints(
  { metrics }: { readonly metrics: MetricPort },
  facts: readonly EndpointFact[],
  before: EndpointMemory['asked'],
  now: Instant,
  signal: AbortSignal,
): Promise<Measures> {
  const { asked, gaps } = await listSeries(metrics, before, now, signal);
  const series = new Set(asked.series);
  const due = ENDPOINT_METRIC_KEYS.filter((key) =>
    isNewPeriod(asked.ats[key] ?? null, ENDPOINT_METRICS[key].everyMs, now),
  );
  const isHistoryDue = isNewPeriod(asked.historyAt, SERIES_EVERY_MS, now);
  const wanted = (keys: readonly EndpointMetricKey[]): readonly Wanted[] =>
    keys.flatMap((key) =>
      facts
        .filter((fact) => concerns(ENDPOINT_METRICS[key], fact))
        .map(({ endpointId }) => ({ key, metric: ENDPOINT_METRICS[key], endpointId }))
        .filter(({ metric, endpointId }) => series.has(nameOf(metric.metricName, endpointId))),
    );
  const ask = async (some: readonly Wanted[], periodMs: number, backMs: number) => {
    if (some.length === 0) return [];
    const window = { from: now - backMs, to: now, periodMs };
    return metrics.points(some.map(asQuery), window, signal);
  };
  const recent = wanted(due);
  const history = isHistoryDue
    ? wanted(ENDPOINT_METRIC_KEYS.filter((key) => ENDPOINT_METRICS[key].hasBaseline))
    : [];
  const [recentAnswers, historyAnswers] = await Promise.all([
    ask(recent, ENDPOINT_PERIOD_MS, LOOK_BACK_MS),
    ask(history, SERIES_EVERY_MS, HISTORY_MS),
  ]);
  // What could not be read is due again in the next pass.
  const answered = due.filter((key) =>
    recent.every((one, index) => one.key !== key || recentAnswers[index]?.known === true),
  );
  const hasHistory = historyAnswers.every(({ known }) => known);
  return {
    recent: byEndpoint(recent, recentAnswers),
    history: byEndpoint(history, historyAnswers),
    gaps: [
      ...gaps,
      ...gapsOf('metrics', recentAnswers),
      ...gapsOf('metric history', historyAnswers),
    ],
    asked: {
      ...asked,
      ats: { ...asked.ats, ...Object.fromEntries(answered.map((key) => [key, now])) },
      historyAt: isHistoryDue && hasHistory ? now : asked.historyAt,
    },
  };
}

/** Which series exist, once an hour; the previous list stays while CloudWatch cannot be read. */
async function listSeries(
  metrics: MetricPort,
  asked: EndpointMemory['asked'],
  now: Instant,
  signal: AbortSignal,
): Promise<Pick<Measures, 'asked' | 'gaps'>> {
  if (!isNewPeriod(asked.seriesAt, SERIES_EVERY_MS, now)) return { asked, gaps: [] };
  // All names at once: one call for some dozens of endpoints.
  const list = await metrics.series({ namespace: ENDPOINT_NAMESPACE, metricName: null }, signal);
  if (!list.known) return { asked, gaps: [{ what: 'the list of metrics', why: list.why }] };
  const series = list.value.flatMap(({ metricName, dimensions }) => {
    const endpointId = dimensions['Endpoint'];
    const isAlone = Object.keys(dimensions).length === 1;
    return endpointId === undefined || !isAlone || !NAMES.has(metricName)
      ? []
      : [nameOf(metricName, endpointId)];
  });
  return { asked: { ...asked, series, seriesAt: now }, gaps: [] };
}

function concerns({ only }: EndpointMetric, fact: EndpointFact): boolean {
  switch (only) {
    case null:
      return true;
    case 'connect-handler':
      return fact.hasConnectHandler;
    case 'federated':
      return fact.authentication.includes('federated');
    default:
      return only satisfies never;
  }
}

const asQuery = ({ metric, endpointId }: Wanted) => ({
  namespace: ENDPOINT_NAMESPACE,
  metricName: metric.metricName,
  dimensions: { Endpoint: endpointId },
  statistic: metric.statistic,
  mayBeNegative: metric.mayBeNegative,
});

function byEndpoint(
  wanted: readonly Wanted[],
  answers: readonly Reading<Measured>[],
): ReadonlyMap<string, EndpointPoints> {
  const found = new Map<string, Partial<Record<EndpointMetricKey, readonly Point[]>>>();
  for (const [index, { key, endpointId }] of wanted.entries()) {
    const answer = answers[index];
    if (answer?.known !== true) continue;
    found.set(endpointId, { ...found.get(endpointId), [key]: answer.value.points });
  }
  return found;
}

/** One gap for each reason, however many series it concerns. */
function gapsOf(what: string, answers: readonly Reading<Measured>[]): readonly EndpointGap[] {
  const whys = new Set(answers.flatMap((answer) => (answer.known ? [] : [answer.why])));
  return [...whys].map((why) => ({ what, why }));
}

const NAMES: ReadonlySet<string> = new Set(
  ENDPOINT_METRIC_KEYS.map((key) => ENDPOINT_METRICS[key].metricName),
);

const nameOf = (metricName: string, endpointId: string): string => `${metricName} ${endpointId}`;
