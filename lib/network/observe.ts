/** Reads the VPCs of one region, once an hour; sooner while a connection over Direct Connect is down. */
import { type Instant, isDue } from '../core/time.ts';
import type { NetworkPort } from './ports.ts';
import type { NetworkMemory } from './state.ts';
import {
  DIRECT_CONNECT_GATEWAYS_MAX,
  type GatewayAttachment,
  NETWORK_EVERY_MS,
  type NetworkWorld,
} from './types.ts';

/** Null: not due. `isUrgent`: what is below a connection that is down must be known now. */
export async function observeNetwork(
  port: NetworkPort,
  region: string,
  { readAt }: Pick<NetworkMemory, 'readAt'>,
  now: Instant,
  signal: AbortSignal,
  isUrgent: boolean = false,
): Promise<NetworkWorld | null> {
  if (!isDue(readAt, isUrgent ? URGENT_MS : NETWORK_EVERY_MS, now)) return null;
  const [peerings, tables, gateways, privateLinks, attachments] = await Promise.all([
    port.peerings(signal),
    port.tables(signal),
    port.gateways(signal),
    port.privateLinks(signal),
    port.attachments(signal),
  ]);
  const attached = attachments.known ? attachments.value : [];
  const tableIds = tableIdsOf(attached);
  const directConnect = await port.directConnect(directConnectIdsOf(attached), signal);
  const gatewayCount = directConnect.known
    ? directConnect.value.gateways.length
    : DIRECT_CONNECT_GATEWAYS_MAX;
  const callsLeft = NETWORK_CALLS_MAX - 2 * gatewayCount;
  const transitTables = await port.transitRoutes(tableIds, callsLeft, signal);
  return {
    at: now,
    region,
    peerings,
    tables,
    gateways,
    privateLinks,
    attachments,
    transitTables,
    unreadTableIds: tableIds.filter((id) => !transitTables.has(id)),
    directConnect,
  };
}

/** Less than a minute: each pass. */
const URGENT_MS = 30_000;
/** Beside one call for each list: two for each Direct Connect gateway, one for 1,000 routes of a transit gateway table. */
export const NETWORK_CALLS_MAX = 16;

/** Of connections first: their routes are announced. */
const tableIdsOf = (attachments: readonly GatewayAttachment[]): readonly string[] => {
  // Without a connection or a Direct Connect there is no way from outside.
  if (!attachments.some(({ kind }) => kind !== 'vpc')) return [];
  const idsOf = (wanted: string) =>
    attachments.flatMap(({ kind, tableId }) => (kind === wanted ? (tableId ?? []) : []));
  return [...new Set([...idsOf('vpn'), ...idsOf('vpc')])];
};

const directConnectIdsOf = (attachments: readonly GatewayAttachment[]): readonly string[] => [
  ...new Set(
    attachments.flatMap(({ kind, resourceId }) =>
      kind === 'direct-connect-gateway' ? [resourceId] : [],
    ),
  ),
];
