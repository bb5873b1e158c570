/** Goal: points come whole, aligned and sane, or are unknown with a why. Method: CloudWatch mocked command by command. */
import {
  CloudWatchClient,
  CloudWatchServiceException,
  GetMetricDataCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { metricPort } from '../../lib/aws/cloudWatch.ts';
import type { MetricQuery } from '../../lib/core/metric.ts';
import { AT, clock, noting } from './strict.ts';

const mock = mockClient(CloudWatchClient);
const calls: string[] = [];
beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
  calls.length = 0;
});
const metrics = metricPort('eu-west-1', clock, noting(calls));
const { signal } = new AbortController();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 20, 12);

const query = (id: string, over: Partial<MetricQuery> = {}): MetricQuery => ({
  namespace: 'AWS/VPN',
  metricName: 'TunnelDataIn',
  dimensions: { VpnId: id },
  statistic: 'Sum',
  ...over,
});
const window = { from: NOON, to: NOON + HOUR, periodMs: 5 * MINUTE };
const at = (minutes: number) => new Date(NOON + minutes * MINUTE);
const cloudWatchError = (name: string, httpStatusCode: number) =>
  new CloudWatchServiceException({ name, $fault: 'client', $metadata: { httpStatusCode } });

test('asks from one clock multiple to another, and never for a period that has not ended', async () => {
  mock
    .on(GetMetricDataCommand)
    .resolves({ MetricDataResults: [{ Id: 'm0', StatusCode: 'Complete' }] });
  await metrics.points(
    [query('vpn-0a')],
    { from: NOON + 61_000, to: NOON + HOUR + 299_999, periodMs: 5 * MINUTE },
    signal,
  );
  expect(mock.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input)).toEqual([
    {
      StartTime: at(0),
      EndTime: at(60),
      ScanBy: 'TimestampAscending',
      MaxDatapoints: 100_800,
      MetricDataQueries: [
        {
          Id: 'm0',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/VPN',
              MetricName: 'TunnelDataIn',
              Dimensions: [{ Name: 'VpnId', Value: 'vpn-0a' }],
            },
            Period: 300,
            Stat: 'Sum',
          },
        },
      ],
    },
  ]);
});

test.each([
  [500, 1],
  [501, 2],
])('%i queries are %i calls', async (count, callCount) => {
  mock.on(GetMetricDataCommand).callsFake((input: { MetricDataQueries: { Id: string }[] }) => ({
    MetricDataResults: input.MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete' })),
  }));
  const queries = Array.from({ length: count }, (_, index) => query(`vpn-${index}`));
  const answers = await metrics.points(queries, window, signal);
  expect(answers).toHaveLength(count);
  expect(answers.every(({ known }) => known)).toBe(true);
  expect(calls).toHaveLength(callCount);
});

test.each([
  [300, 1],
  [301, 2],
])(
  'two weeks by the hour of %i series, 336 points each, are %i calls of at most 100,800 points',
  async (count, callCount) => {
    mock.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    const queries = Array.from({ length: count }, (_, index) => query(`vpn-${index}`));
    await metrics.points(queries, { from: NOON - 336 * HOUR, to: NOON, periodMs: HOUR }, signal);
    expect(calls).toHaveLength(callCount);
  },
);

test('a window without a whole period asks nothing', async () => {
  const narrow = { from: NOON, to: NOON + 299_999, periodMs: 5 * MINUTE };
  expect(await metrics.points([query('vpn-0a')], narrow, signal)).toEqual([
    { known: true, at: AT, value: { points: [], droppedCount: 0 } },
  ]);
  expect(calls).toEqual([]);
});

test('joins the pages of a series, in the order of the queries', async () => {
  mock
    .on(GetMetricDataCommand)
    .resolvesOnce({
      MetricDataResults: [
        { Id: 'm1', StatusCode: 'PartialData', Timestamps: [at(5)], Values: [7] },
        { Id: 'm0', StatusCode: 'Complete', Timestamps: [at(0)], Values: [1] },
      ],
      NextToken: 'two',
    })
    .resolvesOnce({
      MetricDataResults: [{ Id: 'm1', StatusCode: 'Complete', Timestamps: [at(0)], Values: [6] }],
    });
  expect(await metrics.points([query('vpn-0a'), query('vpn-0b')], window, signal)).toMatchObject([
    { value: { points: [{ at: NOON, value: 1 }] } },
    {
      value: {
        points: [
          { at: NOON, value: 6 },
          { at: NOON + 5 * MINUTE, value: 7 },
        ],
      },
    },
  ]);
  expect(mock.commandCalls(GetMetricDataCommand)[1]?.args[0].input.NextToken).toBe('two');
});

test.each(['InternalError', 'Forbidden', 'PartialData', undefined] as const)(
  'a series whose last word is %s is unknown, its neighbour is not',
  async (StatusCode) => {
    mock.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        ...(StatusCode === undefined ? [] : [{ Id: 'm0', StatusCode, Timestamps: [], Values: [] }]),
        { Id: 'm1', StatusCode: 'Complete' },
      ],
    });
    const answers = await metrics.points([query('vpn-0a'), query('vpn-0b')], window, signal);
    expect(answers.map(({ known }) => known)).toEqual([false, true]);
  },
);

test('a second page that is throttled leaves no half of a series', async () => {
  mock
    .on(GetMetricDataCommand)
    .resolvesOnce({
      MetricDataResults: [
        { Id: 'm0', StatusCode: 'PartialData', Timestamps: [at(0)], Values: [1] },
      ],
      NextToken: 'two',
    })
    .rejectsOnce(cloudWatchError('ThrottlingException', 400));
  expect(await metrics.points([query('vpn-0a')], window, signal)).toEqual([
    { known: false, at: AT, why: 'cloudwatch:GetMetricData throttled (ThrottlingException)' },
  ]);
});

test('a denial names the action and the fix', async () => {
  mock.on(GetMetricDataCommand).rejects(cloudWatchError('AccessDenied', 403));
  expect(await metrics.points([query('vpn-0a')], window, signal)).toMatchObject([
    { why: "cloudwatch:GetMetricData denied (AccessDenied): grant it to the function's role" },
  ]);
});

describe('absurd points are dropped and counted', () => {
  const answer = async (
    Timestamps: Date[],
    Values: number[],
    over: Partial<MetricQuery> = {},
  ): Promise<unknown> => {
    mock.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Id: 'm0', StatusCode: 'Complete', Timestamps, Values }],
    });
    return (await metrics.points([query('vpn-0a', over)], window, signal))[0];
  };
  const one = [{ at: NOON, value: 3 }];
  test.each<[string, Date[], number[], number]>([
    ['zero is a value', [at(0)], [0], 0],
    ['NaN', [at(0), at(5)], [3, Number.NaN], 1],
    ['infinite', [at(0), at(5)], [3, Number.POSITIVE_INFINITY], 1],
    ['negative', [at(0), at(5)], [3, -1], 1],
    ['twice the same period: the first stays', [at(0), at(0)], [3, 4], 1],
    ['before the window', [at(0), at(-1)], [3, 4], 1],
    ['at its end', [at(0), at(60)], [3, 4], 1],
    ['a time without a value', [at(0), at(5)], [3], 1],
  ])('%s', async (name, times, values, droppedCount) => {
    const points = name === 'zero is a value' ? [{ at: NOON, value: 0 }] : one;
    expect(await answer(times, values)).toEqual({
      known: true,
      at: AT,
      value: { points, droppedCount },
    });
  });
  test('negative stays where it may be: days to a date that has passed', async () => {
    expect(await answer([at(0)], [-1], { mayBeNegative: true })).toMatchObject({
      value: { points: [{ value: -1 }], droppedCount: 0 },
    });
  });
  test('a point inside a period counts for its beginning', async () => {
    expect(await answer([at(4)], [3])).toMatchObject({ value: { points: one, droppedCount: 0 } });
  });
});

test('lists every page of the series of one name', async () => {
  const metric = (VpnId: string) => ({
    Namespace: 'AWS/VPN',
    MetricName: 'TunnelState',
    Dimensions: [{ Name: 'VpnId', Value: VpnId }],
  });
  mock
    .on(ListMetricsCommand)
    .resolvesOnce({ Metrics: [metric('vpn-0a')], NextToken: 'two' })
    .resolvesOnce({ Metrics: [metric('vpn-0b')] });
  const of = { namespace: 'AWS/VPN', metricName: 'TunnelState' };
  expect(await metrics.series(of, signal)).toEqual({
    known: true,
    at: AT,
    value: [
      { ...of, dimensions: { VpnId: 'vpn-0a' } },
      { ...of, dimensions: { VpnId: 'vpn-0b' } },
    ],
  });
});
