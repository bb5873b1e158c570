/** Which connections carry traffic, for subjects that lead traffic over them. Pure. */
import type { ConnectionPath, PathHealth } from '../../core/connectionPath.ts';
import { known, type Reading } from '../../core/reading.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { ConnectionMemory } from '../state.ts';
import { type ConnectionFact, isStanding, tunnelId } from '../types/connection.ts';
import type { ConnectionWorld } from '../types/world.ts';
import { completed } from './completed.ts';
import { type Followed, followTunnels, statusNow } from './tunnels.ts';

/**
 * Every connection that is not deleted, as this reading and the passes before it say. Up needs a tunnel that this
 * reading calls up with routes, or without any where it never had one: static routes of a transit gateway lead to it as
 * soon as one is pointed at it. Down stays down until then, whatever a later reading leaves out (S13).
 */
export function connectionPaths(
  reading: Reading<readonly ConnectionFact[]>,
  staticRoutes: ConnectionWorld['staticRoutes'],
  memory: ConnectionMemory,
  now: Instant,
): Reading<readonly ConnectionPath[]> {
  if (!reading.known) return reading;
  const connections = reading.value
    .filter(({ state }) => state !== 'deleted')
    .map((one) => completed(one, staticRoutes, memory));
  const followed = followTunnels(connections, { staticRoutes }, memory, now);
  const paths = connections.map(
    (connection): ConnectionPath => ({
      connectionId: connection.connectionId,
      name: connection.name,
      group: connection.group,
      transitGatewayId: connection.gateway.kind === 'transit' ? connection.gateway.id : null,
      ignored: connection.ignored,
      health: healthOf(connection, followed, memory, now),
    }),
  );
  return known(paths, reading.at);
}

function healthOf(
  connection: ConnectionFact,
  { tunnels, downSince, connections }: Followed,
  memory: ConnectionMemory,
  now: Instant,
): PathHealth {
  const { connectionId } = connection;
  if (!isStanding(connection)) {
    const since = memory.gone[connectionId] ?? memory.connections[connectionId]?.absentSince ?? now;
    return { kind: 'down', since, why: 'it is being deleted' };
  }
  const hasHadRoutes = connections.get(connectionId)?.hasHadRoutes === true;
  const isUp = (status: ReturnType<typeof statusNow>) =>
    status === 'up' || (status === 'no-routes' && !hasHadRoutes);
  const ups = connection.tunnels.flatMap(({ outsideIp }) => {
    const tunnel = tunnels.get(tunnelId(connectionId, outsideIp));
    return tunnel !== undefined && isUp(statusNow(tunnel)) ? [tunnel.since] : [];
  });
  if (ups.length > 0) return { kind: 'up', since: Math.min(...ups) };
  const since = downSince.get(connectionId);
  if (since === undefined)
    return { kind: 'unknown', why: 'AWS does not say whether a tunnel is up' };
  const words = connection.tunnels.map(({ words: said }) => said || 'reports nothing');
  return {
    kind: 'down',
    since,
    why: `${words.join('; ')}, for ${describeMs(Math.max(0, now - since))}`,
  };
}
