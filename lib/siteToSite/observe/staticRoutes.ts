/** Static routes that lead to connections whose tunnels are up without a BGP route: only those are asked about. */
import { type Reading } from '../../core/reading.ts';
import type { VpnPort } from '../ports.ts';
import { type ConnectionFact, isStanding, isWithoutRoutes } from '../types/connection.ts';

/** By connection id. */
export async function readStaticRoutes(
  { vpn }: { readonly vpn: VpnPort },
  connections: readonly ConnectionFact[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<number>>> {
  const asked = connections.filter(
    (one) => isStanding(one) && one.gateway.kind === 'transit' && isWithoutRoutes(one),
  );
  const byGateway = [...Map.groupBy(asked, ({ gateway }) => gateway.id)];
  const counts = await Promise.all(
    byGateway.map(async ([gatewayId, members]) => {
      const reading = await vpn.staticRoutes(gatewayId, signal);
      return members.map(({ connectionId }): [string, Reading<number>] => [
        connectionId,
        reading.known ? { ...reading, value: reading.value.get(connectionId) ?? 0 } : reading,
      ]);
    }),
  );
  return new Map(counts.flat());
}
