/** Groups of connections as text. Pure. */
import { counted } from '../../core/text.ts';
import { colour } from '../output/colour.ts';
import { type Block, blank, table, title } from '../output/textBlocks.ts';
import type { ConnectionGroupReport } from './connectionGroups.ts';
import { writeFailover } from './failoverText.ts';

/** Above this number, routes on their preferred connection are only counted. */
const ROUTES_SHOWN = 40;

export function writeConnectionGroup(
  group: ConnectionGroupReport,
  showsAll: boolean,
): readonly Block[] {
  const { name, transitGatewayId, members, routes } = group;
  const names = new Map(members.map((one) => [one.connectionId, one.name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const shown = routes.filter(
    ({ state }) => showsAll || routes.length <= ROUTES_SHOWN || state !== 'preferred',
  );
  const upCount = members.filter(({ health }) => health === 'up').length;
  return [
    blank,
    title([
      colour('strong', `Group of connections ${name} on ${transitGatewayId}: `),
      colour(upCount === members.length ? 'good' : 'warn', `${upCount} of ${members.length} up`),
      colour('strong', `, ${counted(routes.length, 'route')}`),
    ]),
    ...writeFailover(group),
    table(
      ['CONNECTION', 'ID', 'HEALTH', 'ROUTES', 'WHY'],
      members.map((one) => [
        one.name,
        one.connectionId,
        colour(PATH_COLOURS[one.health], one.health === 'down' ? 'DOWN' : one.health),
        String(one.routeCount),
        one.why,
      ]),
    ),
    ...(shown.length === 0
      ? []
      : [
          table(
            ['TABLE', 'DESTINATION', 'CONNECTION', 'PREFERRED', 'STATE'],
            shown.map((one) => [
              one.tableName,
              one.destination,
              nameOf(one.connectionId),
              nameOf(one.preferred),
              colour(ROUTE_COLOURS[one.state], ROUTE_WORDS[one.state]),
            ]),
          ),
        ]),
  ];
}

const PATH_COLOURS = { up: 'good', down: 'bad', unknown: 'warn' } as const;
const ROUTE_COLOURS = { preferred: 'good', failedOver: 'warn', 'next-hop-down': 'bad' } as const;
const ROUTE_WORDS = {
  preferred: 'preferred',
  failedOver: 'failed over',
  'next-hop-down': 'connection is down',
} as const;
