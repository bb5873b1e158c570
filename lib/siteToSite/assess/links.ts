/** Which connections end on which address. Pure. */
import { LINKS_MAX, type Link } from '../../core/connectionEnds.ts';
import { isStanding } from '../types/connection.ts';
import type { ConnectionWorld } from '../types/world.ts';

/** Over the internet alone: there an address is one machine. Null: not known now. */
export function linksOf(
  { connections, customerGateways }: Pick<ConnectionWorld, 'connections' | 'customerGateways'>,
  routeCountOf: (connectionId: string) => number,
): readonly Link[] | null {
  if (!connections.known || !customerGateways.known) return null;
  const addresses = new Map(customerGateways.value.map((one) => [one.customerGatewayId, one.ip]));
  return connections.value
    .filter((one) => isStanding(one) && one.transport !== 'private' && one.ignored === null)
    .flatMap(({ connectionId, name, customerGatewayId }) => {
      const address = addresses.get(customerGatewayId ?? '') ?? null;
      const routeCount = routeCountOf(connectionId);
      return address === null ? [] : [{ address, connectionId, name, routeCount }];
    })
    .slice(0, LINKS_MAX);
}
