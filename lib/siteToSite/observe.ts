/** Reads a region's Site-to-Site connections: state from EC2 in every pass, metrics and maintenance when due. */

import { goneAfter } from '../core/gone.ts';
import type { Reading } from '../core/reading.ts';
import { type Instant, isDue } from '../core/time.ts';
import { absentConnections, absentIds } from './assess/absent.ts';
import { readConnections } from './observe/connections.ts';
import { readLogs } from './observe/logs.ts';
import { readStaticRoutes } from './observe/staticRoutes.ts';
import { readEverUp, readHistories, readRecent, readSeries } from './observe/tunnelMetrics.ts';
import type { ConnectionPorts, VpnPort } from './ports.ts';
import type { ConnectionMemory } from './state.ts';
import {
  type ConnectionFact,
  type HealthNote,
  isStanding,
  type MaintenanceFact,
  tunnelId,
} from './types/connection.ts';
import { CONNECTION_POLICY as POLICY } from './types/policy.ts';
import type { ConnectionWorld } from './types/world.ts';

/** The ports that one pass reads; nothing is written. */
export type ConnectionObserver = Pick<ConnectionPorts, 'region' | 'clock' | 'metrics' | 'logs'> & {
  readonly vpn: VpnPort;
};

export async function observeConnections(
  ports: ConnectionObserver,
  memory: ConnectionMemory,
  of: { readonly accountId: string; readonly health: readonly HealthNote[] },
  signal: AbortSignal,
): Promise<ConnectionWorld> {
  const at = ports.clock.now();
  const [connections, customerGateways, series] = await Promise.all([
    readConnections(ports, memory, signal),
    ports.vpn.customerGateways(signal),
    isDue(memory.series?.at ?? null, POLICY.seriesEveryMs, at) ? readSeries(ports, signal) : null,
  ]);
  const tunnels = connections.known ? tunnelsOf(connections.value) : [];
  const listed = new Set(series?.known ? series.value : memory.series?.tunnelIds);
  const measurable = tunnels.filter(({ id }) => listed.has(id));
  const known = (tunnel: TunnelName) => memory.tunnels[tunnel.id];
  const due = dueOf(measurable, (one) => known(one)?.metricsAt ?? null, METRICS, at);
  // Not in one pass with the metrics: both take long.
  const historyDue =
    due.length > 0 ? [] : dueOf(measurable, (one) => known(one)?.historyAt ?? null, HISTORY, at);
  const maintenanceDue = dueOf(
    tunnels.filter(({ hasLifecycleControl }) => hasLifecycleControl),
    // What is under way is read in each pass, first.
    (one) =>
      memory.replacements[one.id] === undefined ? (known(one)?.maintenance?.askedAt ?? null) : null,
    MAINTENANCE,
    at,
  );
  const isEcmpDue =
    connections.known &&
    hasPair(connections.value) &&
    isDue(memory.ecmp?.at ?? null, POLICY.seriesEveryMs, at);
  const firstDown = new Set(
    connections.known ? downAtFirstSight(connections.value, memory) : undefined,
  );
  // Where nothing is measured, a missing point says nothing.
  const unproven = (listed.size > 0 ? tunnels : []).filter(({ connectionId }) =>
    firstDown.has(connectionId),
  );
  const [metrics, everUp, histories, ...others] = await Promise.all([
    due.length > 0 ? readRecent(ports, due, at, signal) : null,
    readEverUp(ports, unproven, at, signal),
    readHistories(ports, historyDue, at, signal),
    readMaintenances(ports, maintenanceDue, signal),
    isEcmpDue ? ports.vpn.withoutEcmp(signal) : null,
    readStaticRoutes(ports, connections.known ? connections.value : [], signal),
    readLogs(ports, connections.known ? connections.value : [], at, signal),
  ]);
  const [maintenances, withoutEcmp, staticRoutes, logs] = others;
  return {
    at,
    accountId: of.accountId,
    region: ports.region,
    connections,
    absent: connections.known ? absentConnections(connections.value, memory, at) : [],
    customerGateways,
    staticRoutes,
    withoutEcmp,
    series,
    metrics,
    everUp,
    histories,
    maintenances,
    logs,
    gone: connections.known ? goneSince(memory, connections.value, at) : memory.gone,
    health: of.health,
  };
}

/** Ids of connections that no pass has seen before, or that may be newer than their first metrics, and of which no tunnel is up. */
const downAtFirstSight = (
  connections: readonly ConnectionFact[],
  memory: ConnectionMemory,
): readonly string[] =>
  connections.flatMap(({ connectionId, tunnels }) => {
    const before = memory.connections[connectionId];
    return (before === undefined || before.isUnproven) &&
      tunnels.every(({ status }) => status === 'down')
      ? [connectionId]
      : [];
  });

/** Two connections on one transit gateway. */
const hasPair = (connections: readonly ConnectionFact[]): boolean => {
  const ids = connections.flatMap((one) =>
    isStanding(one) && one.gateway.kind === 'transit' ? [one.gateway.id] : [],
  );
  return new Set(ids).size < ids.length;
};

function goneSince(
  memory: ConnectionMemory,
  connections: readonly ConnectionFact[],
  now: Instant,
): ConnectionWorld['gone'] {
  const here = new Set([
    ...connections.filter(isStanding).map(({ connectionId }) => connectionId),
    ...absentIds(connections, memory, now),
  ]);
  // AWS has given the connection other outside addresses; one that is left out beside a single other is out of sight.
  const whole = connections.filter(({ tunnels }) => tunnels.length >= 2);
  const connectionIds = new Set(whole.map(({ connectionId }) => connectionId));
  const tunnelIds = new Set(
    whole.flatMap(({ connectionId, tunnels }) =>
      tunnels.map(({ outsideIp }) => tunnelId(connectionId, outsideIp)),
    ),
  );
  const isOther = (id: string, connectionId: string) =>
    id !== connectionId && connectionIds.has(connectionId) && !tunnelIds.has(id);
  const lost = Object.entries(memory.tunnels).filter(
    ([id, { connectionId }]) => !here.has(connectionId) || isOther(id, connectionId),
  );
  // Findings of a site need two connections: with fewer left they end.
  const left = new Map(
    memory.sites.map((site) => [
      site.id,
      site.connections.filter((one) => here.has(one.id)).length,
    ]),
  );
  // One that was down is down with a single one, too.
  const fewestOf = (id: string) => (memory.sinces[`${id} SiteDown`] === undefined ? 2 : 1);
  const bereft = memory.sites.filter(
    ({ id, connections: before }) => (left.get(id) ?? 0) < Math.min(fewestOf(id), before.length),
  );
  const ids = [
    ...lost.flatMap(([id, { connectionId }]) =>
      here.has(connectionId) ? [id] : [connectionId, id],
    ),
    ...bereft.map(({ id }) => id),
  ];
  // A tunnel's id begins with its connection's.
  const isHere = (id: string) => {
    if (id.startsWith('site/')) return (left.get(id) ?? 0) >= fewestOf(id);
    const [connectionId = ''] = id.split('/');
    return here.has(connectionId) && !isOther(id, connectionId);
  };
  return goneAfter(memory.gone, ids, isHere, now);
}

/** One tunnel of a connection that is there to carry traffic. */
export interface TunnelName {
  readonly id: string;
  readonly connectionId: string;
  readonly outsideIp: string;
  readonly hasLifecycleControl: boolean;
}

const tunnelsOf = (connections: readonly ConnectionFact[]): readonly TunnelName[] =>
  connections.filter(isStanding).flatMap(({ connectionId, tunnels }) =>
    tunnels.map(({ outsideIp, options }) => ({
      id: tunnelId(connectionId, outsideIp),
      connectionId,
      outsideIp,
      hasLifecycleControl: options?.hasLifecycleControl ?? false,
    })),
  );

/** The tunnels that are due, longest waiting first, at most `countMax`. */
const dueOf = (
  tunnels: readonly TunnelName[],
  lastAt: (tunnel: TunnelName) => Instant | null,
  { everyMs, countMax }: { readonly everyMs: number; readonly countMax: number },
  now: Instant,
): readonly TunnelName[] =>
  tunnels
    .filter((tunnel) => isDue(lastAt(tunnel), everyMs, now))
    .toSorted((a, b) => (lastAt(a) ?? 0) - (lastAt(b) ?? 0))
    .slice(0, countMax);

const METRICS = { everyMs: POLICY.metricsEveryMs, countMax: POLICY.metricsAtOnce };
const HISTORY = { everyMs: POLICY.historyEveryMs, countMax: POLICY.historiesAtOnce };
const MAINTENANCE = { everyMs: POLICY.maintenanceEveryMs, countMax: POLICY.maintenancesAtOnce };

async function readMaintenances(
  { vpn }: ConnectionObserver,
  tunnels: readonly TunnelName[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<MaintenanceFact>>> {
  const readings = await Promise.all(
    tunnels.map(async (tunnel) => [tunnel.id, await vpn.maintenance(tunnel, signal)] as const),
  );
  return new Map(readings);
}
