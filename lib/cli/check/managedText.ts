/** Site-to-Site connections and Client VPN endpoints as text. Pure. */
import { counted } from '../../core/text.ts';
import { type Colour, colour, type Words } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import type { ConnectionsReport, SiteReport, TunnelReport } from './connections.ts';
import type { EndpointReport, UserReport } from './endpoints.ts';

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
            state === 'pending' ? state : colour(COLOURS[tunnel.status], STATES[tunnel.status]),
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
        `${upCount} of ${counted(tunnelCount, 'tunnel')} up`,
      ),
      `, ${counted(devices.length, 'customer device')}`,
    ],
    2,
  );

const COLOURS: Readonly<Record<TunnelReport['status'], Colour>> = {
  up: 'good',
  'no-routes': 'bad',
  'bgp-down': 'bad',
  down: 'bad',
  unknown: 'warn',
};
const STATES: Readonly<Record<TunnelReport['status'], string>> = {
  up: 'up',
  'no-routes': 'NO ROUTES',
  'bgp-down': 'BGP DOWN',
  down: 'DOWN',
  unknown: 'unknown',
};

export function writeEndpoints(endpoints: readonly EndpointReport[]): readonly Block[] {
  if (endpoints.length === 0) return [];
  return [
    blank,
    title('Client VPN endpoints'),
    table(
      ['ENDPOINT', 'ID', 'STATE', 'PORT', 'ZONES', 'CLIENTS', 'CRL', 'IDP', 'BASELINE'],
      endpoints.map((one) => [
        one.name || one.endpointId,
        one.endpointId,
        one.state === 'available' ? colour('good', one.state) : colour('bad', one.state),
        [
          colour(REACHABILITY_COLOURS[one.reachability], one.reachability),
          ` (${one.transport} ${one.port})`,
        ],
        one.zones === null ? '?' : one.zones.join(' ') || 'none',
        `${one.activeCount ?? '?'} of ${one.roomCount ?? '?'}`,
        daysOf(one.crlDaysLeft),
        one.authentication.includes('federated') ? daysOf(one.idpCertDaysLeft) : '-',
        one.ignored === null ? one.baseline : `ignored (${one.ignored})`,
      ]),
    ),
    ...endpoints.map(writeSettings),
    ...endpoints.flatMap(writeSessions),
  ];
}

const REACHABILITY_COLOURS: Readonly<Record<EndpointReport['reachability'], Colour>> = {
  answers: 'good',
  silent: 'warn',
  unsure: 'warn',
  'not asked': 'plain',
};

const daysOf = (days: number | null): Words => {
  if (days === null) return '-';
  return colour(days <= 2 ? 'bad' : days <= 7 ? 'warn' : 'plain', `${days} d`);
};

const writeSettings = (one: EndpointReport): Block =>
  line(
    `${one.name || one.endpointId}: ${[
      one.tunnel === null ? 'tunnel unknown' : `${one.tunnel} tunnel`,
      one.sessionHours === null
        ? 'session limit unknown'
        : `sessions end after ${one.sessionHours} h`,
      one.hasBanner ? 'a login banner' : 'no login banner',
      one.isLogged === null
        ? 'connection log unknown'
        : `connection log ${one.isLogged ? 'on' : 'off'}`,
    ].join(', ')}`,
    2,
  );

function writeSessions({ name, endpointId, sessions }: EndpointReport): readonly Block[] {
  const of = name || endpointId;
  if (sessions.kind === 'unknown')
    return [line(`The sessions of ${of} cannot be read: ${sessions.why}`, 2)];
  if (sessions.activeCount === 0) return [];
  return [
    line(`Top users of ${of}: ${sessions.topUsers.map(describeUser).join(', ')}`, 2),
    ...(sessions.idle.length === 0
      ? []
      : [
          line(
            `${sessions.idle.length} idle for over an hour: ${sessions.idle
              .slice(0, IDLE_SHOWN)
              .map(({ user }) => user)
              .join(', ')}${sessions.idle.length > IDLE_SHOWN ? ', ...' : ''}`,
            2,
          ),
        ]),
  ];
}

const IDLE_SHOWN = 10;

const describeUser = ({ user, bytes }: UserReport): string =>
  `${user || 'nameless'} ${Math.round(bytes / 1e6)} MB`;
