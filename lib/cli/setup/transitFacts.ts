/** Reads the route tables of transit gateways that two or more connections end on. */
import { known, type Reading, unknown } from '../../core/reading.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
import type { AwsClients } from '../awsClients.ts';
import type { TransitConnection, TransitFacts, TransitTable } from './types.ts';

export async function readTransitFacts(
  read: Reading<readonly ConnectionFact[]>,
  region: string,
  clients: Pick<AwsClients, 'transit' | 'network'>,
  signal: AbortSignal,
): Promise<Reading<TransitFacts>> {
  if (!read.known) return read;
  const connections = read.value.flatMap(onTransitGateway);
  const gatewayIds = sharedGateways(connections);
  if (gatewayIds.size === 0) return known({ connections: [], tables: [] }, read.at);
  const network = await clients.network(region);
  const transit = await clients.transit(region);
  const attachments = await network.attachments(signal);
  if (!attachments.known) return attachments;
  const gatewayOf = new Map(
    attachments.value.flatMap(({ tableId, transitGatewayId }) =>
      tableId !== null && gatewayIds.has(transitGatewayId)
        ? [[tableId, transitGatewayId] as const]
        : [],
    ),
  );
  const tables: TransitTable[] = [];
  // One table after another: a search is a call of its own, and EC2 limits how many are made at once.
  for (const [tableId, transitGatewayId] of gatewayOf) {
    const [routes, statics] = await Promise.all([
      network.transitRoutes([tableId], PAGES_MAX, signal),
      transit.routes(tableId, signal),
    ]);
    const active = routes.get(tableId);
    if (active?.known !== true) {
      return unknown(active?.why ?? `${tableId} was not read`, read.at);
    }
    if (!statics.known) return statics;
    const carriers = active.value.flatMap((route) =>
      route.attachments.map(({ resourceId }) => resourceId),
    );
    tables.push({
      tableId,
      transitGatewayId,
      statics: statics.value,
      carriers: new Set(carriers),
    });
  }
  return known({ connections, tables }, read.at);
}

/** Ten thousand routes, the most that a table may hold by default. */
const PAGES_MAX = 10;

const onTransitGateway = ({
  connectionId,
  name,
  gateway,
  state,
  group,
  ignored,
}: ConnectionFact): readonly TransitConnection[] =>
  gateway.kind === 'transit' && state === 'available' && ignored === null
    ? [{ connectionId, name, group, transitGatewayId: gateway.id }]
    : [];

function sharedGateways(connections: readonly TransitConnection[]): ReadonlySet<string> {
  const byGateway = Map.groupBy(connections, ({ transitGatewayId }) => transitGatewayId);
  return new Set([...byGateway].flatMap(([id, some]) => (some.length > 1 ? [id] : [])));
}
