/** Sites, connections and tunnels as check reports them. Pure. */

import { toIso } from '../../core/time.ts';
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import { baselineWord } from '../../siteToSite/assess/tunnelMetrics.ts';
import { statusOf } from '../../siteToSite/assess/tunnels.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
import { tunnelId } from '../../siteToSite/types/connection.ts';
import type { ConnectionPass } from './connectionPass.ts';

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
  readonly status: 'up' | 'bgp-down' | 'down' | 'unknown';
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
  const tunnelOf = (fact: ConnectionFact) =>
    fact.tunnels.map((tunnel): TunnelReport => {
      const past = memory.tunnels[tunnelId(fact.connectionId, tunnel.outsideIp)];
      return {
        outsideIp: tunnel.outsideIp,
        status: statusOf(tunnel, fact) ?? 'unknown',
        words: tunnel.words,
        acceptedRouteCount: tunnel.acceptedRouteCount,
        since: tunnel.changedAt === null ? null : toIso(tunnel.changedAt),
        changesInHour: past?.changeAts.length ?? 0,
        baseline: baselineWord(past),
      };
    });
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
