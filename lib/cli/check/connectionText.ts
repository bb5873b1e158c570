/** Sites, connections and tunnels as text. Pure. */

import { type Colour, colour } from '../output/colour.ts';
import { type Block, blank, count, line, table, title } from '../output/textBlocks.ts';
import type { ConnectionsReport, SiteReport, TunnelReport } from './connections.ts';

export function writeConnections({ sites, connections }: ConnectionsReport): readonly Block[] {
  if (connections.length === 0) return [];
  return [
    blank,
    title('Site-to-Site connections'),
    ...sites.filter(({ connectionIds }) => connectionIds.length > 1).map(writeSite),
    table(
      ['CONNECTION', 'ID', 'SITE', 'TUNNEL', 'STATE', 'ROUTES', 'SINCE', 'TRAFFIC'],
      connections.flatMap(
        ({ name, connectionId, state, site, routing, traits, tunnels, ignored }) => {
          const what = [name, ...traits].join(', ');
          const where = ignored === null ? (site ?? '-') : `ignored (${ignored})`;
          if (tunnels.length === 0) return [[what, connectionId, where, '-', state, '-', '-', '-']];
          return tunnels.map((tunnel, index) => [
            index === 0 ? what : '',
            index === 0 ? connectionId : '',
            index === 0 ? where : '',
            tunnel.outsideIp,
            state === 'available' ? colour(COLOURS[tunnel.status], STATES[tunnel.status]) : state,
            routing === 'static' ? 'static' : (tunnel.acceptedRouteCount?.toString() ?? '?'),
            tunnel.since?.slice(0, 16).replace('T', ' ') ?? '?',
            tunnel.baseline,
          ]);
        },
      ),
    ),
  ];
}

const writeSite = ({ name, upCount, tunnelCount, devices }: SiteReport): Block =>
  line(
    [
      `Site ${name}: `,
      colour(
        upCount === tunnelCount ? 'good' : upCount === 0 ? 'bad' : 'warn',
        `${upCount} of ${count(tunnelCount, 'tunnel')} up`,
      ),
      `, ${count(devices.length, 'customer device')}`,
    ],
    2,
  );

const COLOURS: Readonly<Record<TunnelReport['status'], Colour>> = {
  up: 'good',
  'bgp-down': 'bad',
  down: 'bad',
  unknown: 'warn',
};
const STATES: Readonly<Record<TunnelReport['status'], string>> = {
  up: 'up',
  'bgp-down': 'BGP DOWN',
  down: 'DOWN',
  unknown: 'unknown',
};
