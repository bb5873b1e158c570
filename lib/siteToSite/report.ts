/** The report of one pass over Site-to-Site connections: findings only, since nothing is written. Pure. */

import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { tunnelId } from './types/connection.ts';
import type { ConnectionWorld } from './types/world.ts';

export function connectionsReport(world: ConnectionWorld, findings: readonly Finding[]): Report {
  const connections = [
    ...(world.connections.known ? world.connections.value : []),
    ...world.absent,
  ];
  const ignored = connections.flatMap(({ connectionId, ignored: why, tunnels }) =>
    why === null
      ? []
      : [connectionId, ...tunnels.map((one) => tunnelId(connectionId, one.outsideIp))].map(
          (id) => [id, why] as const,
        ),
  );
  return {
    accountId: world.accountId,
    region: world.region,
    findings,
    ignored: new Map(ignored),
    quiets: new Map(
      connections.flatMap(({ connectionId, quiet }) =>
        quiet === null ? [] : [[connectionId, quiet] as const],
      ),
    ),
    actions: [],
    held: [],
    gone: new Set(Object.keys(world.gone)),
  };
}
