/** What a fault cuts, by the ground truth: routes, sites and endpoints, each with its beginning and end. */
import { covers } from '../../core/cidr.ts';
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import type { SimAccount } from '../account.ts';

/**
 * `pool`: a client pool that one appliance alone can carry. `unmanaged`: its table is not tagged for the group of its next
 * hop. `transit`: a managed route of a transit gateway. `direct-connect`: every virtual interface.
 */
export type PathKind =
  | 'route'
  | 'pool'
  | 'unmanaged'
  | 'transit'
  | 'site'
  | 'endpoint'
  | 'direct-connect';

export interface Path {
  readonly kind: PathKind;
  /** Of a route `TABLE DESTINATION`, as plans name it. */
  readonly key: string;
  readonly name: string;
}

export interface Loss extends Path {
  readonly fromMs: number;
  /** Null: still lost. */
  readonly untilMs: number | null;
}

export interface Losses {
  /** Reads the ground truth; what is cut at the first sample is no loss. */
  sample(): void;
  all(): readonly Loss[];
}

export function openLosses(account: SimAccount): Losses {
  const { clock, vpn, endpoints, directConnect } = account;
  const losses = new Map<string, Loss>();
  const cutBefore = new Set<string>();
  let isFirst = true;
  const sites = sitesOf(vpn.network.connections, vpn.network.customerGateways);

  function cutNow(): ReadonlyMap<string, Path> {
    const cut = [
      ...cutRoutes(account),
      ...cutTransitRoutes(account),
      ...sites
        .filter(({ connections }) => !vpn.isServing(connections.map((one) => one.connectionId)))
        .map(({ id, name }): Path => ({ kind: 'site', key: id, name: `site ${name}` })),
      ...endpoints.facts
        .filter(({ endpointId }) => !endpoints.isServing(endpointId))
        .map(
          ({ endpointId, name }): Path => ({
            kind: 'endpoint',
            key: endpointId,
            name: `endpoint ${name || endpointId}`,
          }),
        ),
      ...(directConnect.network.interfaces.length === 0 || directConnect.isServing()
        ? []
        : [DIRECT_CONNECT]),
    ];
    return new Map(cut.map((path) => [path.key, path]));
  }

  return {
    sample() {
      const nowMs = clock.monotonicMs();
      const cut = cutNow();
      if (isFirst) for (const key of cut.keys()) cutBefore.add(key);
      isFirst = false;
      for (const [key, path] of cut) {
        if (cutBefore.has(key)) continue;
        const past = losses.get(key);
        losses.set(key, { ...path, fromMs: past?.fromMs ?? nowMs, untilMs: null });
      }
      for (const [key, loss] of losses) {
        if (loss.untilMs === null && !cut.has(key)) losses.set(key, { ...loss, untilMs: nowMs });
      }
    },
    all: () => [...losses.values()],
  };
}

const DIRECT_CONNECT: Path = {
  kind: 'direct-connect',
  key: 'direct-connect',
  name: 'Direct Connect',
};

/** Of a static route that leads to something else than a connection nothing is known. */
const cutTransitRoutes = ({ transit, vpn }: SimAccount): readonly Path[] =>
  transit.network.routes.flatMap(({ tableId, destination }): readonly Path[] => {
    const connectionId = transit.connectionOf(transit.targetOf(tableId, destination) ?? '');
    if (connectionId === null || vpn.isServing([connectionId])) return [];
    const table = transit.network.tables.find((one) => one.tableId === tableId);
    const groups = table?.groupTag.split(/[\s,]+/) ?? [];
    const { group } =
      vpn.network.connections.find((one) => one.connectionId === connectionId) ?? {};
    return [
      {
        kind: group && groups.includes(group) ? 'transit' : 'unmanaged',
        key: `${tableId} ${destination}`,
        name: `${table?.name ?? tableId} ${destination}`,
      },
    ];
  });

/** Of a route whose next hop belongs to no appliance nothing is known. */
function cutRoutes({ network, groundTruth }: SimAccount): readonly Path[] {
  const pools = network.tags
    .all()
    .flatMap(({ key, value }) => (key === 'vpn-medic:pool' ? value.split(/[\s,]+/) : []));
  return network.tables.all().flatMap(({ tableId, name, routes }) =>
    routes.flatMap(({ destination, interfaceId, origin }): readonly Path[] => {
      const link = interfaceId === null ? null : network.interfaces.get(interfaceId);
      if (link === null || origin === 'propagated' || origin === 'advertised') return [];
      const group = link.instanceId === null ? null : groundTruth.groupOf(link.instanceId);
      if (groundTruth.isForwardingAt(link) || link.instanceId === null) return [];
      const groups = network.tags.get(`${tableId} vpn-medic:group`)?.value.split(/[\s,]+/) ?? [];
      const isPool = pools.some((pool) => pool !== '' && covers(pool, destination));
      return [
        {
          kind: isPool ? 'pool' : group !== null && groups.includes(group) ? 'route' : 'unmanaged',
          key: `${tableId} ${destination}`,
          name: `${name || tableId} ${destination}`,
        },
      ];
    }),
  );
}
