/** Reads the gateways that carry the group tag, and what leads over them, in each pass; nothing more where there is none. */
import { known, type Reading, unknown } from '../../core/reading.ts';
import type { NetworkPort } from '../ports.ts';
import type { GatewayPlace, LastResortWorld } from '../types.ts';

/** Whole or unknown. */
export async function observeLastResorts(
  port: NetworkPort,
  signal: AbortSignal,
): Promise<Reading<LastResortWorld>> {
  const [privates, transits] = await Promise.all([
    port.gateways(signal),
    port.transitGateways(signal),
  ]);
  if (!privates.known) return privates;
  if (!transits.known) return transits;
  const gateways = [...privates.value, ...transits.value].flatMap(
    ({ gatewayId, groupTag, ignored }) =>
      groupTag === undefined ? [] : [{ gatewayId, groupTag, ignored }],
  );
  const at = Math.min(privates.at, transits.at);
  if (gateways.length === 0) return known({ gateways, places: [], tables: [] }, at);
  const isWanted = (id: string) => gateways.some(({ gatewayId }) => gatewayId === id);
  const [tables, transitPlaces] = await Promise.all([
    port.tables(signal),
    transits.value.some(({ gatewayId }) => isWanted(gatewayId))
      ? readTransitPlaces(port, isWanted, signal)
      : known([], at),
  ]);
  if (!tables.known) return tables;
  if (!transitPlaces.known) return transitPlaces;
  const places = privates.value.flatMap(({ gatewayId, vpcId }): readonly GatewayPlace[] =>
    vpcId !== null && isWanted(gatewayId) ? [{ gatewayId, vpcId, routes: [] }] : [],
  );
  return known(
    { gateways, places: [...places, ...transitPlaces.value], tables: tables.value },
    Math.min(at, tables.at, transitPlaces.at),
  );
}

/** The routes that packets from a VPC follow are those of the table that its attachment is associated with. */
async function readTransitPlaces(
  port: NetworkPort,
  isWanted: (gatewayId: string) => boolean,
  signal: AbortSignal,
): Promise<Reading<readonly GatewayPlace[]>> {
  const attachments = await port.attachments(signal);
  if (!attachments.known) return attachments;
  const own = attachments.value.filter(
    ({ kind, transitGatewayId }) => kind === 'vpc' && isWanted(transitGatewayId),
  );
  const tableIds = [...new Set(own.flatMap(({ tableId }) => tableId ?? []))];
  const tables = await port.transitRoutes(tableIds, CALLS_MAX, signal, ['active', 'blackhole']);
  const unread = tableIds.find((id) => !tables.has(id));
  if (unread !== undefined) {
    return unknown(`${unread} would need more calls than are made`, attachments.at);
  }
  const gap = [...tables.values()].find((one) => !one.known);
  if (gap?.known === false) return gap;
  return known(
    own.map(({ transitGatewayId: gatewayId, resourceId: vpcId, tableId }) => {
      const routes = tables.get(tableId ?? '');
      return { gatewayId, vpcId, routes: routes?.known === true ? routes.value : [] };
    }),
    Math.min(attachments.at, ...[...tables.values()].map(({ at }) => at)),
  );
}

/** In each pass: one for 1,000 routes of a route table. */
const CALLS_MAX = 10;
