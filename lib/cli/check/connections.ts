/** Sites, connections and tunnels: one read-only pass, and its report. */

import type { Finding } from '../../core/finding.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import { unpacked } from '../../core/packed.ts';
import { unknown } from '../../core/reading.ts';
import { toIso } from '../../core/time.ts';
import { assessNetwork } from '../../network/assess.ts';
import { observeNetwork } from '../../network/observe.ts';
import { type NetworkMemory, NO_NETWORK_MEMORY } from '../../network/state.ts';
import { connectionPaths } from '../../siteToSite/assess/paths.ts';
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import { baselineWord } from '../../siteToSite/assess/tunnelMetrics.ts';
import { statusOf } from '../../siteToSite/assess/tunnels.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import { type ConnectionFact, tunnelId } from '../../siteToSite/types/connection.ts';
import type { ConnectionWorld } from '../../siteToSite/types/world.ts';
import { networkConnections } from '../../watcher/scopes/networkConnections.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';
import { lookAtTransit, type TransitLook } from '../transit/look.ts';

export interface SiteReport {
  readonly id: string;
  readonly name: string;
  readonly connectionIds: readonly string[];
  /** Customer devices: outside addresses, where they are known. */
  readonly devices: readonly string[];
  readonly tunnelCount: number;
  readonly upCount: number;
}

export interface ConnectionReport {
  readonly connectionId: string;
  readonly name: string;
  readonly state: string;
  /** Null: ignored, or not there to carry traffic. */
  readonly site: string | null;
  readonly gateway: string;
  readonly routing: 'static' | 'bgp' | 'unknown';
  /** What is unusual about it: `accelerated`, `private`, `ipv6`, `large`. */
  readonly traits: readonly string[];
  readonly tunnels: readonly TunnelReport[];
  readonly ignored: string | null;
}

export interface TunnelReport {
  readonly outsideIp: string;
  readonly status: 'up' | 'no-routes' | 'bgp-down' | 'down' | 'unknown';
  /** AWS's own words. */
  readonly words: string;
  readonly acceptedRouteCount: number | null;
  /** Null: AWS does not say. */
  readonly since: string | null;
  readonly changesInHour: number;
  /** `not read yet`, `learning (1 of 3 days)`, `known (14 days)` */
  readonly baseline: string;
}

export interface ConnectionsReport {
  readonly sites: readonly SiteReport[];
  readonly connections: readonly ConnectionReport[];
}

export function reportConnections({ world, memory }: ConnectionPass): ConnectionsReport {
  const facts = (world.connections.known ? world.connections.value : []).filter(
    ({ state }) => state !== 'deleted',
  );
  const gateways = world.customerGateways.known ? world.customerGateways.value : memory.gateways;
  const sites = sitesOf(facts, gateways);
  const tunnelOf = (fact: ConnectionFact) => {
    const elsewhere = memory.connections[fact.connectionId]?.staticRouteCount ?? 0;
    const staticRouteCount = fact.staticRouteCount + elsewhere;
    return fact.tunnels.map((tunnel): TunnelReport => {
      const past = memory.tunnels[tunnelId(fact.connectionId, tunnel.outsideIp)];
      return {
        outsideIp: tunnel.outsideIp,
        status: statusOf(tunnel, { ...fact, staticRouteCount }) ?? 'unknown',
        words: tunnel.words,
        acceptedRouteCount: tunnel.acceptedRouteCount,
        since: tunnel.changedAt === null ? null : toIso(tunnel.changedAt),
        changesInHour: past?.changeAts.length ?? 0,
        baseline: baselineWord(past),
      };
    });
  };
  return {
    sites: sites.map(({ id, name, connections, devices }) => {
      const tunnels = connections.flatMap(tunnelOf);
      return {
        id,
        name,
        connectionIds: connections.map(({ connectionId }) => connectionId),
        devices,
        tunnelCount: tunnels.length,
        upCount: tunnels.filter(({ status }) => status === 'up').length,
      };
    }),
    connections: facts.map((fact) => ({
      connectionId: fact.connectionId,
      name: fact.name,
      state: fact.state,
      site: sites.find(({ connections }) => connections.includes(fact))?.name ?? null,
      gateway: fact.gateway.id,
      routing: fact.isStatic === null ? 'unknown' : fact.isStatic ? 'static' : 'bgp',
      traits: [
        ...(fact.isAccelerated ? ['accelerated'] : []),
        ...(fact.transport === 'public' ? [] : [fact.transport]),
        ...(fact.bandwidth === 'large' ? ['large'] : []),
      ],
      tunnels: tunnelOf(fact),
      ignored: fact.ignored,
    })),
  };
}

export interface ConnectionPass {
  readonly world: ConnectionWorld;
  readonly findings: readonly Finding[];
  readonly memory: ConnectionMemory;
  readonly network: NetworkMemory;
  /** Null: no connection is a member of a group. */
  readonly transit: TransitLook | null;
  /** By subject id: the reason of its `vpn-medic:ignore`. */
  readonly ignored: ReadonlyMap<string, string>;
}

/** `hasMetrics` false: only whether they carry traffic is asked. */
export async function readConnections(
  setup: Pick<ObserverSetup, 'store' | 'region' | 'clock'>,
  clients: Pick<AwsClients, 'vpn' | 'transit' | 'network' | 'metrics'>,
  signal: AbortSignal,
  hasMetrics: boolean = true,
): Promise<ConnectionPass> {
  const { store, region, clock } = setup;
  const [vpn, metrics, stored] = await Promise.all([
    clients.vpn(region),
    hasMetrics ? clients.metrics(region) : NO_METRICS,
    store?.read([`memory#connections#${region}`], signal),
  ]);
  const body = stored?.known === true ? (stored.value[0]?.body ?? null) : null;
  const kept = unpacked(body);
  const past = recallConnections(kept);
  const observer = { region, clock, vpn, metrics };
  const world = await observeConnections(observer, past, { accountId: '', health: [] }, signal);
  const now = clock.now();
  const own = assessConnections(world, past, now);
  const paths = connectionPaths(world.connections, world.staticRoutes, past, now);
  const transit = await lookAtTransit(setup, clients, paths, kept, signal);
  const network = hasMetrics ? await readNetwork(setup, clients, world, signal) : null;
  const connections = world.connections.known ? world.connections.value : [];
  const ignored = connections.flatMap(({ connectionId, ignored: why, tunnels }) =>
    why === null
      ? []
      : [connectionId, ...tunnels.map((one) => tunnelId(connectionId, one.outsideIp))].map(
          (id) => [id, why] as const,
        ),
  );
  return {
    world,
    findings: [...own.findings, ...(transit?.findings ?? []), ...(network?.findings ?? [])],
    memory: own.memory,
    network: network ?? NO_NETWORK_MEMORY,
    transit,
    ignored: new Map(ignored),
  };
}

async function readNetwork(
  { region, clock }: Pick<ObserverSetup, 'region' | 'clock'>,
  clients: Pick<AwsClients, 'network'>,
  { connections }: Pick<ConnectionWorld, 'connections'>,
  signal: AbortSignal,
): Promise<NetworkMemory> {
  const world = await observeNetwork(
    await clients.network(region),
    region,
    NO_NETWORK_MEMORY,
    clock.now(),
    signal,
  );
  const asked = networkConnections(connections);
  return assessNetwork(world, asked, NO_NETWORK_MEMORY, clock.now()).memory;
}

const NO_METRICS: MetricPort = {
  series: async () => unknown('not asked', 0),
  points: async (queries) => queries.map(() => unknown('not asked', 0)),
};
