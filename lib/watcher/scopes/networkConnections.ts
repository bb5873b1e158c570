/** What the networks around connections are asked about them. Pure. */
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { NetworkConnection } from '../../network/types.ts';
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
