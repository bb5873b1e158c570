/** Reads the tables, static routes and attachments that groups of connections need; nothing where there is no group. */
import type { ConnectionPath } from '../core/connectionPath.ts';
import type { Pin } from '../core/pin.ts';
import type { Reading } from '../core/reading.ts';
import type { TransitGatewayPort } from './ports.ts';
import type { TransitMemory } from './state.ts';
import type { TransitWorld } from './types/world.ts';

/** Null: no connection of a transit gateway is a member of a group, and none was. */
export async function observeTransit(
  { region, transit }: { readonly region: string; readonly transit: TransitGatewayPort },
  paths: Reading<readonly ConnectionPath[]>,
  memory: TransitMemory,
  pins: readonly Pin[],
  signal: AbortSignal,
): Promise<TransitWorld | null> {
  const members = paths.known ? paths.value.filter(isMember) : [];
  const remembered = Object.values(memory.groups).flatMap(({ admitted }) => admitted);
  if (members.length === 0 && remembered.length === 0) return null;
  const ids = [...new Set([...members.map(({ connectionId }) => connectionId), ...remembered])];
  const [tables, attachments] = await Promise.all([
    transit.tables(signal),
    transit.attachments(ids.toSorted(), signal),
  ]);
  const tableIds = tables.known
    ? tables.value.filter(({ ignored }) => ignored === null).map(({ tableId }) => tableId)
    : [];
  const routes = await Promise.all(
    tableIds.map(async (tableId) => [tableId, await transit.routes(tableId, signal)] as const),
  );
  return {
    at: paths.at,
    region,
    paths,
    tables,
    routes: new Map(routes),
    attachments,
    pins,
  };
}

const isMember = ({ group, transitGatewayId }: ConnectionPath): boolean =>
  group !== null && transitGatewayId !== null;
