/** CloudWatch metrics of one region: the series that exist, and their points in as few calls as possible. */
import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import {
  aligned,
  type Measured,
  type MetricQuery,
  type MetricSeries,
  type MetricWindow,
  measured,
} from '../core/metric.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import { type Clock, type Instant, toDate } from '../core/time.ts';
import { type CallContext, call, everyPage, listOf, reading, Unreadable } from './call.ts';
import { type CallHook, delays, hooked, READ_MS } from './client.ts';
import { tellFault } from './errors.ts';

interface MetricContext extends CallContext {
  readonly client: CloudWatchClient;
}

export function metricPort(region: string, clock: Clock, onCall?: CallHook): MetricPort {
  const client = hooked(new CloudWatchClient({ region, ...delays(READ_MS) }), onCall);
  const context: MetricContext = { client, service: 'cloudwatch', clock };
  return {
    series: (of, signal) =>
      reading(context, 'ListMetrics', () =>
        everyPage(
          (nextToken) =>
            call(context, 'ListMetrics', signal, () =>
              client.send(
                new ListMetricsCommand({
                  Namespace: of.namespace,
                  MetricName: of.metricName ?? undefined,
                  NextToken: nextToken,
                }),
                { abortSignal: signal },
              ),
            ),
          (page) => listOf(page.Metrics).flatMap(seriesOf),
        ),
      ),
    points: (queries, window, signal) => readPoints(context, queries, aligned(window), signal),
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html (read 2026-11-20) */
const QUERIES_MAX = 500;
const POINTS_MAX = 100_800;
/** A page holds at least one period of every series: more pages mean that the server repeats itself. */
const PAGES_MAX = 50;
/** GetMetricData's own quota is 50 calls a second, of the whole account. */
const CALLS_AT_ONCE = 5;

async function readPoints(
  context: MetricContext,
  queries: readonly MetricQuery[],
  window: MetricWindow,
  signal: AbortSignal,
): Promise<readonly Reading<Measured>[]> {
  const at = context.clock.now();
  const pointCount = (window.to - window.from) / window.periodMs;
  if (pointCount <= 0) return queries.map(() => known({ points: [], droppedCount: 0 }, at));
  // One page a call: series beyond the limit of points go into a further call.
  const size = Math.max(1, Math.min(QUERIES_MAX, Math.floor(POINTS_MAX / pointCount)));
  const batches = Array.from({ length: Math.ceil(queries.length / size) }, (_, index) =>
    queries.slice(index * size, (index + 1) * size),
  );
  const answers: (readonly Reading<Measured>[])[] = batches.map(() => []);
  const waiting = batches.entries();
  const work = async () => {
    for (const [index, batch] of waiting) {
      answers[index] = await readBatch(context, batch, window, at, signal);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
  return answers.flat();
}

/** All pages of one batch; a page that fails makes the whole batch unknown, never partial. */
async function readBatch(
  context: MetricContext,
  batch: readonly MetricQuery[],
  window: MetricWindow,
  at: Instant,
  signal: AbortSignal,
): Promise<readonly Reading<Measured>[]> {
  const results = new Map<string, MetricDataResult[]>();
  let nextToken: string | undefined;
  for (let pageCount = 0; pageCount < PAGES_MAX; pageCount += 1) {
    const page = await call(context, 'GetMetricData', signal, () =>
      context.client.send(
        new GetMetricDataCommand({
          StartTime: toDate(window.from),
          EndTime: toDate(window.to),
          ScanBy: 'TimestampAscending',
          MaxDatapoints: POINTS_MAX,
          MetricDataQueries: batch.map((query, index) => dataQuery(query, index, window)),
          NextToken: nextToken,
        }),
        { abortSignal: signal },
      ),
    );
    if (!page.ok) {
      const why = tellFault(page.fault, 'cloudwatch:GetMetricData');
      return batch.map(() => unknown(why, at));
    }
    const { MetricDataResults } = page.value;
    if (MetricDataResults === undefined) {
      return batch.map(() => unknown('cloudwatch:GetMetricData answered without its list', at));
    }
    for (const result of MetricDataResults) {
      const id = result.Id ?? '';
      results.set(id, [...(results.get(id) ?? []), result]);
    }
    nextToken = page.value.NextToken;
    if (!nextToken) {
      return batch.map((query, index) =>
        answerOf(results.get(`m${index}`) ?? [], query, window, at),
      );
    }
  }
  return batch.map(() => unknown(`cloudwatch:GetMetricData: more than ${PAGES_MAX} pages`, at));
}

const dataQuery = (query: MetricQuery, index: number, window: MetricWindow): MetricDataQuery => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: {
      Namespace: query.namespace,
      MetricName: query.metricName,
      Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: window.periodMs / 1_000,
    Stat: query.statistic,
  },
});

/**
 * One series out of all pages. `PartialData` means that a later page goes on, so the last status counts; a series that
 * the reply does not mention, or whose last status is not `Complete`, is unknown.
 */
function answerOf(
  parts: readonly MetricDataResult[],
  query: MetricQuery,
  window: MetricWindow,
  at: Instant,
): Reading<Measured> {
  const name = `${query.namespace} ${query.metricName}`;
  const status = parts.at(-1)?.StatusCode;
  if (status !== 'Complete') {
    const word = status === undefined ? 'did not answer for it' : `said ${status}`;
    return unknown(`cloudwatch:GetMetricData of ${name} ${word}`, at);
  }
  const points = parts.flatMap(({ Timestamps = [], Values = [] }) =>
    Timestamps.map((time, index) => ({ at: time.getTime(), value: Values[index] ?? Number.NaN })),
  );
  return known(measured(points, window, query.mayBeNegative ?? false), at);
}

function seriesOf(metric: Metric): readonly MetricSeries[] {
  const { Namespace: namespace, MetricName: metricName, Dimensions = [] } = metric;
  if (!namespace || !metricName) throw new Unreadable('a metric without a name');
  return [
    {
      namespace,
      metricName,
      dimensions: Object.fromEntries(
        Dimensions.flatMap(({ Name, Value }) =>
          Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
        ),
      ),
    },
  ];
}
