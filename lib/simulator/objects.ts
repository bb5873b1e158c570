/** The resources, tags and routes of the simulated account, with their history. */

import type {
  CheckStatus,
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from '../appliances/types/inventory.ts';
import { isElastic, UNHELD } from '../core/elasticAddress.ts';
import { isGatewayId, targetFields } from '../core/lastResort.ts';
import type { TagFact } from '../core/tags.ts';
import type { VirtualClock } from './clock.ts';
import { History } from './history.ts';
import type { SimGateway, Snapshot } from './snapshot.ts';

export class Objects {
  readonly tags = new History<TagFact>();
  readonly instances = new History<InstanceFact>();
  readonly statuses = new History<StatusFact>();
  readonly interfaces = new History<InterfaceFact>();
  readonly subnets = new History<SubnetFact>();
  readonly tables = new History<RouteTableFact>();
  readonly lists = new History<PrefixListFact>();
  readonly gateways: readonly SimGateway[];
  readonly accountId: string;
  readonly region: string;
  readonly #clock: VirtualClock;

  constructor(snapshot: Snapshot, clock: VirtualClock) {
    this.#clock = clock;
    this.accountId = snapshot.accountId;
    this.region = snapshot.region;
    const atMs = clock.monotonicMs();
    for (const one of snapshot.tags) this.tags.put(`${one.resourceId} ${one.key}`, one, atMs);
    for (const one of snapshot.instances) this.instances.put(one.instanceId, one, atMs);
    for (const one of snapshot.statuses) this.statuses.put(one.instanceId, one, atMs);
    for (const one of snapshot.interfaces) this.interfaces.put(one.interfaceId, one, atMs);
    for (const one of snapshot.subnets) this.subnets.put(one.subnetId, one, atMs);
    for (const one of snapshot.routeTables) this.tables.put(one.tableId, one, atMs);
    for (const one of snapshot.prefixLists) this.lists.put(one.prefixListId, one, atMs);
    this.gateways = snapshot.gateways ?? [];
  }

  setCheck(instanceId: string, check: 'system' | 'instance' | 'attachedEbs', says: CheckStatus) {
    const status = this.statuses.get(instanceId);
    if (status === null) return;
    this.statuses.put(instanceId, { ...status, [check]: says }, this.#clock.monotonicMs());
  }

  setEvents(instanceId: string, events: StatusFact['events']): void {
    const status = this.statuses.get(instanceId);
    if (status !== null)
      this.statuses.put(instanceId, { ...status, events }, this.#clock.monotonicMs());
  }

  setInterface(
    interfaceId: string,
    change: Partial<
      Pick<
        InterfaceFact,
        'hasSourceDestCheck' | 'publicIp' | 'status' | 'attachment' | 'instanceId'
      >
    >,
  ): void {
    const link = this.interfaces.get(interfaceId);
    if (link === null) return;
    this.interfaces.put(interfaceId, { ...link, ...change }, this.#clock.monotonicMs());
    this.markBlackholes();
  }

  setTag(tag: TagFact): void {
    this.tags.put(`${tag.resourceId} ${tag.key}`, tag, this.#clock.monotonicMs());
  }

  dropTag(resourceId: string, key: string): void {
    this.tags.put(`${resourceId} ${key}`, null, this.#clock.monotonicMs());
  }

  /** The interfaces attached to it at `atMs`. */
  interfaceIdsOf(instanceId: string, atMs: number): readonly string[] {
    return this.interfaces
      .list(`of ${instanceId}`, atMs, (one) => one.instanceId === instanceId)
      .map(({ interfaceId }) => interfaceId);
  }

  /**
   * Returns false when the table has no such route, or it is not writable. An Elastic address is associated with
   * `privateIp`, absent: the first private address without a public one; what that had is disassociated.
   */
  pointRoute(tableId: string, destination: string, targetId: string, privateIp?: string): boolean {
    const isIt = (route: RouteFact) =>
      route.destination === destination && route.origin === 'created';
    const table = this.tables.get(tableId);
    if (table === null || !table.routes.some(isIt)) return false;
    const routes = table.routes.map((route) =>
      isIt(route) && targetIdOf(route) !== targetId
        ? {
            ...route,
            ...targetFields(targetId),
            state: isElastic(tableId) ? ('active' as const) : this.#stateOf(targetId),
          }
        : route,
    );
    if (isElastic(tableId)) this.#associate(tableId, destination, targetId, privateIp);
    this.tables.put(tableId, { ...table, routes }, this.#clock.monotonicMs());
    return true;
  }

  #associate(
    allocationId: string,
    publicIp: string,
    interfaceId: string,
    privateIp: string | undefined,
  ): void {
    const atMs = this.#clock.monotonicMs();
    for (const link of this.interfaces.all()) {
      if (link.secondaryIps?.some((one) => one.allocationId === allocationId))
        this.interfaces.put(link.interfaceId, withoutAddress(link, allocationId), atMs);
    }
    const link = this.interfaces.get(interfaceId);
    const own = link?.secondaryIps ?? [];
    const slot = own.find((one) =>
      privateIp === undefined ? one.publicIp === null : one.privateIp === privateIp,
    );
    if (link === null || slot === undefined) return;
    if (slot.allocationId !== undefined) this.#release(slot.allocationId);
    const secondaryIps = own.map((one) =>
      one === slot ? { privateIp: one.privateIp, publicIp, allocationId } : one,
    );
    this.interfaces.put(interfaceId, { ...link, secondaryIps }, atMs);
  }

  #release(allocationId: string): void {
    const table = this.tables.get(allocationId);
    if (table === null) return;
    const routes = table.routes.map((route) => ({ ...route, ...RELEASED }));
    this.tables.put(allocationId, { ...table, routes }, this.#clock.monotonicMs());
  }

  /** The interface or gateway that the route points at now; null: another target, or no such route. */
  targetOf(tableId: string, destination: string): string | null {
    const table = this.tables.get(tableId);
    const route = table?.routes.find(
      (one) => one.destination === destination && one.origin === 'created',
    );
    return route === undefined ? null : targetIdOf(route);
  }

  /** As EC2 does: `blackhole` at `stopped` and `terminated`, not at `stopping` or `shutting-down` (observed 2026-11). */
  #stateOf(interfaceId: string): RouteFact['state'] {
    if (isGatewayId(interfaceId)) return 'active';
    const instanceId = this.interfaces.get(interfaceId)?.instanceId ?? null;
    const state = instanceId === null ? undefined : this.instances.get(instanceId)?.state;
    return state === 'running' || state === 'stopping' || state === 'shutting-down'
      ? 'active'
      : 'blackhole';
  }

  protected markBlackholes(): void {
    for (const table of this.tables.all()) {
      if (isElastic(table.tableId)) {
        const held = table.routes[0]?.interfaceId ?? null;
        if (held !== null && this.interfaces.get(held) === null) this.#release(table.tableId);
        continue;
      }
      const routes = table.routes.map((route) => {
        // Of an interface that is not part of the account nothing changes.
        if (route.interfaceId === null || this.interfaces.past(route.interfaceId).length === 0) {
          return route;
        }
        const state = this.#stateOf(route.interfaceId);
        return state === route.state ? route : { ...route, state };
      });
      if (routes.some((route, index) => route !== table.routes[index])) {
        this.tables.put(table.tableId, { ...table, routes }, this.#clock.monotonicMs());
      }
    }
  }
}

const RELEASED = { interfaceId: null, otherTarget: UNHELD, state: 'blackhole' } as const;

/** The interface as it is without this Elastic address; absent: without any of its secondary ones. */
export function withoutAddress(link: InterfaceFact, allocationId?: string): InterfaceFact {
  if (link.secondaryIps === undefined) return link;
  const secondaryIps = link.secondaryIps.map((one) =>
    one.allocationId === undefined || (allocationId ?? one.allocationId) !== one.allocationId
      ? one
      : { privateIp: one.privateIp, publicIp: null },
  );
  return { ...link, secondaryIps };
}

/** Null: neither an interface nor a gateway. */
export const targetIdOf = ({ interfaceId, otherTarget }: RouteFact): string | null =>
  interfaceId ?? (otherTarget !== null && isGatewayId(otherTarget) ? otherTarget : null);
