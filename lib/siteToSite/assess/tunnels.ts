/** The state of each tunnel after this pass: its status, since when, and how often it changed. Pure. */

import type { Instant } from '../../core/time.ts';
import type { ConnectionMemory, TunnelMemory } from '../state.ts';
import { type ConnectionFact, type TunnelFact, tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';

export interface Followed {
  /** By tunnel id, of connections that are available. */
  readonly tunnels: ReadonlyMap<string, TunnelMemory>;
  /** By connection id: both tunnels were known to be down, and none has been known up since. */
  readonly downSince: ReadonlyMap<string, Instant>;
}

/** A tunnel of unknown status keeps its last known status: unknown is neither down nor up. */
export function followTunnels(
  connections: readonly ConnectionFact[],
  memory: ConnectionMemory,
  now: Instant,
): Followed {
  const tunnels = new Map<string, TunnelMemory>();
  const downSince = new Map<string, Instant>();
  for (const connection of connections) {
    if (connection.state !== 'available') continue;
    const { connectionId } = connection;
    const statuses = connection.tunnels.map((fact) => {
      const id = tunnelId(connectionId, fact.outsideIp);
      const status = statusOf(fact, connection);
      const next = follow(memory.tunnels[id], connectionId, fact, status, now);
      tunnels.set(id, next);
      return { status, since: next.since };
    });
    const isUp = statuses.some(({ status }) => status === 'up');
    const areAllDown =
      statuses.length >= 2 && statuses.every(({ status }) => status !== 'up' && status !== null);
    const since = memory.downSince[connectionId];
    if (since !== undefined && !isUp) downSince.set(connectionId, since);
    else if (areAllDown) {
      downSince.set(connectionId, Math.max(...statuses.map((one) => one.since)));
    }
  }
  return { tunnels, downSince };
}

/**
 * `DOWN, IPSEC IS UP` is BGP's failure, not IPsec's, unless there is no BGP.
 * The text was observed and is not documented: any other text leaves the status as it is.
 */
export function statusOf(
  { status, words }: TunnelFact,
  { isStatic }: Pick<ConnectionFact, 'isStatic'>,
): TunnelMemory['status'] {
  if (status !== 'down') return status;
  return isStatic !== true && /\bIPSEC IS UP\b/i.test(words) ? 'bgp-down' : 'down';
}

function follow(
  before: TunnelMemory | undefined,
  connectionId: string,
  fact: TunnelFact,
  status: TunnelMemory['status'],
  now: Instant,
): TunnelMemory {
  const base = before ?? newSubject(connectionId, now);
  const changeAts = base.changeAts.filter((at) => now - at < POLICY.flapWindowMs && at <= now);
  if (status === null) return { ...base, changeAts, unknownSince: base.unknownSince ?? now };
  const notified = fact.changedAt;
  // A date older than the last is a stale answer; a date later than now, a clock that is ahead.
  const isWorthNotifying =
    notified !== null && (base.changedAt === null || notified > base.changedAt);
  const changedAt = isWorthNotifying ? notified : base.changedAt;
  const changed = isWorthNotifying ? Math.min(notified, now) : now;
  const isFirst = base.status === null;
  const hasTurned = status !== base.status;
  const hasChanged = !isFirst && (hasTurned || (isWorthNotifying && base.changedAt !== null));
  const since = isFirst || hasTurned || (hasChanged && status === 'up') ? changed : base.since;
  return {
    ...base,
    status,
    since,
    changedAt,
    changeAts: hasChanged ? [...changeAts, changed].slice(-CHANGES_KEPT) : changeAts,
    unknownSince: null,
    isUnused: isFirst
      ? status === 'down' && now - since > POLICY.unusedMs
      : base.isUnused && status === 'down',
  };
}

/** Enough to say "many". */
const CHANGES_KEPT = 20;

const newSubject = (connectionId: string, now: Instant): TunnelMemory => ({
  connectionId,
  firstSeenAt: now,
  status: null,
  since: now,
  changedAt: null,
  changeAts: [],
  unknownSince: null,
  isUnused: false,
  traffic: null,
  metricsAt: null,
  usual: null,
  historyAt: null,
  maintenance: null,
});
