/** What the reply about a connection leaves out: tunnels, counts of routes, static routes of its transit gateway. Pure. */
import { compare } from '../../core/order.ts';
import type { ConnectionMemory } from '../state.ts';
import { type ConnectionFact, isStanding, type TunnelFact, tunnelId } from '../types/connection.ts';
import type { ConnectionWorld } from '../types/world.ts';
import { staticCountOf } from './tunnels.ts';

export const completed = (
  connection: ConnectionFact,
  staticRoutes: ConnectionWorld['staticRoutes'],
  memory: ConnectionMemory,
): ConnectionFact =>
  withStaticRoutes(
    withoutUncounted(withRemembered(connection, memory), memory),
    staticRoutes,
    memory,
  );

/** "Up" without a count of routes says nothing of a tunnel that had none. */
function withoutUncounted(
  connection: ConnectionFact,
  { tunnels }: ConnectionMemory,
): ConnectionFact {
  const { connectionId, isStatic } = connection;
  const isUncounted = ({ outsideIp, status, acceptedRouteCount }: TunnelFact) =>
    status === 'up' &&
    acceptedRouteCount === null &&
    tunnels[tunnelId(connectionId, outsideIp)]?.status === 'no-routes';
  if (isStatic === true || !connection.tunnels.some(isUncounted)) return connection;
  return {
    ...connection,
    tunnels: connection.tunnels.map((one) => (isUncounted(one) ? { ...one, status: null } : one)),
  };
}

function withStaticRoutes(
  connection: ConnectionFact,
  staticRoutes: ConnectionWorld['staticRoutes'],
  { connections }: ConnectionMemory,
): ConnectionFact {
  const { connectionId, staticRouteCount } = connection;
  const count = staticCountOf(staticRoutes.get(connectionId), connections[connectionId]);
  return { ...connection, staticRouteCount: staticRouteCount + (count ?? 0) };
}

/** A reply that lists fewer tunnels than before does not take them away: nothing is known of them now. */
function withRemembered(connection: ConnectionFact, { tunnels }: ConnectionMemory): ConnectionFact {
  if (connection.tunnels.length >= 2 || !isStanding(connection)) return connection;
  const listed = new Set(connection.tunnels.map(({ outsideIp }) => outsideIp));
  const missing = Object.entries(tunnels).flatMap(([id, { connectionId }]) => {
    const outsideIp = id.slice(connectionId.length + 1);
    return connectionId === connection.connectionId && !listed.has(outsideIp) ? [outsideIp] : [];
  });
  if (missing.length === 0) return connection;
  const unsaid = missing.map((outsideIp) => ({ ...UNSAID, outsideIp }));
  return { ...connection, tunnels: [...connection.tunnels, ...unsaid].toSorted(byAddress) };
}

const byAddress = (a: TunnelFact, b: TunnelFact): number => compare(a.outsideIp, b.outsideIp);

/** A tunnel of which an answer says nothing. */
export const UNSAID = {
  status: null,
  words: '',
  acceptedRouteCount: null,
  changedAt: null,
  options: null,
} as const;
