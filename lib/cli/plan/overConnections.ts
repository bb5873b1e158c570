/** What a failure means for connections: transit gateway routes over them, and sites that nothing else leads to. Pure. */
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import { pathsById } from '../../transitGateway/assess/routes.ts';
import type { ConnectionPass } from '../check/connections.ts';
import { type TransitLost, transitWhatIf } from '../transit/whatIf.ts';
import type { Failing } from './failing.ts';
import { type MoveReport, reportMove } from './moveReport.ts';
import type { Lost } from './whatIf.ts';

export interface OverConnections {
  readonly connections: readonly { readonly connectionId: string; readonly name: string }[];
  readonly moves: readonly MoveReport[];
  readonly lost: readonly Lost[];
  readonly alreadyLost: readonly Lost[];
  /** What is neither moved nor lost, one sentence each. */
  readonly notes: readonly string[];
  readonly names: ReadonlyMap<string, string>;
}

export function overConnections(
  { world, transit }: ConnectionPass,
  { connectionIds }: Failing,
): OverConnections {
  const facts = world.connections.known ? world.connections.value : [];
  const names = new Map(facts.map((one) => [one.connectionId, one.name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const { moves, lost, alreadyLost } =
    transit === null
      ? { moves: [], lost: [], alreadyLost: [] }
      : transitWhatIf(transit, connectionIds);
  const sites = sitesLost(world, transit, connectionIds);
  return {
    connections: facts
      .filter(({ connectionId }) => connectionIds.has(connectionId))
      .map(({ connectionId, name }) => ({ connectionId, name })),
    // A connection is in no zone.
    moves: moves.map((move) => reportMove({ ...move, kind: 'failover' }, nameOf, '')),
    lost: [...lost.map(lostOf), ...sites.lost],
    alreadyLost: alreadyLost.map(lostOf),
    notes: sites.notes,
    names,
  };
}

const lostOf = ({ route, rule, why }: TransitLost): Lost => ({
  tableId: route.tableId,
  tableName: route.tableName,
  destination: route.destination,
  nextHop: route.connectionId,
  rule,
  why,
});

/** Of a site that something else leads to, the routes follow BGP: that is neither ours nor seen here. */
function sitesLost(
  world: ConnectionPass['world'],
  transit: ConnectionPass['transit'],
  failed: ReadonlySet<string>,
): { readonly lost: readonly Lost[]; readonly notes: readonly string[] } {
  const lost: Lost[] = [];
  const notes: string[] = [];
  const gateways = world.customerGateways.known ? world.customerGateways.value : [];
  const managed = new Set(transit?.routes.map(({ connectionId }) => connectionId));
  const paths = transit === null ? null : pathsById(transit.world);
  const isUp = (id: string, statuses: readonly (string | null)[]) =>
    paths?.get(id)?.health.kind === 'up' || statuses.includes('up');
  for (const { name, connections } of sitesOf(
    world.connections.known ? world.connections.value : [],
    gateways,
  )) {
    const own = connections.filter(({ connectionId }) => failed.has(connectionId));
    const [first] = own;
    if (first === undefined || own.every(({ connectionId }) => managed.has(connectionId))) continue;
    const left = connections.filter(
      ({ connectionId, tunnels }) =>
        !failed.has(connectionId) &&
        isUp(
          connectionId,
          tunnels.map(({ status }) => status),
        ),
    );
    if (left.length > 0) {
      notes.push(
        `Site ${name} keeps ${left.map((one) => one.name).join(' and ')}: routes that BGP announces move there by themselves, static ones that are not managed stay.`,
      );
      continue;
    }
    lost.push({
      tableId: '',
      tableName: `site ${name}`,
      destination: 'all that lies behind it',
      nextHop: first.connectionId,
      rule: null,
      why: 'no other connection of the site is up, and no managed route leads to it',
    });
  }
  return { lost, notes };
}
