/** What the networks around connections are asked about them. Pure. */
import type { ConnectionPath } from '../../core/connectionPath.ts';
import type { LastResorts } from '../../core/lastResort.ts';
import { known, type Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import { lastResortsOf } from '../../network/assess/lastResorts.ts';
import type { LastResortWorld, NetworkConnection } from '../../network/types.ts';
import { type ConnectionFact, isStanding } from '../../siteToSite/types/connection.ts';

/** Null: they could not be read. */
export const networkConnections = (
  connections: Reading<readonly ConnectionFact[]>,
): readonly NetworkConnection[] | null =>
  connections.known
    ? connections.value.filter(isStanding).map((one) => ({
        connectionId: one.connectionId,
        name: one.name,
        gatewayId: one.gateway.id,
        transportAttachmentId: one.transportAttachmentId ?? null,
        isUp: one.tunnels.some(({ status }) => status === 'up'),
        isDown:
          one.ignored === null &&
          one.tunnels.length > 0 &&
          one.tunnels.every(({ status }) => status === 'down'),
        ranges: one.staticCidrs.filter((cidr) => cidr !== '0.0.0.0/0' && cidr !== '::/0'),
      }))
    : null;

/** A connection over Direct Connect has gone down within the last hour: what carries it must be known now. */
export const isUrgent = (
  connections: readonly NetworkConnection[] | null,
  downSince: Readonly<Record<string, Instant>>,
  now: Instant,
): boolean =>
  connections?.some(
    ({ transportAttachmentId, isDown, connectionId }) =>
      isDown &&
      transportAttachmentId !== null &&
      now - (downSince[connectionId] ?? now) < URGENT_MS,
  ) === true;

const URGENT_MS = 3_600_000;

/** Whole or unknown. */
export function lastResortsIn(
  world: Reading<LastResortWorld>,
  connections: Reading<readonly ConnectionFact[]>,
  paths: Reading<readonly ConnectionPath[]>,
): Reading<LastResorts> {
  if (!world.known) return world;
  if (!connections.known) return connections;
  if (!paths.known) return paths;
  const facts = new Map(connections.value.map((one) => [one.connectionId, one]));
  const behind = paths.value.flatMap(({ connectionId, health }) => {
    const fact = facts.get(connectionId);
    return fact === undefined
      ? []
      : [
          {
            connectionId,
            gatewayId: fact.gateway.id,
            health: health.kind,
            isStatic: fact.isStatic === true,
            cidrs: fact.staticCidrs,
          },
        ];
  });
  const at = Math.min(world.at, paths.at);
  return known({ at, gateways: lastResortsOf(world.value, behind) }, at);
}
