/** The position of everything on the map. Pure: pixels in, pixels out. */
import type { MapAppliance, MapScene, MapTable } from './scene.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  /** Too narrow for zones side by side: they are stacked, and routes are shown as text only. */
  readonly isStacked: boolean;
  readonly zones: readonly Placed<string>[];
  readonly tables: readonly Placed<MapTable>[];
  readonly appliances: readonly Placed<MapAppliance>[];
  readonly sites: readonly Placed<MapScene['sites'][number]>[];
  readonly transitTables: readonly Placed<MapTable>[];
  readonly endpoints: readonly Placed<MapScene['endpoints'][number]>[];
}

export interface Placed<T> {
  readonly what: T;
  readonly box: Box;
}

export const LINE_PX = 17;
export const PAD_PX = 10;
const GAP_PX = 12;
const HEAD_PX = 30;
/** Between tables and appliances, for the lines. */
const WAYS_PX = 84;
const ZONE_PX_MIN = 196;
const CARD_PX_MIN = 260;
/** Below it text is unreadable: the map is then wider than its frame, and scrolls. */
export const WIDTH_PX_MIN = 280;

/** Tables without a zone have a column of their own. */
export const NO_ZONE = 'no zone';

export function layOut(scene: MapScene, askedPx: number): MapLayout {
  const width = Math.max(WIDTH_PX_MIN, Math.floor(askedPx));
  const hasStray = scene.tables.some(({ zone }) => zone === null);
  const names = [...scene.zones, ...(hasStray ? [NO_ZONE] : [])];
  const isStacked = (width - GAP_PX) / Math.max(1, names.length) < ZONE_PX_MIN;
  const columns = isStacked ? 1 : Math.max(1, names.length);
  const zoneWidth = (width - GAP_PX * (columns - 1)) / columns;
  const members = names.map((name) => ({
    name,
    tables: scene.tables.filter(({ zone }) => (zone ?? NO_ZONE) === name),
    appliances: scene.appliances.filter(({ zone }) => zone === name),
  }));
  const tablesPx = Math.max(0, ...members.map(({ tables }) => pileHeight(tables.map(tableHeight))));
  const zones: Placed<string>[] = [];
  const tables: Placed<MapTable>[] = [];
  const appliances: Placed<MapAppliance>[] = [];
  let top = 0;
  let bottom = 0;
  members.forEach((zone, index) => {
    const x = isStacked ? 0 : index * (zoneWidth + GAP_PX);
    const inner = { x: x + PAD_PX, width: zoneWidth - 2 * PAD_PX };
    const tablesEnd = pile(zone.tables, tableHeight, { ...inner, y: top + HEAD_PX }, tables);
    const start = isStacked
      ? tablesEnd + (zone.tables.length > 0 ? GAP_PX : 0)
      : top + HEAD_PX + tablesPx + (tablesPx > 0 ? WAYS_PX : 0);
    const end = pile(zone.appliances, applianceHeight, { ...inner, y: start }, appliances);
    zones.push({
      what: zone.name,
      box: { x, y: top, width: zoneWidth, height: end - top + PAD_PX },
    });
    bottom = Math.max(bottom, end + PAD_PX);
    if (isStacked) top = bottom + GAP_PX;
  });
  const level = zones.map(({ what, box }) => ({
    what,
    box: isStacked ? box : { ...box, height: bottom },
  }));
  const below = (endPx: number): number => (endPx > 0 ? endPx + GAP_PX : 0);
  const transit = flow(scene.transitTables ?? [], tableHeight, width, below(bottom));
  const sites = flow(scene.sites, siteHeight, width, below(Math.max(bottom, transit.end)));
  const endpoints = flow(
    scene.endpoints,
    endpointHeight,
    width,
    below(Math.max(bottom, transit.end, sites.end)),
  );
  const end = Math.max(bottom, transit.end, sites.end, endpoints.end);
  return {
    width,
    height: Math.max(LINE_PX * 2, end),
    isStacked,
    zones: level,
    tables,
    appliances,
    sites: sites.placed,
    transitTables: transit.placed,
    endpoints: endpoints.placed,
  };
}

const tableHeight = ({ routeGroups }: MapTable): number =>
  2 * PAD_PX + LINE_PX * (1 + routeGroups.length);
const applianceHeight = ({ pools }: MapAppliance): number =>
  2 * PAD_PX + LINE_PX * (pools.length > 0 ? 4 : 3);
const siteHeight = ({ connections }: MapScene['sites'][number]): number =>
  2 * PAD_PX + LINE_PX * connections.reduce((sum, { tunnels }) => sum + 1 + tunnels.length, 1);
const endpointHeight = (): number => 2 * PAD_PX + LINE_PX * 3;

const pileHeight = (heights: readonly number[]): number =>
  heights.reduce((sum, height) => sum + height, 0) + GAP_PX * Math.max(0, heights.length - 1);

/** Stacks boxes; returns where the stack ends. */
function pile<T>(
  things: readonly T[],
  heightOf: (thing: T) => number,
  at: Omit<Box, 'height'>,
  into: Placed<T>[],
): number {
  let { y } = at;
  things.forEach((what, index) => {
    if (index > 0) y += GAP_PX;
    const height = heightOf(what);
    into.push({ what, box: { ...at, y, height } });
    y += height;
  });
  return y;
}

/** Side by side in rows, as many as fit; each row as high as its highest. */
function flow<T>(
  things: readonly T[],
  heightOf: (thing: T) => number,
  width: number,
  top: number,
): { readonly placed: readonly Placed<T>[]; readonly end: number } {
  const columns = Math.max(
    1,
    Math.min(things.length, Math.floor((width + GAP_PX) / (CARD_PX_MIN + GAP_PX))),
  );
  const cardWidth = (width - GAP_PX * (columns - 1)) / columns;
  const placed: Placed<T>[] = [];
  let y = top;
  for (let start = 0; start < things.length; start += columns) {
    const row = things.slice(start, start + columns);
    const height = Math.max(...row.map(heightOf));
    row.forEach((what, index) => {
      placed.push({ what, box: { x: index * (cardWidth + GAP_PX), y, width: cardWidth, height } });
    });
    y += height + GAP_PX;
  }
  return { placed, end: things.length === 0 ? 0 : y - GAP_PX };
}
