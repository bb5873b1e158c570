/** The dashboard of a stack: first what is so, in words, then the map, then the graphs; the medic's own health is last. */

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
  const isDeployed = (name: string) => stack.functions.some(({ key }) => key === name);
  const rows = [
    ...stack.regions.map((region) => state(stack, region)),
    ...stack.regions.flatMap((region) => map(stack, region)),
    ...stack.regions.flatMap((region) => [
      ...(isDeployed('pollConnections') ? [title(`## Tunnels, ${region}`), tunnels(region)] : []),
      ...(isDeployed('pollEndpoints')
        ? [title(`## Client VPN, ${region}`), endpoints(region)]
        : []),
      title(`## Appliances and routes, ${region}`),
      [
        ...appliances(stack.homeRegion, region),
        ...(isDeployed('publishCrl') ? [crlLife(stack.homeRegion, region)] : []),
      ],
    ]),
    title('## The medic itself (what each alarm means: docs/runbook.md)'),
    medic(stack),
    health(stack),
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

/** What people are called for, or only want to see: the paths. The rest is about the medic itself. */
const OF_PATHS: ReadonlySet<string> = new Set([
  'AppliancesDown',
  'RoutesMoved',
  'TunnelsDown',
  'EndpointsDown',
  'CrlLifeShort',
]);

const isOfPaths = ({ rule }: Alarm): boolean => OF_PATHS.has(rule.id);

const alarmTile = (
  { homeRegion }: DashboardFact,
  name: string,
  alarms: readonly Alarm[],
  [width, height]: readonly [number, number],
): Tile => ({
  type: 'alarm',
  width,
  height,
  properties: {
    title: name,
    alarms: alarms.map(
      (one) =>
        `arn:\${AWS::Partition}:cloudwatch:${homeRegion}:\${AWS::AccountId}:alarm:${one.name}`,
    ),
  },
});

/** The region's scopes and open incidents, in words. The lights are those of all regions, so they are beside the first. */
function state(stack: DashboardFact, region: string): readonly Tile[] {
  const words = custom(stack, region, 'state', 'State', [18, 7]);
  const paths = stack.alarms.filter(isOfPaths);
  if (words === null) return [alarmTile(stack, 'VPN paths', paths, [24, 4])];
  return region === stack.regions[0]
    ? [words, alarmTile(stack, 'VPN paths', paths, [6, 7])]
    : [{ ...words, width: 24 }];
}

function map(stack: DashboardFact, region: string): readonly (readonly Tile[])[] {
  const tile = custom(stack, region, 'map', 'VPN map', [24, 14]);
  return tile === null ? [] : [[tile]];
}

/** Null: its function is not in the stack. */
function custom(
  { functions, homeRegion, regions }: DashboardFact,
  region: string,
  show: 'state' | 'map',
  name: string,
  [width, height]: readonly [number, number],
): Tile | null {
  const widget = functions.find(({ key }) => key === 'mapWidget');
  if (widget === undefined) return null;
  const properties = {
    title: regions.length === 1 ? name : `${name}, ${region}`,
    endpoint: `arn:\${AWS::Partition}:lambda:${homeRegion}:\${AWS::AccountId}:function:${widget.name}`,
    params: { region, show },
    updateOn: { refresh: true, resize: true, timeRange: false },
  };
  return { type: 'custom', width, height, properties };
}

/** One light each. */
function health(stack: DashboardFact): readonly Tile[] {
  const alarms = stack.alarms.filter((one) => !isOfPaths(one));
  const size = [24, 2 + Math.ceil(alarms.length / 8)] as const;
  return [alarmTile(stack, "The medic's own alarms", alarms, size)];
}

/** By SEARCH, so that a tunnel made tomorrow shows without a deployment. */
const tunnels = (region: string): readonly Tile[] => {
  return [
    graph(
      region,
      'Tunnel state: 1 is up',
      300,
      [formula(ofTunnels('TunnelState', 'Minimum'), TUNNEL)],
      { yAxis: { left: { min: 0, max: 1 } }, ...lines([1, 'up']) },
    ),
    graph(
      region,
      'Bytes through each tunnel, in 5 minutes',
      300,
      [
        formula(ofTunnels('TunnelDataIn', 'Sum'), `in ${TUNNEL}`),
        formula(ofTunnels('TunnelDataOut', 'Sum'), `out ${TUNNEL}`),
      ],
      lines([0, 'no traffic']),
    ),
  ];
};

const endpoints = (region: string): readonly Tile[] => {
  return [
    graph(
      region,
      'Connected clients',
      300,
      [ofEndpoints('ActiveConnectionsCount', 'Maximum')],
      lines([0, 'no client']),
      8,
    ),
    graph(
      region,
      'Refused log-ins, in 5 minutes',
      300,
      [ofEndpoints('AuthenticationFailures', 'Sum')],
      lines([0, 'none refused']),
      8,
    ),
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
  formula(
    `SEARCH('{AWS/ClientVPN,Endpoint} MetricName="${metric}"', '${statistic}', 300)`,
    ENDPOINT,
  );

/**
 * CloudWatch puts the dimension's value in; `!` keeps it from Fn::Sub.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html (read 2026-11-29)
 */
const TUNNEL = `\${!PROP('Dim.VpnId')} \${!PROP('Dim.TunnelIpAddress')}`;
const ENDPOINT = `\${!PROP('Dim.Endpoint')}`;

const appliances = (homeRegion: string, region: string): readonly Tile[] => [
  graph(
    homeRegion,
    'Appliances down, moves held',
    60,
    [
      own(region, 'AppliancesDown', 'Maximum', 'appliances down'),
      own(region, 'MovesHeld', 'Maximum', 'moves held'),
    ],
    lines([1, 'one is too many']),
    8,
  ),
  graph(
    homeRegion,
    'Failovers: routes moved, and how long it took',
    60,
    [
      own(region, 'RoutesMoved', 'Sum', 'routes moved'),
      own(region, 'TimeToRestoreMs', 'Maximum', 'ms to restore', 'right'),
    ],
    { annotations: { horizontal: [{ value: 4_000, label: '4 s to restore', yAxis: 'right' }] } },
    8,
  ),
];

const crlLife = (homeRegion: string, region: string): Tile =>
  graph(
    homeRegion,
    'Days left of our published CRLs',
    3_600,
    crlDays(region),
    lines([2, '2 days: critical'], [7, '7 days: warning']),
    8,
  );

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

const own = (region: string, name: MetricName, stat: string, label: string, yAxis = 'left') => [
  'VpnMedic',
  name,
  'Region',
  region,
  { stat, yAxis, label },
];

const formula = (expression: string, label: string): readonly unknown[] => [{ expression, label }];

const lines = (...at: readonly (readonly [value: number, label: string])[]) => ({
  annotations: { horizontal: at.map(([value, label]) => ({ value, label })) },
});

const graph = (
  region: string,
  name: string,
  period: number,
  metrics: readonly unknown[],
  more: Readonly<Record<string, unknown>>,
  width = 12,
): Tile => ({
  type: 'metric',
  width,
  height: 6,
  properties: { title: name, region, period, view: 'timeSeries', stacked: false, metrics, ...more },
});
