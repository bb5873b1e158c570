/** The dashboard of a stack: first what is so, in words, then the map, then the graphs; the medic's own health is last. */

import type { Alarm } from './alarms.ts';
import { medic } from './dashboard/medic.ts';
import { appliances, crlLife, endpoints, tunnels } from './dashboard/paths.ts';
import type { DashboardFact, Tile } from './dashboard/tile.ts';
import { refuseOverLimits, type Widget } from './dashboardLimits.ts';

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
  'RegionDown',
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
