/** The map as SVG: zones with their tables and appliances, the routes between them, sites, endpoints. Pure. */
import { counted } from '../core/text.ts';
import { fit } from './fit.ts';
import { type Box, LINE_PX, layOut, type MapLayout, PAD_PX, type Placed } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { drawWays } from './routeLines.ts';
import { describeRouteGroup } from './routes.ts';
import type { Health, MapAppliance, MapEndpoint, MapScene, MapSite, MapTable } from './scene.ts';

/**
 * An SVG of exactly `widthPx` (280 at least), as high as it needs to be. Names are cut to fit; titles hold them whole.
 * With a style of its own it can stand alone, as a file.
 */
export function drawMap(scene: MapScene, widthPx: number, style: Markup = markup``): Markup {
  const layout = layOut(scene, widthPx);
  const { width, height } = layout;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" class="vpnmap" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${summaryOf(scene)}">${style}${[
    ...layout.zones.map(drawZone),
    ...(layout.isStacked ? [] : drawWays(layout)),
    ...layout.tables.map((table) => drawTable(table, scene)),
    ...layout.appliances.map((appliance) => drawAppliance(appliance)),
    ...layout.transitTables.map((table) => drawTable(table, scene)),
    ...layout.sites.map(drawSite),
    ...layout.endpoints.map(drawEndpoint),
    ...(isEmpty(layout) ? [nothing()] : []),
  ]}</svg>`;
}

/** The picture in words, for screen readers. */
export function summaryOf({
  region,
  appliances,
  tables,
  transitTables = [],
  sites,
  endpoints,
}: MapScene): string {
  const down = appliances.filter(({ health }) => health === 'down');
  const routeGroups = [...tables, ...transitTables].flatMap((table) => table.routeGroups);
  const count = (state: string) =>
    routeGroups.reduce(
      (sum, routeGroup) => sum + (routeGroup.state === state ? routeGroup.destinations.length : 0),
      0,
    );
  return `VPN map of ${region}: ${appliances.length} appliances, ${down.length} down${down.length === 0 ? '' : ` (${down.map(({ name }) => name).join(', ')})`}; routes: ${count('preferred')} on their preferred next hop, ${count('failedOver')} failed over, ${count('lost')} lost; ${sites.filter(({ isDirectConnect }) => !isDirectConnect).length} sites, ${endpoints.length} endpoints`;
}

const isEmpty = ({ zones, sites, endpoints }: MapLayout): boolean =>
  zones.length + sites.length + endpoints.length === 0;

const nothing = (): Markup =>
  markup`<text class="dim" x="0" y="${LINE_PX}">No resource is tagged vpn-medic:group yet.</text>`;

const drawZone = ({ what, box }: Placed<string>): Markup =>
  markup`<g data-subject="zone:${what}"><title>zone ${what}</title>${rectangle(box, 'zone')}${line(what, box, 0, 'head')}</g>`;

function drawTable({ what, box }: Placed<MapTable>, scene: MapScene): Markup {
  const connections = scene.sites.flatMap((site) => site.connections);
  const names = new Map([...scene.appliances, ...connections].map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const lines = what.routeGroups.map((routeGroup, index) => {
    const { text, colour } = describeRouteGroup(routeGroup, nameOf);
    return line(text, box, index + 1, colour);
  });
  return markup`<g data-subject="table:${what.id}"><title>${what.name} (${what.id})
${what.routeGroups.map((routeGroup) => `${routeGroup.destinations.join(', ')}: ${describeRouteGroup(routeGroup, nameOf).text}`).join('\n')}</title>${rectangle(box, 'card')}${line(what.name, box, 0, 'head')}${lines}</g>`;
}

function drawAppliance({ what, box }: Placed<MapAppliance>): Markup {
  const { id, name, group, health, why, routeCount, pools, priority, ignored } = what;
  const rank = priority === undefined ? '' : `, priority ${priority}`;
  const carries = `carries ${counted(routeCount, 'route')}`;
  return markup`<g class="${health}" data-subject="appliance:${id}"><title>${name} (${id}), group ${group}: ${why}${ignored === null ? '' : `; ignored: ${ignored}`}</title>${rectangle(box, 'card')}${headLine(name, health, box)}${[
    line(`${group}${rank}, ${carries}${ignored === null ? '' : ', ignored'}`, box, 1, ''),
    ...(pools.length > 0 ? [line(`pool ${pools.join(', ')}`, box, 2, 'dim')] : []),
    line(why, box, pools.length > 0 ? 3 : 2, 'dim'),
  ]}</g>`;
}

function drawSite({ what, box }: Placed<MapSite>): Markup {
  const title = what.isDirectConnect ? what.name : `site ${what.name}`;
  let row = 0;
  const lines = what.connections.flatMap((connection) => {
    row += 1;
    const head = line(`${connection.name} at ${connection.gateway}`, box, row, '');
    const tunnels = connection.tunnels.map((tunnel) => {
      row += 1;
      return markup`<g class="${tunnel.health}" data-subject="tunnel:${tunnel.id}"><title>${tunnel.name}: ${tunnel.why}</title>${line(`${MARKS[tunnel.health]} ${tunnel.name} ${WORDS[tunnel.health]}: ${tunnel.why}`, { ...box, x: box.x + PAD_PX, width: box.width - PAD_PX }, row, COLOURS[tunnel.health])}</g>`;
    });
    return [head, ...tunnels];
  });
  return markup`<g data-subject="site:${what.id}"><title>${title}</title>${rectangle(box, 'card')}${line(title, box, 0, 'head')}${lines}</g>`;
}

const drawEndpoint = ({ what, box }: Placed<MapEndpoint>): Markup =>
  markup`<g class="${what.health}" data-subject="endpoint:${what.id}"><title>${what.name} (${what.id}): ${what.why}</title>${rectangle(box, 'card')}${headLine(what.name, what.health, box)}${line(`Client VPN in ${what.zones.length === 0 ? 'no zone' : what.zones.join(', ')}`, box, 1, '')}${line(what.why, box, 2, 'dim')}</g>`;

const MARKS: Readonly<Record<Health, string>> = { well: '✓', down: '✕', unsure: '?' };
const WORDS: Readonly<Record<Health, string>> = { well: 'up', down: 'DOWN', unsure: 'unsure' };
const COLOURS: Readonly<Record<Health, string>> = { well: 'good', down: 'bad', unsure: 'warn' };

function headLine(name: string, health: Health, box: Box): Markup {
  const word = `${MARKS[health]} ${WORDS[health]}`;
  const room = word.length * 8 + PAD_PX;
  return markup`${line(name, { ...box, width: box.width - room }, 0, 'head')}<text class="mark ${COLOURS[health]}" text-anchor="end" x="${box.x + box.width - PAD_PX}" y="${baseline(box, 0)}">${word}</text>`;
}

const FONT_PX = 12;

const line = (text: string, box: Box, row: number, colour: string): Markup =>
  markup`<text class="${colour}" x="${box.x + PAD_PX}" y="${baseline(box, row)}">${fit(text, box.width - 2 * PAD_PX, row === 0 ? FONT_PX + 1.5 : FONT_PX)}</text>`;

const baseline = ({ y }: Box, row: number): number => y + PAD_PX + FONT_PX + row * LINE_PX - 2;

const rectangle = ({ x, y, width, height }: Box, colour: string): Markup =>
  markup`<rect class="${colour}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
