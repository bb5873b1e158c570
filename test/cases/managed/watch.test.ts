/**
 * Goal: load balancers, Direct Connect, health checks and transit gateways are judged when their owner asks for it by
 * `vpn-medic:watch`, and not otherwise. Method: captures through the real adapters.
 */
import { describe, expect, test } from '@jest/globals';
import { linesOf, playLines } from '../play.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12, minute)).toISOString();
const line = (minute: number, service: string, operation: string, output: object, input = {}) => ({
  at: at(minute),
  service,
  operation,
  input,
  output,
});

const DIMENSIONS = (zone: string) => [
  { Name: 'TargetGroup', Value: 'targetgroup/radius/0a' },
  { Name: 'LoadBalancer', Value: 'net/radius/0b' },
  { Name: 'AvailabilityZone', Value: zone },
];
const metric = (zone: string) => ({
  Namespace: 'AWS/NetworkELB',
  MetricName: 'HealthyHostCount',
  Dimensions: DIMENSIONS(zone),
});
/** A zone has lost all its targets from minute 10 on, and has them back at minute 25. */
const points = [
  line(0, 'cloudwatch', 'ListMetrics', {
    Metrics: [metric('eu-west-1a'), metric('eu-west-1b')],
  }),
  line(
    0,
    'cloudwatch',
    'GetMetricData',
    {
      MetricDataResults: ['a', 'b'].map((Id) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: [-15, -10, -5, 0, 5, 10, 15, 20, 25, 30, 35, 40].map((minute) => at(minute)),
        Values: Id === 'a' ? Array(12).fill(3) : [2, 2, 2, 2, 2, 0, 0, 0, 2, 2, 2, 2],
      })),
    },
    {
      StartTime: at(-15),
      EndTime: at(45),
      MetricDataQueries: ['a', 'b'].map((Id) => ({
        Id,
        MetricStat: { Metric: metric(`eu-west-1${Id}`), Period: 300, Stat: 'Minimum' },
      })),
    },
  ),
  { ...line(44, 'medic', 'End', {}), output: {} },
];

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const tagged = (
  minute: number,
  resource: string | null,
  tags: Readonly<Record<string, string>> = {},
) =>
  line(minute, 'resourcegroupstaggingapi', 'GetResources', {
    PaginationToken: '',
    ResourceTagMappingList:
      resource === null
        ? []
        : [
            {
              ResourceARN: `${ARN}:${resource}`,
              Tags: Object.entries({ 'vpn-medic:watch': 'on', ...tags }).map(([Key, Value]) => ({
                Key,
                Value,
              })),
            },
          ],
  });

const notified = async (...tags: readonly object[]) =>
  linesOf(await playLines([...tags, ...points]), ['notified']);

const THING = 'TargetsUnhealthy targetgroup/radius/0a net/radius/0b';

describe('a zone of a load balancer loses all its targets', () => {
  test.each([
    ['nothing is tagged', tagged(0, null)],
    ['another load balancer is tagged', tagged(0, 'loadbalancer/net/other/0c')],
    ['it is ignored', tagged(0, 'loadbalancer/net/radius/0b', { 'vpn-medic:ignore': 'a test' })],
    [
      'these are its quiet hours',
      tagged(0, 'targetgroup/radius/0a', { 'vpn-medic:quiet': 'Sat 00:00-24:00' }),
    ],
  ])('%s: nothing is notified', async (_, tags) => {
    expect(await notified(tags)).toEqual([]);
  });

  test('a capture without the tags: nothing is notified, and that is no finding', async () => {
    expect(await notified()).toEqual([]);
  });

  test.each(['loadbalancer/net/radius/0b', 'targetgroup/radius/0a'])(
    '%s is tagged: one warning, and its end',
    async (resource) => {
      expect(await notified(tagged(0, resource))).toEqual([
        `+15:00 notified WARNING ${THING}`,
        `+30:00 notified RESOLVED ${THING}`,
      ]);
    },
  );

  test('a tag vpn-medic:quiet that cannot be read is a warning, and hides nothing; on an ignored one it is none', async () => {
    const wrong = { 'vpn-medic:quiet': 'at night' };
    expect(await notified(tagged(0, 'loadbalancer/net/radius/0b', wrong))).toEqual([
      `+0:00 notified WARNING TagInvalid ${ARN}:loadbalancer/net/radius/0b`,
      `+15:00 notified WARNING ${THING}`,
      `+30:00 notified RESOLVED ${THING}`,
    ]);
    const ignored = { ...wrong, 'vpn-medic:ignore': 'a test' };
    expect(await notified(tagged(0, 'loadbalancer/net/radius/0b', ignored))).toEqual([]);
  });

  test('its tag is taken away meanwhile: it is ignored from then on, and not called well', async () => {
    const lines = [tagged(0, 'targetgroup/radius/0a'), tagged(18, null), ...points];
    const { timeline } = await playLines(lines);
    const titles = timeline.flatMap(({ kind, title }) => (kind === 'notified' ? [title] : []));
    expect(titles).toHaveLength(2);
    expect(titles[1]).toContain('now ignored');
  });
});

test('an application load balancer is tagged: one warning says that the tag watches nothing', async () => {
  expect(await notified(tagged(0, 'loadbalancer/app/web/0d'))).toEqual([
    `+0:00 notified WARNING WatchSilent ${ARN}:loadbalancer/app/web/0d`,
  ]);
});

test('all targets are deregistered, so that CloudWatch has no more points: a warning within 35 minutes, and its end', async () => {
  const gone = points.map((one) =>
    one.operation !== 'GetMetricData'
      ? one
      : {
          ...one,
          output: {
            MetricDataResults: ['a', 'b'].map((Id) => ({
              Id,
              StatusCode: 'Complete',
              Timestamps: [-10, -5, 0, 60, 65, 70].map((minute) => at(minute)),
              Values: Array(6).fill(2),
            })),
          },
          input: { ...one.input, EndTime: at(75) },
        },
  );
  const end = { ...line(74, 'medic', 'End', {}), output: {} };
  const lines = [tagged(0, 'targetgroup/radius/0a'), ...gone.slice(0, -1), end];
  expect(linesOf(await playLines(lines), ['notified'])).toEqual([
    `+35:00 notified WARNING WatchSilent ${ARN}:targetgroup/radius/0a`,
    `+65:00 notified RESOLVED WatchSilent ${ARN}:targetgroup/radius/0a`,
  ]);
});
