/**
 * Goal: every row of the metric table on both sides of its condition, and a new row without any code.
 * Method: the whole way from the list of series to findings, over metrics in memory.
 */
import { describe, expect, test } from '@jest/globals';
import { type MetricSeries, measured, type Point, seriesKey } from '../../lib/core/metric.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { openExplainer } from '../../lib/incidents/inhibition.ts';
import { assessMetrics } from '../../lib/metrics/assess.ts';
import { observeMetrics } from '../../lib/metrics/observe.ts';
import type { WatchTagPort } from '../../lib/metrics/ports.ts';
import { metricReport } from '../../lib/metrics/report.ts';
import { type MetricMemory, noMetricMemory, recallMetrics } from '../../lib/metrics/state.ts';
import { METRIC_TABLE, metricRegions, rowsOf, type WatchedRow } from '../../lib/metrics/table.ts';
import type { TaggedResource } from '../../lib/metrics/types.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { ACCOUNT, NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';

const PERIOD_MS = 300_000;

interface Series {
  readonly dimensions: Readonly<Record<string, string>>;
  /** The last is the period that has just ended; null: no point. */
  readonly values: readonly (number | null)[];
}

/** An ARN for each name in CloudWatch's dimensions. */
const tagsOf = (
  ...resources: readonly (string | (Partial<TaggedResource> & { readonly arn: string }))[]
): WatchTagPort => ({
  watched: async () =>
    known(
      resources.map((one) => ({
        ignore: null,
        quiet: null,
        ...(typeof one === 'string' ? { arn: `arn:aws:x:eu-west-1:111122223333:${one}` } : one),
      })),
      NOW,
    ),
});

const TAGGED = tagsOf(
  'loadbalancer/net/radius/0b',
  'loadbalancer/net/other/0c',
  'healthcheck/hc-1',
  'dxcon/dxcon-1',
  'transit-gateway/tgw-1',
);

async function look(
  row: WatchedRow,
  series: readonly Series[],
  memory: MetricMemory = noMetricMemory,
  why: string | null = null,
  watchTags = TAGGED,
) {
  const { world } = await observed(row, series, memory, why, watchTags);
  return { ...assessMetrics(world, memory, NOW), world };
}

async function observed(
  row: WatchedRow,
  series: readonly Series[],
  memory: MetricMemory,
  why: string | null,
  watchTags: WatchTagPort,
) {
  const calls: string[] = [];
  const named = series.map(({ dimensions }): MetricSeries => {
    const { namespace, metricName } = row;
    return { namespace, metricName, dimensions };
  });
  const points = new Map(
    series.map(({ values }, index) => [
      seriesKey(named[index] ?? { ...row, dimensions: {} }),
      values.flatMap((value, at): readonly Point[] =>
        value === null ? [] : [{ at: NOW - (values.length - at) * PERIOD_MS, value }],
      ),
    ]),
  );
  const world = await observeMetrics(
    {
      region: REGION,
      clock: new VirtualClock(NOW),
      watchTags,
      metrics: {
        series: async () => {
          calls.push('ListMetrics');
          return why === null ? known(named, NOW) : unknown(why, NOW);
        },
        points: async (queries, window) => {
          if (queries.length > 0) calls.push(`GetMetricData of ${queries.length}`);
          return queries.map((query) =>
            why === null
              ? known(measured(points.get(seriesKey(query)) ?? [], window, false), NOW)
              : unknown(why, NOW),
          );
        },
      },
    },
    ACCOUNT,
    [row],
    memory,
    calm(),
  );
  return { world, calls };
}

const says = async (row: WatchedRow, series: readonly Series[], memory?: MetricMemory) =>
  (await look(row, series, memory)).findings.map(({ severity, reason }) => `${severity} ${reason}`);

const rowOf = (reason: WatchedRow['reason']): WatchedRow => {
  const row = METRIC_TABLE.find((one) => one.reason === reason);
  if (row === undefined) throw new Error(reason);
  return row;
};

const zonesOf = (...values: readonly (readonly (number | null)[])[]): readonly Series[] =>
  values.map((some, index) => ({
    dimensions: {
      TargetGroup: 'targetgroup/radius/0a',
      LoadBalancer: 'net/radius/0b',
      AvailabilityZone: `${REGION}${'abc'.charAt(index)}`,
    },
    values: some,
  }));

describe('healthy targets', () => {
  test.each([
    ['one in each of two zones', [[1], [1]], []],
    ['two in one zone, none in the other', [[2], [0]], ['warning TargetsUnhealthy']],
    ['one over two zones', [[1], [0]], ['warning TargetsUnhealthy']],
    ['none over two zones', [[0], [0]], ['warning TargetsUnhealthy']],
    ['none in the only zone', [[0]], ['warning TargetsUnhealthy']],
    [
      'a zone that has not spoken yet this period is no zone without targets',
      [
        [1, 1],
        [1, null],
      ],
      [],
    ],
  ] as const)('%s', async (_, values, findings) => {
    expect(await says(rowOf('TargetsUnhealthy'), zonesOf(...values))).toEqual(findings);
  });

  test('of one load balancer are not those of another', async () => {
    const other = zonesOf([1], [1]).map((one) => ({
      ...one,
      dimensions: { ...one.dimensions, LoadBalancer: 'net/other/0c' },
    }));
    const { findings } = await look(rowOf('TargetsUnhealthy'), [...zonesOf([0], [0]), ...other]);
    expect(findings.map(({ subject }) => subject.id)).toEqual([
      'targetgroup/radius/0a net/radius/0b',
    ]);
  });
});

const STATES = [
  ['HealthCheckFailing', { HealthCheckId: 'hc-1' }, 'warning'],
  ['DirectConnectDown', { ConnectionId: 'dxcon-1' }, 'warning'],
  ['DirectConnectBgpDown', { ConnectionId: 'dxcon-1', VirtualInterfaceId: 'dxvif-1' }, 'warning'],
] as const;

describe.each(STATES)('%s', (reason, dimensions, severity) => {
  test.each([
    [1, []],
    [0.99, [`${severity} ${reason}`]],
    [0, [`${severity} ${reason}`]],
  ])('a state of %d', async (value, findings) => {
    expect(await says(rowOf(reason), [{ dimensions, values: [value] }])).toEqual(findings);
  });
});

describe.each(['TransitGatewayBlackhole', 'TransitGatewayNoRoute'] as const)('%s', (reason) => {
  test.each([
    ['301 packets in each of two periods', [301, 301], [`warning ${reason}`]],
    ['300 in one of them', [301, 300], []],
    ['many in the last alone', [0, 9_000], []],
    ['two periods with a gap between', [9_000, null, 9_000], []],
    ['one period', [9_000], []],
  ] as const)('%s', async (_, values, findings) => {
    const series = [{ dimensions: { TransitGateway: 'tgw-1' }, values }];
    expect(await says(rowOf(reason), series)).toEqual(findings);
  });

  test('series of its attachments are other series', async () => {
    const dimensions = { TransitGateway: 'tgw-1', TransitGatewayAttachment: 'tgw-attach-1' };
    expect(await says(rowOf(reason), [{ dimensions, values: [9_000, 9_000] }])).toEqual([]);
  });
});

test('a virtual interface is within its connection: when both are down, the connection is notified', async () => {
  const dimensions = { VirtualInterfaceId: 'dxvif-1', ConnectionId: 'dxcon-1' };
  const vif = await look(rowOf('DirectConnectBgpDown'), [{ dimensions, values: [0] }]);
  expect(vif.findings[0]?.subject.within).toContain('dxcon-1');
  const { ConnectionId } = dimensions;
  const down = await look(rowOf('DirectConnectDown'), [
    { dimensions: { ConnectionId }, values: [0] },
  ]);
  const explain = openExplainer(new Map(down.findings.map((one) => ['down', one])), () => false);
  expect(vif.findings.map((one) => explain(one, false))).toEqual(['down']);
  expect(down.findings.map((one) => explain(one, false))).toEqual([null]);
});

test('a further row needs no code', async () => {
  const row: WatchedRow = {
    reason: 'HealthCheckFailing',
    namespace: 'AWS/NATGateway',
    metricName: 'ErrorPortAllocation',
    dimensions: ['NatGatewayId'],
    across: null,
    statistic: 'Sum',
    periodMs: PERIOD_MS,
    periods: 3,
    conditions: [{ severity: 'critical', is: 'above', limit: 10 }],
    region: null,
    resources: ['natgateway/'],
    silence: 'it may have been deleted',
    means: '{value} connections of the NAT gateway {thing} found no port',
    hint: 'Spread the clients over more gateways.',
  };
  const nat = (...values: readonly number[]) => [{ dimensions: { NatGatewayId: 'nat-1' }, values }];
  const tags = tagsOf('natgateway/nat-1');
  const { findings } = await look(row, nat(11, 11, 12), noMetricMemory, null, tags);
  expect(findings).toMatchObject([
    {
      severity: 'critical',
      subject: { kind: 'metric', id: 'nat-1' },
      summary: '12 connections of the NAT gateway nat-1 found no port.',
      hint: row.hint,
      since: NOW - 3 * PERIOD_MS,
    },
  ]);
  const well = await look(row, nat(11, 10, 12), noMetricMemory, null, tags);
  expect(well.findings).toEqual([]);
  expect(rowsOf(REGION, true, [...METRIC_TABLE, row])).toContain(row);
  const preferred: WatchedRow = { ...row, region: 'eu-central-1' };
  expect(metricRegions([REGION], [preferred])).toEqual([REGION, 'eu-central-1']);
  expect(rowsOf('eu-central-1', false, [row, preferred])).toEqual([preferred]);
});

test('health checks are read in us-east-1, once, whether it is watched or not', () => {
  const reasons = (region: string, isWatched: boolean) =>
    rowsOf(region, isWatched).map(({ reason }) => reason);
  expect(metricRegions([REGION])).toEqual([REGION, 'us-east-1']);
  expect(metricRegions(['us-east-1', REGION])).toEqual(['us-east-1', REGION]);
  expect(metricRegions(['cn-north-1'])).toEqual(['cn-north-1']);
  expect(metricRegions(['us-gov-west-1'])).toEqual(['us-gov-west-1']);
  expect(reasons(REGION, true)).not.toContain('HealthCheckFailing');
  expect(reasons('us-east-1', false)).toEqual(['HealthCheckFailing']);
  expect(reasons('us-east-1', true)).toHaveLength(METRIC_TABLE.length);
});

describe('opt-in by vpn-medic:watch', () => {
  const row = rowOf('DirectConnectDown');
  const down = [{ dimensions: { ConnectionId: 'dxcon-1' }, values: [0] }];

  test('in an account without the tag nothing is judged, and CloudWatch is not asked', async () => {
    const { calls } = await observed(row, down, noMetricMemory, null, tagsOf());
    expect(calls).toEqual([]);
    expect((await look(row, down, noMetricMemory, null, tagsOf())).findings).toEqual([]);
  });

  test.each([
    ['another connection', 'dxcon/dxcon-10', []],
    ['the connection', 'dxcon/dxcon-1', ['DirectConnectDown']],
  ])('tagged is %s', async (_, resource, reasons) => {
    const { findings } = await look(row, down, noMetricMemory, null, tagsOf(resource));
    expect(findings.map(({ reason }) => reason)).toEqual(reasons);
    const { calls } = await observed(row, down, noMetricMemory, null, tagsOf(resource));
    expect(calls).toEqual(['ListMetrics', ...(reasons.length === 0 ? [] : ['GetMetricData of 1'])]);
  });

  test.each(['loadbalancer/net/radius/0b', 'targetgroup/radius/0a'])(
    'a target group is judged by the tag of %s',
    async (resource) => {
      const zones = zonesOf([1], [0]);
      const targets = rowOf('TargetsUnhealthy');
      const { findings } = await look(targets, zones, noMetricMemory, null, tagsOf(resource));
      expect(findings.map(({ reason }) => reason)).toEqual(['TargetsUnhealthy']);
    },
  );

  test('a resource that is tagged later is judged at the next pass', async () => {
    const before = await look(row, down, noMetricMemory, null, tagsOf());
    const stored = recallMetrics(JSON.parse(JSON.stringify(before.memory)));
    expect(await says(row, down, stored)).toEqual(['warning DirectConnectDown']);
  });

  test('ignore and quiet work as everywhere', async () => {
    const arn = 'arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-1';
    const tags = tagsOf({ arn, ignore: 'a test', quiet: '00:00-24:00' });
    const { world, findings } = await look(row, down, noMetricMemory, null, tags);
    const { ignored, quiets } = metricReport(world, findings);
    expect([...ignored]).toEqual([
      ['dxcon-1', 'a test'],
      [arn, 'a test'],
    ]);
    expect([...(quiets ?? [])].map(([id]) => id)).toEqual(['dxcon-1', arn]);
  });

  test('what was found and is not tagged any more is ignored, not healed', async () => {
    const found = await look(row, down);
    const { world, findings } = await look(row, down, found.memory, null, tagsOf());
    expect(metricReport(world, findings).ignored.get('dxcon-1')).toContain('vpn-medic:watch');
  });

  test('tags that cannot be read: those read last count, and it is one finding', async () => {
    const found = await look(row, down);
    const blind: WatchTagPort = { watched: async () => unknown('tag:GetResources denied', NOW) };
    const { findings } = await look(row, down, found.memory, null, blind);
    expect(findings.map(({ reason }) => reason)).toEqual(['DirectConnectDown', 'SightLost']);
  });
});

describe('what cannot be read', () => {
  const row = rowOf('DirectConnectDown');
  const dimensions = { ConnectionId: 'dxcon-1' };

  test('stands as it was, and is over when it is seen to be', async () => {
    const down = await look(row, [{ dimensions, values: [0] }]);
    const stored = recallMetrics(JSON.parse(JSON.stringify(down.memory)));
    const blind = await look(row, [{ dimensions, values: [0] }], stored, 'throttled');
    expect(blind.findings.map(({ reason }) => reason)).toEqual(['DirectConnectDown', 'SightLost']);
    expect(await says(row, [{ dimensions, values: [1] }], blind.memory)).toEqual([]);
  });

  test('is neither found nor denied where nothing is remembered of it', async () => {
    const { findings, unjudged } = await look(row, [{ dimensions, values: [null] }]);
    expect(findings).toEqual([]);
    expect([...unjudged]).toEqual(['DirectConnectDown dxcon-1']);
    expect((await look(row, [{ dimensions, values: [1] }])).unjudged.size).toBe(0);
  });

  test('was published too long ago: four periods, and no longer', async () => {
    const old = (count: number) => [
      { dimensions, values: [0, ...Array.from({ length: count }, () => null)] },
    ];
    expect(await says(row, old(3))).toEqual(['warning DirectConnectDown']);
    expect(await says(row, old(4))).toEqual([]);
  });

  test('a fresh account, in which nothing is ever published, is well', async () => {
    expect(await says(row, [])).toEqual([]);
    expect(await says(row, [{ dimensions, values: [] }])).toEqual([]);
  });
});

describe('a tagged resource of which CloudWatch has nothing', () => {
  const DX = rowOf('DirectConnectDown');
  const ARN = 'arn:aws:x:eu-west-1:111122223333:';
  const MINUTE_MS = 60_000;
  /** One look after another, each so many minutes after the first. */
  const silentAt = async (
    resource: string,
    values: readonly (number | null)[] | null,
    minutes: readonly number[],
    row: WatchedRow = DX,
    why: string | null = null,
  ) => {
    const series = values === null ? [] : [{ dimensions: { ConnectionId: 'dxcon-1' }, values }];
    let memory: MetricMemory = noMetricMemory;
    const found: (readonly string[])[] = [];
    for (const minute of minutes) {
      const { world } = await observed(row, series, memory, why, tagsOf(resource));
      const one = assessMetrics(world, memory, NOW + minute * MINUTE_MS);
      memory = recallMetrics(JSON.parse(JSON.stringify(one.memory)));
      found.push(
        one.findings.flatMap(({ reason, subject, summary }) =>
          reason === 'WatchSilent' ? [`${subject.id.slice(ARN.length)}: ${summary}`] : [],
        ),
      );
    }
    return found;
  };

  test('of another kind is said at once; a connection or an endpoint, which EC2 describes, is not', async () => {
    const name = 'loadbalancer/app/web/0a';
    expect(await silentAt(name, null, [0])).toEqual([
      [
        `${name}: ${name} is tagged vpn-medic:watch, and is of a kind whose metrics are not judged: the tag watches nothing.`,
      ],
    ]);
    for (const other of ['vpn-connection/vpn-1', 'client-vpn-endpoint/cvpn-endpoint-1'])
      expect(await silentAt(other, null, [0, 180])).toEqual([[], []]);
  });

  test('in us-east-1, which is read for health checks alone, is not judged', async () => {
    const health = rowOf('HealthCheckFailing');
    expect(await silentAt('loadbalancer/app/web/0a', null, [0], health)).toEqual([[]]);
    expect((await silentAt('healthcheck/hc-9', null, [0, 120], health))[1]).toHaveLength(1);
  });

  test('that never had a metric is a warning after 120 minutes, not after 119', async () => {
    const [first, before, after] = await silentAt('dxcon/dxcon-1', null, [0, 119, 120]);
    expect([first, before]).toEqual([[], []]);
    expect(after?.[0]).toContain('none of the metrics that are judged');
  });

  test('whose metrics have stopped is a warning 10 minutes after four periods without any, not 9', async () => {
    const values = [1, null, null, null, null];
    const [first, before, after] = await silentAt('dxcon/dxcon-1', values, [0, 9, 10]);
    expect([first, before]).toEqual([[], []]);
    expect(after?.[0]).toContain('no metrics in CloudWatch for 10 min: it may have been deleted');
    expect(await silentAt('dxcon/dxcon-1', [1, null, null, null], [0])).toEqual([[]]);
  });

  test('that cannot be read is neither silent nor heard', async () => {
    const throttled = await silentAt('dxcon/dxcon-1', null, [0, 180], DX, 'throttled');
    expect(throttled).toEqual([[], []]);
  });

  test('and is not tagged any more is ignored, not well', async () => {
    const { memory } = await look(DX, [], noMetricMemory, null, tagsOf('dxcon/dxcon-1'));
    const { world, findings } = await look(DX, [], memory, null, tagsOf());
    expect(metricReport(world, findings).ignored.get(`${ARN}dxcon/dxcon-1`)).toContain(
      'vpn-medic:watch',
    );
  });
});

describe('metrics that cannot be read', () => {
  const gravities = async (why: string) =>
    (await look(METRIC_TABLE[1], [], noMetricMemory, why)).findings.map(
      ({ severity, reason }) => `${severity} ${reason}`,
    );

  test('because a policy of the organisation denies them are information; because the role lacks a grant, a warning', async () => {
    const denied = 'cloudwatch:ListMetrics denied (AccessDenied)';
    expect(await gravities(`${denied} by the organisation`)).toEqual(['info SightLost']);
    expect(await gravities(`${denied}: grant it to the function's role`)).toEqual([
      'warning SightLost',
    ]);
  });
});

describe('the lists of series', () => {
  test('are one for all rows of a namespace, and one name alone where a namespace has one row', async () => {
    const asked: string[] = [];
    const world = await observeMetrics(
      {
        region: REGION,
        clock: new VirtualClock(NOW),
        watchTags: tagsOf('dxcon/x'),
        metrics: {
          series: async ({ namespace, metricName }) => {
            asked.push(`${namespace} ${metricName ?? 'all'}`);
            const series = (name: string, ...names: readonly string[]) => ({
              namespace,
              metricName: name,
              dimensions: Object.fromEntries(names.map((one) => [one, 'x'])),
            });
            return known(
              namespace === 'AWS/DX'
                ? [
                    series('ConnectionState', 'ConnectionId'),
                    series('ConnectionBpsIngress', 'ConnectionId'),
                    series('VirtualInterfaceBgpStatus', 'ConnectionId'),
                  ]
                : [],
              NOW,
            );
          },
          points: async (queries) => queries.map(() => known({ points: [], droppedCount: 0 }, NOW)),
        },
      },
      ACCOUNT,
      METRIC_TABLE,
      noMetricMemory,
      calm(),
    );
    expect(asked).toEqual([
      'AWS/NetworkELB HealthyHostCount',
      'AWS/Route53 HealthCheckStatus',
      'AWS/DX all',
      'AWS/TransitGateway all',
    ]);
    const met = Object.entries(world.asked.series).filter(([, some]) => some.length > 0);
    expect(met).toEqual([['AWS/DX ConnectionState', [{ ConnectionId: 'x' }]]]);
  });
});

describe('AWS Health', () => {
  const row = METRIC_TABLE.find(({ reason }) => reason === 'DirectConnectBgpDown');
  const note = {
    id: 'c-1',
    code: 'AWS_DIRECTCONNECT_OPERATIONAL_ISSUE',
    at: NOW - 3_600_000,
    ids: ['dxcon-9'],
  };
  const down = async (arrived: readonly (typeof note)[], memory = noMetricMemory) => {
    if (row === undefined) throw new Error('no such row');
    const dimensions = { VirtualInterfaceId: 'dxvif-1', ConnectionId: 'dxcon-1' };
    const { world } = await observed(row, [{ dimensions, values: [0] }], memory, null, TAGGED);
    return assessMetrics({ ...world, health: arrived }, memory, NOW);
  };
  const said = ({ findings }: Awaited<ReturnType<typeof down>>) =>
    findings.flatMap(({ evidence }) => evidence).filter((line) => line.includes('AWS Health'));

  test('its note of a virtual interface, or of the Direct Connect below it, is evidence; that of another is not', async () => {
    for (const id of ['dxvif-1', 'dxcon-1'])
      expect(said(await down([{ ...note, ids: [id] }]))).toHaveLength(1);
    expect(said(await down([note]))).toEqual([]);
  });

  test('each page of an event adds what it names; the note is once, and stays for the passes of a day', async () => {
    const { memory } = await down([note, { ...note, ids: ['dxcon-1'] }]);
    expect(memory.health).toEqual([{ ...note, ids: ['dxcon-9', 'dxcon-1'] }]);
    expect(said(await down([], recallMetrics(memory)))).toHaveLength(1);
    const old = await down([{ ...note, at: NOW - 24 * 3_600_000 }]);
    expect(old.memory.health).toEqual([]);
  });
});
