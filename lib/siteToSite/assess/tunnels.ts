/** The state of each tunnel after this pass: its status, since when, and how often it changed. Pure. */

import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { ConnectionMemory, ConnectionStatus, TunnelMemory } from '../state.ts';
import {
  type ConnectionFact,
  isAbsent,
  isBgpWithoutRoutes,
  isStanding,
  isUnattached,
  type TunnelFact,
  tunnelId,
} from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { ConnectionWorld } from '../types/world.ts';

export interface Followed {
  /** By tunnel id, of connections that stand. */
  readonly tunnels: ReadonlyMap<string, TunnelMemory>;
  /** By connection id: no tunnel was known to carry traffic, and none has been known to since. */
  readonly downSince: ReadonlyMap<string, Instant>;
  /** By connection id. */
  readonly connections: ReadonlyMap<string, ConnectionStatus>;
}

/** A tunnel of unknown status keeps its last known status: unknown is neither down nor up. */
export function followTunnels(
  connections: readonly ConnectionFact[],
  world: Pick<ConnectionWorld, 'staticRoutes' | 'everUp'>,
  memory: ConnectionMemory,
  now: Instant,
): Followed {
  const tunnels = new Map<string, TunnelMemory>();
  const downSince = new Map<string, Instant>();
  const statuses = new Map<string, ConnectionStatus>();
  for (const connection of connections) {
    if (!isStanding(connection)) continue;
    const { connectionId } = connection;
    const sides = connection.tunnels.map((fact) => {
      const id = tunnelId(connectionId, fact.outsideIp);
      const next = follow(memory.tunnels[id], connectionId, fact, statusOf(fact, connection), now);
      tunnels.set(id, next);
      return { status: statusNow(next), next };
    });
    const kept = followConnection(
      connection,
      sides.map(({ next }) => next),
      world,
      memory,
      now,
    );
    statuses.set(connectionId, kept);
    const isUp = sides.some(({ status }) => status === 'up');
    const areAllDown =
      sides.length >= (connection.usesOneTunnel ? 1 : 2) &&
      sides.every(({ status }) => status !== 'up' && status !== null);
    const since = memory.downSince[connectionId];
    if (since !== undefined && !isUp) downSince.set(connectionId, since);
    else if (areAllDown && !mayBeRouted(connection, tunnels, kept)) {
      downSince.set(connectionId, Math.max(...sides.map(({ next }) => next.since)));
    }
  }
  return { tunnels, downSince, connections: statuses };
}

/** Null: this pass does not know it. */
export const statusNow = ({ status, unknownSince }: TunnelMemory): TunnelMemory['status'] =>
  unknownSince === null ? status : null;

/**
 * A connection that appears after the first look, is seen pending or without a gateway, or was never up as far as
 * CloudWatch has its state, is new: it has never been up until it is.
 */
function followConnection(
  connection: ConnectionFact,
  tunnels: readonly TunnelMemory[],
  { staticRoutes, everUp }: Pick<ConnectionWorld, 'staticRoutes' | 'everUp'>,
  memory: ConnectionMemory,
  now: Instant,
): ConnectionStatus {
  const { connectionId, state, stateWord, usesOneTunnel, ignored, quiet } = connection;
  const before = memory.connections[connectionId];
  const isStranger =
    before === undefined &&
    // It was known before EC2 left it out for long.
    memory.gone[connectionId] === undefined &&
    !Object.values(memory.tunnels).some((one) => one.connectionId === connectionId);
  const isNew = isStranger && (memory.hasLooked || state === 'pending' || isUnattached(connection));
  const past = pastOf(connection, everUp, before?.isUnproven === true, now);
  const isAsked = (isStranger && !isNew) || before?.isUnproven === true;
  const wasNeverUp = isAsked ? past !== 'up' : (before?.isNeverUp ?? isNew);
  const isUp = tunnels.some(({ status }) => status === 'up');
  const areAllUp = tunnels.length > 1 && tunnels.every(({ status }) => status === 'up');
  const isHalfUsed = before === undefined && tunnels.some(({ isUnused }) => isUnused);
  return {
    firstSeenAt: before?.firstSeenAt ?? now,
    isNeverUp: wasNeverUp && !isUp,
    isUnproven: isAsked && past === 'young' && !isUp,
    usesOneTunnel: usesOneTunnel || ((before?.usesOneTunnel ?? isHalfUsed) && !areAllUp),
    hasHadRoutes:
      before?.hasHadRoutes === true ||
      connection.tunnels.some(
        ({ status, acceptedRouteCount }) => status === 'up' && acceptedRouteCount !== 0,
      ),
    staticRouteCount: staticCountOf(staticRoutes.get(connectionId), before),
    ignored,
    quiet: quiet?.text ?? null,
    absentSince: isAbsent({ stateWord }) ? (before?.absentSince ?? now) : null,
    pendingSince: pendingSinceOf(state, before, now),
  };
}

/**
 * `never`: CloudWatch has points of each tunnel, and none says up. `young`: none says up, and of those without one the
 * last change is not older than the first point would be. `up`: everything else.
 */
function pastOf(
  { connectionId, tunnels }: ConnectionFact,
  everUp: ConnectionWorld['everUp'],
  wasYoung: boolean,
  now: Instant,
): 'never' | 'young' | 'up' {
  const pasts = tunnels.map(({ outsideIp, changedAt }) => {
    const wasUp = everUp?.get(tunnelId(connectionId, outsideIp));
    if (typeof wasUp === 'boolean') return wasUp ? 'up' : 'never';
    const isYoung = changedAt !== null && now - changedAt <= POLICY.unmeasuredMs;
    // What could not be read stays as it was guessed.
    return isYoung && (wasUp === null || wasYoung) ? 'young' : 'up';
  });
  if (pasts.length === 0 || pasts.includes('up')) return 'up';
  return pasts.includes('young') ? 'young' : 'never';
}

/** A word that is not known leaves it pending. */
const pendingSinceOf = (
  state: ConnectionFact['state'],
  before: ConnectionStatus | undefined,
  now: Instant,
): Instant | null => {
  const since = before?.pendingSince ?? null;
  return state === 'pending' ? (since ?? now) : state === 'unknown' ? since : null;
};

/** As read now, else as read last while its tunnels have no routes; null: not known. */
export const staticCountOf = (
  staticRoutes: Reading<number> | undefined,
  before: ConnectionStatus | undefined,
): number | null => {
  if (staticRoutes === undefined) return null;
  return staticRoutes.known ? staticRoutes.value : (before?.staticRouteCount ?? null);
};

/**
 * A tunnel is up without a route, as it was at first sight, and static routes to it may be where they cannot be read: a
 * transit gateway of another account, a Cloud WAN policy. Unknown is not down. What had routes and lost them is.
 */
export const mayBeRouted = (
  { connectionId, gateway, tunnels }: ConnectionFact,
  memory: ReadonlyMap<string, TunnelMemory>,
  { hasHadRoutes, staticRouteCount }: ConnectionStatus,
): boolean =>
  gateway.kind !== 'virtual-private' &&
  gateway.kind !== 'none' &&
  !hasHadRoutes &&
  staticRouteCount === null &&
  tunnels.some(
    ({ outsideIp }) => memory.get(tunnelId(connectionId, outsideIp))?.status === 'no-routes',
  );

/**
 * `DOWN, IPSEC IS UP` is BGP's failure, not IPsec's, unless there is no BGP.
 * The text was observed and is not documented: any other text leaves the status as it is.
 */
export function statusOf(
  tunnel: TunnelFact,
  { isStatic, staticRouteCount }: Pick<ConnectionFact, 'isStatic' | 'staticRouteCount'>,
): TunnelMemory['status'] {
  const { status, words } = tunnel;
  if (status === 'up') {
    return isBgpWithoutRoutes(tunnel, { isStatic }) && staticRouteCount === 0 ? 'no-routes' : 'up';
  }
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
  const changed = isWorthNotifying ? Math.min(notified, now) : now;
  const isFirst = base.status === null;
  const hasTurned = status !== base.status;
  const isStale = hasTurned && notified !== null && notified < (base.changedAt ?? notified);
  if (isStale) {
    const isAgain = base.doubt?.status === status && base.doubt.since <= now;
    const doubt = isAgain && base.doubt !== null ? base.doubt : { status, since: now };
    if (now - doubt.since < POLICY.doubtMs) {
      return { ...base, changeAts, doubt, unknownSince: base.unknownSince ?? now };
    }
  }
  const changedAt = isWorthNotifying || isStale ? notified : base.changedAt;
  // An outage that changes its nature is no flap; a date that moved while it is up is one between two passes.
  const isFlap = hasTurned
    ? (status === 'up') !== (base.status === 'up') && (isWorthNotifying || notified === null)
    : isWorthNotifying && base.changedAt !== null && status === 'up';
  const hasChanged = !isFirst && isFlap;
  const since = isFirst || hasTurned || hasChanged ? changed : base.since;
  return {
    ...base,
    status,
    since,
    changedAt,
    changeAts: hasChanged ? [...changeAts, changed].slice(-CHANGES_KEPT) : changeAts,
    unknownSince: null,
    doubt: null,
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
  doubt: null,
  isUnused: false,
  traffic: null,
  metricsAt: null,
  usual: null,
  historyAt: null,
  maintenance: null,
});
