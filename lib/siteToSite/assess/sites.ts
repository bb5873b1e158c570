/** Which connections lead to the same place. Pure. */

import { compare } from '../../core/order.ts';
import { type ConnectionFact, type CustomerGatewayFact, isStanding } from '../types/connection.ts';

export interface Site {
  /** `site/berlin` */
  readonly id: string;
  readonly name: string;
  /** Those that are neither pending nor being deleted, ordered by id. */
  readonly connections: readonly ConnectionFact[];
  /** Customer devices that they end on. */
  readonly devices: readonly string[];
}

/**
 * By the tag `vpn-medic:site` (of the connection, else of its customer gateway), else by the customer's device: its
 * address is one place, whatever number of gateways name it. Ordered by id.
 */
export function sitesOf(
  connections: readonly ConnectionFact[],
  gateways: readonly CustomerGatewayFact[],
): readonly Site[] {
  const byId = new Map(gateways.map((one) => [one.customerGatewayId, one]));
  const placed = connections
    .filter((one) => isStanding(one) && one.state !== 'pending' && one.ignored === null)
    .map((connection) => {
      const gateway = byId.get(connection.customerGatewayId ?? '') ?? null;
      return { connection, gateway, device: deviceOf(connection, gateway) };
    });
  const groups = Map.groupBy(
    placed,
    ({ connection, gateway, device }) => connection.site ?? gateway?.site ?? device,
  );
  return [...groups]
    .map(([key, members]): Site => {
      const [first] = members;
      const tag = first?.connection.site ?? first?.gateway?.site ?? null;
      return {
        id: `site/${key}`,
        name: tag ?? first?.gateway?.deviceName ?? first?.gateway?.name ?? key,
        connections: members
          .map(({ connection }) => connection)
          .toSorted((a, b) => compare(a.connectionId, b.connectionId)),
        devices: [...new Set(members.map(({ device }) => device))].toSorted(),
      };
    })
    .toSorted((a, b) => compare(a.id, b.id));
}

/** Its address; by certificate alone, its gateway's id; without a gateway, the connection stands for itself. */
export const deviceOf = (connection: ConnectionFact, gateway: CustomerGatewayFact | null): string =>
  gateway?.ip ?? connection.customerGatewayId ?? connection.connectionId;
