/** Graphs of the paths: tunnels, endpoints, appliances, CRLs. Pure. */
import { formula, graph, lines, own, type Tile } from './tile.ts';

/** By SEARCH, so that a tunnel made tomorrow shows without a deployment. */
export const tunnels = (region: string): readonly Tile[] => {
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

export const endpoints = (region: string): readonly Tile[] => {
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

export const appliances = (homeRegion: string, region: string): readonly Tile[] => [
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

export const crlLife = (homeRegion: string, region: string): Tile =>
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
