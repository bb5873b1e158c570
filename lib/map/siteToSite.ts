/** The Site-to-Site part of the map, from the poll's stored state. Pure. */

import { toIso } from '../core/time.ts';
import type { ConnectionMemory, TunnelMemory } from '../siteToSite/state.ts';
import type { Health, MapSite, MapTunnel } from './scene.ts';

/**
 * Sites with their connections and tunnels as of the last poll. The map never reads connections from EC2 itself: the
 * answer holds pre-shared keys, and anyone who opens the dashboard starts its function. `isCurrent`: false where no leader
 * has looked in time, so that what is stored is not shown as what is.
 */
export function mapSites(
  { sites, tunnels }: ConnectionMemory,
  isCurrent: boolean,
): readonly MapSite[] {
  const byConnection = Map.groupBy(Object.entries(tunnels), ([, { connectionId }]) => connectionId);
  return sites.map(({ id, name, connections }) => ({
    id,
    name,
    connections: connections.map((connection) => ({
      id: connection.id,
      name: connection.name,
      gateway: connection.gateway === '' ? 'no gateway' : connection.gateway,
      tunnels: (byConnection.get(connection.id) ?? [])
        .map(([tunnelId, tunnel]) => mapTunnel(tunnelId, tunnel, isCurrent))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    })),
  }));
}

function mapTunnel(
  id: string,
  { status, since, unknownSince }: TunnelMemory,
  isCurrent: boolean,
): MapTunnel {
  const name = id.slice(id.lastIndexOf('/') + 1);
  if (status === null || unknownSince !== null) {
    return { id, name, health: 'unsure', why: 'AWS reports nothing about it' };
  }
  const why = `${WORDS[status]} since ${toIso(since)}`;
  return isCurrent
    ? { id, name, health: HEALTH[status], why }
    : { id, name, health: 'unsure', why: `at the last poll ${why}; nothing polls now` };
}

/** IPsec without BGP carries no traffic: that counts as down, and the text says which of the two it is. */
const HEALTH: Readonly<Record<NonNullable<TunnelMemory['status']>, Health>> = {
  up: 'well',
  'no-routes': 'down',
  'bgp-down': 'down',
  down: 'down',
};
const WORDS: Readonly<Record<NonNullable<TunnelMemory['status']>, string>> = {
  up: 'well',
  'no-routes': 'up, no route accepted',
  'bgp-down': 'IPsec up, BGP down',
  down: 'IPsec down',
};
