/** The stages of the connections' scope: nothing is ever written to a connection. */

import type { Finding } from '../../core/finding.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import type { ConnectionPorts } from '../../siteToSite/ports.ts';
import { connectionsReport } from '../../siteToSite/report.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import type { HealthNote } from '../../siteToSite/types/connection.ts';
import type { ConnectionWorld } from '../../siteToSite/types/world.ts';
import { type Poll, poll, type Stages } from '../poll.ts';

export interface ConnectionsOptions {
  readonly accountId: string;
  readonly mode: 'act' | 'observe';
  /** What the event that started this pass said. */
  readonly health: readonly HealthNote[];
}

export const lookAtConnections = (
  ports: ConnectionPorts,
  options: ConnectionsOptions,
  signal: AbortSignal,
): Promise<Poll<ConnectionWorld> | null> =>
  poll(ports, connectionStages(ports, options), options.mode, signal);

export const connectionStages = (
  ports: ConnectionPorts,
  { accountId, health }: Omit<ConnectionsOptions, 'mode'>,
): Stages<ConnectionWorld, ConnectionMemory, null, never> => ({
  scope: 'connections',
  recall: recallConnections,
  observe: (memory, signal) => observeConnections(ports, memory, { accountId, health }, signal),
  sees: ({ connections }) => connections.known,
  assess: assessConnections,
  plan: () => null,
  act: async () => [],
  remember: (memory) => memory,
  measures: ({ connections }, findings) =>
    connections.known ? { TunnelsDown: tunnelsDown(findings) } : {},
  report: connectionsReport,
});

/** A connection that is down is one finding; it counts as its two tunnels. */
function tunnelsDown(findings: readonly Finding[]): number {
  const down = findings.filter(({ reason }) => DOWN.has(reason));
  return down.reduce((sum, { subject }) => sum + (subject.kind === 'connection' ? 2 : 1), 0);
}

const DOWN: ReadonlySet<Finding['reason']> = new Set(['ConnectionDown', 'TunnelDown', 'BgpDown']);
