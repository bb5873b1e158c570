/** One pass over the Site-to-Site connections of a region, with the stored state of the deployed poll. */

import type { Finding } from '../../core/finding.ts';
import { unpacked } from '../../core/packed.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import { tunnelId } from '../../siteToSite/types/connection.ts';
import type { ConnectionWorld } from '../../siteToSite/types/world.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';

export interface ConnectionPass {
  readonly world: ConnectionWorld;
  readonly findings: readonly Finding[];
  readonly memory: ConnectionMemory;
  /** By subject id: the reason of its `vpn-medic:ignore`. */
  readonly ignored: ReadonlyMap<string, string>;
}

export async function readConnections(
  { store, region, clock }: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<ConnectionPass> {
  const [vpn, metrics, stored] = await Promise.all([
    clients.vpn(region),
    clients.metrics(region),
    store?.read([`memory#connections#${region}`], signal),
  ]);
  const body = stored?.known === true ? (stored.value[0]?.body ?? null) : null;
  const past = recallConnections(unpacked(body));
  const observer = { region, clock, vpn, metrics };
  const world = await observeConnections(observer, past, { accountId: '', health: [] }, signal);
  const { findings, memory } = assessConnections(world, past, clock.now());
  const connections = world.connections.known ? world.connections.value : [];
  const ignored = connections.flatMap(({ connectionId, ignored: why, tunnels }) =>
    why === null
      ? []
      : [connectionId, ...tunnels.map((one) => tunnelId(connectionId, one.outsideIp))].map(
          (id) => [id, why] as const,
        ),
  );
  return { world, findings, memory, ignored: new Map(ignored) };
}
