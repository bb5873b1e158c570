/** Connections that one answer leaves out, or calls `deleting`: they are not gone yet. Pure. */
import { readQuietTag } from '../../core/quiet.ts';
import type { Instant } from '../../core/time.ts';
import type { ConnectionMemory } from '../state.ts';
import { type ConnectionFact, NOT_LISTED } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import { UNSAID } from './completed.ts';

/**
 * Ids that were known before and are not listed now, or only as `deleting`. EC2 lists a deleted connection as `deleted`
 * for a while: what was never called so is taken for gone only when it has not been there for long.
 */
export const absentIds = (
  listed: readonly ConnectionFact[],
  { connections }: ConnectionMemory,
  now: Instant,
): readonly string[] => {
  const here = new Set(
    listed.filter(({ state }) => state !== 'deleting').map(({ connectionId }) => connectionId),
  );
  return Object.entries(connections).flatMap(([id, { absentSince }]) =>
    !here.has(id) && now - (absentSince ?? now) < POLICY.absentMs ? [id] : [],
  );
};

/** What is known of each of them: nothing of its tunnels now, its place as it was last. */
export const absentConnections = (
  listed: readonly ConnectionFact[],
  memory: ConnectionMemory,
  now: Instant,
): readonly ConnectionFact[] =>
  absentIds(listed, memory, now).map((connectionId): ConnectionFact => {
    const deleting = listed.find((one) => one.connectionId === connectionId);
    const site = memory.sites.find(({ connections }) =>
      connections.some(({ id }) => id === connectionId),
    );
    const last = site?.connections.find(({ id }) => id === connectionId);
    return {
      ...UNSEEN,
      stateWord: deleting?.stateWord ?? NOT_LISTED,
      ...readQuietTag(memory.connections[connectionId]?.quiet),
      ignored: memory.connections[connectionId]?.ignored ?? null,
      connectionId,
      name: last?.name ?? connectionId,
      gateway: { kind: 'virtual-private', id: last?.gateway ?? '' },
      site: site === undefined ? null : site.id.slice('site/'.length),
      tunnels: Object.entries(memory.tunnels).flatMap(([id, tunnel]) =>
        tunnel.connectionId === connectionId
          ? [{ ...UNSAID, outsideIp: id.slice(connectionId.length + 1) }]
          : [],
      ),
    };
  });

const UNSEEN = {
  state: 'unknown',
  customerGatewayId: null,
  association: null,
  isStatic: null,
  isAccelerated: false,
  transport: 'public',
  bandwidth: 'standard',
  staticRouteCount: 0,
  staticCidrs: [],
  usesOneTunnel: false,
  group: null,
  groupFault: null,
  tunnelsFault: null,
} as const;
