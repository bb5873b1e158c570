/** The dashboard of a stack: one row a question, from "is anything wrong?" to "what does the medic itself cost?". */

import type { MetricName } from '../core/measures.ts';
import type { Alarm, StackFact } from './alarms.ts';
import { refuseOverLimits, type Widget } from './dashboardLimits.ts';

export interface DashboardFact extends StackFact {
  readonly homeRegion: string;
  readonly alarms: readonly Alarm[];
}

/**
 * The dashboard's body, as text in which `Fn::Sub` puts account and partition.
 * @throws {Error} listing every limit of CloudWatch that it would go over.
 */
export function dashboardBody(stack: DashboardFact): string {
  const rows = [
    glance(stack),
    ...map(stack),
    ...stack.regions.flatMap((region) => [
      title(`## Tunnels, ${region}`),
      tunnels(region),
      title(`## Client VPN, ${region}`),
      endpoints(region),
      title(`## Appliances and routes, ${region}`),
      appliances(stack.homeRegion, region),
    ]),
    title('## The medic itself (what each alarm means: docs/runbook.md)'),
    medic(stack),
  ];
  const widgets = stacked(rows);
  refuseOverLimits(widgets);
  return JSON.stringify({ widgets });
}

/** A widget that does not know its place yet. */
type Tile = Omit<Widget, 'x' | 'y'>;

/** Tiles side by side, rows one below the other, each as high as its highest tile. */
function stacked(rows: readonly (readonly Tile[])[]): readonly Widget[] {
  let y = 0;
  return rows.flatMap((tiles) => {
    let x = 0;
    const row = tiles.map((tile) => {
      const widget = { ...tile, x, y };
      x += tile.width;
      return widget;
    });
    y += Math.max(...tiles.map(({ height }) => height));
    return row;
  });
}

const title = (markdown: string): readonly Tile[] => [
  { type: 'text', width: 24, height: 1, properties: { markdown } },
];

const glance = ({ alarms, homeRegion }: DashboardFact): readonly Tile[] => [
  {
    type: 'alarm',
    width: 24,
    height: 2 + Math.ceil(alarms.length / 8),
    properties: {
      title: 'At a glance',
      alarms: alarms.map(
        ({ name }) =>
          `arn:\${AWS::Partition}:cloudwatch:${homeRegion}:\${AWS::AccountId}:alarm:${name}`,
      ),
    },
  },
];

function map({ functions, homeRegion }: DashboardFact): readonly (readonly Tile[])[] {
  const widget = functions.find(({ key }) => key === 'mapWidget');
  if (widget === undefined) return [];
  const endpoint = `arn:\${AWS::Partition}:lambda:${homeRegion}:\${AWS::AccountId}:function:${widget.name}`;
  const updateOn = { refresh: true, resize: true, timeRange: false };
  const properties = { title: 'VPN map', endpoint, params: {}, updateOn };
  return [[{ type: 'custom', width: 24, height: 14, properties }]];
}

/** By SEARCH, so that a tunnel made tomorrow shows without a deployment. */
const tunnels = (region: string): readonly Tile[] => {
  return [
    graph(region, 'Tunnel state: 1 is up', 300, [formula(ofTunnels('TunnelState', 'Minimum'))], {
      yAxis: { left: { min: 0, max: 1 } },
    }),
    graph(region, 'Bytes through each tunnel', 300, [
      formula(ofTunnels('TunnelDataIn', 'Sum'), 'in'),
      formula(ofTunnels('TunnelDataOut', 'Sum'), 'out'),
    ]),
  ];
};

const endpoints = (region: string): readonly Tile[] => {
  return [
    graph(
      region,
      'Connected clients',
      300,
      [ofEndpoints('ActiveConnectionsCount', 'Maximum')],
      {},
      8,
    ),
    graph(region, 'Refused log-ins', 300, [ofEndpoints('AuthenticationFailures', 'Sum')], {}, 8),
    graph(
      region,
      "Days left of each endpoint's CRL",
      300,
      [ofEndpoints('CrlDaysToExpiry', 'Minimum')],
      lines([2, '2 days: critical'], [7, '7 days: warning']),
      8,
    ),
  ];
};

const ofTunnels = (metric: string, statistic: string) =>
  `SEARCH('{AWS/VPN,VpnId,TunnelIpAddress} MetricName="${metric}"', '${statistic}', 300)`;

const ofEndpoints = (metric: string, statistic: string) =>
  formula(`SEARCH('{AWS/ClientVPN,Endpoint} MetricName="${metric}"', '${statistic}', 300)`);

const appliances = (homeRegion: string, region: string): readonly Tile[] => [
  graph(
    homeRegion,
    'Appliances down, moves held',
    60,
    [own(region, 'AppliancesDown', 'Maximum'), own(region, 'MovesHeld', 'Maximum')],
    lines([1, 'one is too many']),
    8,
  ),
  graph(
    homeRegion,
    'Failovers: routes moved, and how long it took',
    60,
    [own(region, 'RoutesMoved', 'Sum'), own(region, 'TimeToRestoreMs', 'Maximum', 'right')],
    { annotations: { horizontal: [{ value: 4_000, label: '4 s: the promise', yAxis: 'right' }] } },
    8,
  ),
  graph(
    homeRegion,
    'Days left of our published CRLs',
    3_600,
    crlDays(region),
    lines([2, '2 days: critical'], [7, '7 days: warning']),
    8,
  ),
];

const crlDays = (region: string) => [
  [{ expression: 'left/86400000', label: 'days', id: 'days' }],
  ['VpnMedic', 'CrlLeftMs', 'Region', region, { id: 'left', stat: 'Minimum', visible: false }],
];

const medic = ({ homeRegion, regions, functions }: DashboardFact): readonly Tile[] => {
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
      'Heartbeats and visibility',
      60,
      regions.flatMap((region) => [
        own(region, 'Heartbeat', 'Sum'),
        own(region, 'SightLost', 'Maximum', 'right'),
        own(region, 'NoticesFailed', 'Maximum', 'right'),
        own(region, 'EventsLost', 'Sum', 'right'),
      ]),
      {},
      6,
    ),
    graph(
      homeRegion,
      'A pass takes, p50 and p99',
      60,
      regions.flatMap((region) => [own(region, 'TickMs', 'p50'), own(region, 'TickMs', 'p99')]),
      {},
      6,
    ),
    graph(
      homeRegion,
      'Errors and throttles',
      300,
      [...counted('Errors', 'Sum'), ...counted('Throttles', 'Sum')],
      {},
      6,
    ),
    graph(homeRegion, 'Lambda, USD a day', 86_400, costOf(functions), { stat: 'Sum' }, 6),
  ];
};

/** arm64, us-east-1; a request is the smallest part of it. @see https://aws.amazon.com/lambda/pricing/ (read 2026-11-21) */
const USD_PER_GB_SECOND = 0.0000133334;

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

const own = (region: string, name: MetricName, stat: string, yAxis = 'left') => [
  'VpnMedic',
  name,
  'Region',
  region,
  { stat, yAxis, label: stat.startsWith('p') ? `${name} ${stat}` : name },
];

const formula = (expression: string, label = ''): readonly unknown[] => [{ expression, label }];

const lines = (...at: readonly (readonly [value: number, label: string])[]) => ({
  annotations: { horizontal: at.map(([value, label]) => ({ value, label })) },
});

const graph = (
  region: string,
  name: string,
  period: number,
  metrics: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
  width = 12,
): Tile => ({
  type: 'metric',
  width,
  height: 6,
  properties: { title: name, region, period, view: 'timeSeries', stacked: false, metrics, ...more },
});
