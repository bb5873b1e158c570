/** Applies faults to the account when they begin, and reverts them when they end. */
import type { TagFact } from '../../core/tags.ts';
import type { TransitRouteWrite } from '../../transitGateway/ports.ts';
import type { Fault, FaultEffects, FaultOf, NoticeFault } from '../faults.ts';
import type { Invocation } from '../invocation.ts';
import type { Network } from '../network.ts';

export interface AccountActions {
  readonly corruptTable: () => void;
  readonly dateAhead: (byMs: number) => void;
  /** 0 ends it. */
  readonly pause: (forMs: number) => void;
  /** Null: ends the pin of the group. */
  readonly pin: (
    group: string,
    to: { readonly instanceId: string; readonly forMs: number } | null,
  ) => void;
  /** 0 ends it. */
  readonly drain: (instanceId: string, forMs: number) => void;
  /** 0 ends it. */
  readonly drill: (group: string, forMs: number) => void;
  /** Sends the event, and ends the instance when it is due. */
  readonly announce: (fault: NoticeFault) => void;
  readonly pointTransitRoute: (to: TransitRouteWrite) => void;
  /** Oldest first. */
  readonly running: () => readonly Invocation[];
}

const isNotice = (fault: Fault): fault is NoticeFault =>
  fault.kind === 'spot-notice' ||
  fault.kind === 'rebalance-notice' ||
  fault.kind === 'terminate-hook' ||
  fault.kind === 'event-scheduled';

export class Effects implements FaultEffects {
  readonly #network: Network;
  readonly #account: AccountActions;
  readonly #detached = new Map<string, string>();
  readonly #untagged = new Map<string, readonly TagFact[]>();
  readonly #moved = new Map<Fault, string>();
  /** By fault: what each interface had before. */
  readonly #addresses = new Map<Fault, ReadonlyMap<string, string | null>>();
  readonly #strangers = new Map<Fault, string>();
  /** By fault: the value of the tag before; null: there was none. */
  readonly #probes = new Map<Fault, string | null>();
  readonly #waiting: FaultOf<'rival-route'>[] = [];

  constructor(network: Network, around: AccountActions) {
    this.#network = network;
    this.#account = around;
  }

  begin(fault: Fault): void {
    const { kind } = fault;
    if (kind === 'stopped') this.#network.stop(fault.instanceId);
    else if (kind === 'terminated') this.#network.terminate(fault.instanceId);
    else if (kind === 'impaired') this.#network.setCheck(fault.instanceId, fault.check, 'impaired');
    else if (kind === 'detached') this.#detach(fault.instanceId);
    else if (kind === 'address-moved') this.#moveAddress(fault);
    else if (kind === 'source-dest-check-on') this.#setSourceDestCheck(fault.instanceId, true);
    else if (kind === 'clock-step') this.#stepClocks(fault.byMs);
    else if (kind === 'process-frozen') this.#freeze(fault.forMs);
    else if (kind === 'state-ahead') this.#account.dateAhead(fault.byMs);
    else if (kind === 'watcher-killed') this.#account.running().at(-1)?.kill();
    else if (kind === 'rival-transit-route') this.#account.pointTransitRoute(fault);
    else if (kind === 'store-garbage') this.#account.corruptTable();
    else if (kind === 'stranger') this.#strangers.set(fault, this.#network.intrude(fault));
    else if (kind === 'rival-untag') this.#untag(fault.resourceId);
    else if (kind === 'probe-retagged') this.#tagProbe(fault);
    else if (kind === 'person-pauses') this.#account.pause(fault.forMs);
    else if (kind === 'person-pins') this.#account.pin(fault.group, fault);
    else if (kind === 'person-drains') this.#account.drain(fault.instanceId, fault.forMs);
    else if (kind === 'person-drills') this.#account.drill(fault.group, fault.forMs);
    else if (isNotice(fault)) this.#account.announce(fault);
    else if (kind === 'rival-route' && fault.when === 'at-next-read') this.#waiting.push(fault);
    else if (kind === 'rival-route') this.#moveRoute(fault);
  }

  end(fault: Fault): void {
    const { kind } = fault;
    if (kind === 'stopped') this.#network.start(fault.instanceId);
    else if (kind === 'terminated') this.#network.replace(fault.instanceId);
    else if (kind === 'impaired') this.#network.setCheck(fault.instanceId, fault.check, 'ok');
    else if (kind === 'detached') this.#attach(fault.instanceId);
    else if (kind === 'address-moved') this.#moveAddressBack(fault);
    else if (kind === 'source-dest-check-on') this.#setSourceDestCheck(fault.instanceId, false);
    else if (kind === 'stranger') this.#leave(fault);
    else if (kind === 'rival-untag') this.#tagAgain(fault.resourceId);
    else if (kind === 'probe-retagged') this.#tagProbeAgain(fault);
    else if (kind === 'person-pauses') this.#account.pause(0);
    else if (kind === 'person-pins') this.#account.pin(fault.group, null);
    else if (kind === 'person-drains') this.#account.drain(fault.instanceId, 0);
    else if (kind === 'person-drills') this.#account.drill(fault.group, 0);
    else if (kind === 'event-scheduled') this.#endEvent(fault.instanceId);
    else if (isNotice(fault)) this.#endNotice(fault);
    else if (kind === 'rival-route') this.#moveRouteBack(fault);
  }

  /** Applies the route changes that wait for the next read of a table by its id. */
  beforeTableRead(): void {
    for (const fault of this.#waiting.splice(0)) this.#moveRoute(fault);
  }

  /** Its group replaces it; only Spot capacity that was not taken back after all stays. */
  #endNotice({ kind, instanceId }: NoticeFault): void {
    if (kind !== 'spot-notice') this.#network.terminate(instanceId);
    this.#network.replace(instanceId);
  }

  #endEvent(instanceId: string): void {
    this.#network.setEvents(instanceId, []);
    this.#network.start(instanceId);
  }

  #stepClocks(byMs: number): void {
    for (const one of this.#account.running()) one.jumpWall(byMs);
  }

  #freeze(forMs: number): void {
    for (const one of this.#account.running()) one.freeze(forMs);
  }

  #detach(instanceId: string): void {
    const link = this.#linkOf(instanceId);
    if (link === null) return;
    this.#detached.set(instanceId, link);
    this.#network.setInterface(link, {
      instanceId: null,
      status: 'available',
      attachment: 'detached',
    });
  }

  #attach(instanceId: string): void {
    const link = this.#detached.get(instanceId);
    if (link === undefined) return;
    this.#detached.delete(instanceId);
    const state = this.#network.instances.get(instanceId)?.state;
    if (state === undefined || state === 'shutting-down' || state === 'terminated') return;
    this.#network.setInterface(link, { instanceId, status: 'in-use', attachment: 'attached' });
  }

  #moveAddress(fault: FaultOf<'address-moved'>): void {
    const from = this.#linkOf(fault.instanceId);
    const publicIp = from === null ? null : this.#publicIpOf(from);
    if (from === null || publicIp === null) return;
    const to = fault.toId === null ? null : this.#linkOf(fault.toId);
    const before = new Map<string, string | null>([[from, publicIp]]);
    this.#network.setInterface(from, { publicIp: null });
    if (to !== null) {
      before.set(to, this.#publicIpOf(to));
      this.#network.setInterface(to, { publicIp });
    }
    this.#addresses.set(fault, before);
  }

  #moveAddressBack(fault: Fault): void {
    for (const [link, publicIp] of this.#addresses.get(fault) ?? []) {
      if (this.#network.interfaces.get(link) !== null)
        this.#network.setInterface(link, { publicIp });
    }
    this.#addresses.delete(fault);
  }

  #publicIpOf(link: string): string | null {
    return this.#network.interfaces.get(link)?.publicIp ?? null;
  }

  #setSourceDestCheck(instanceId: string, hasSourceDestCheck: boolean): void {
    const link = this.#linkOf(instanceId) ?? this.#detached.get(instanceId) ?? null;
    if (link !== null) this.#network.setInterface(link, { hasSourceDestCheck });
  }

  #moveRoute(fault: FaultOf<'rival-route'>): void {
    const { tableId, destination, instanceId } = fault;
    const before = this.#network.targetOf(tableId, destination);
    const to = instanceId === null ? FOREIGN_INTERFACE_ID : this.#linkOf(instanceId);
    if (before === null || to === null || before === to) return;
    if (this.#network.pointRoute(tableId, destination, to)) this.#moved.set(fault, before);
  }

  /** Restores a route that was pointed at the foreign interface; the product restores all others. */
  #moveRouteBack(fault: FaultOf<'rival-route'>): void {
    const waits = this.#waiting.indexOf(fault);
    if (waits >= 0) this.#waiting.splice(waits, 1);
    const before = this.#moved.get(fault);
    const { tableId, destination } = fault;
    if (
      before === undefined ||
      this.#network.targetOf(tableId, destination) !== FOREIGN_INTERFACE_ID
    )
      return;
    this.#network.pointRoute(tableId, destination, this.#currentInterfaceOf(before));
  }

  /** The interface, or that of its owner's replacement when it no longer exists. */
  #currentInterfaceOf(interfaceId: string): string {
    if (this.#network.interfaces.get(interfaceId) !== null) return interfaceId;
    const ownerId = this.#network.interfaces.past(interfaceId)[0]?.instanceId ?? '';
    return this.#linkOf(this.#network.successorOf(ownerId)) ?? interfaceId;
  }

  #untag(resourceId: string): void {
    const tags = this.#network.tags.all().filter((tag) => tag.resourceId === resourceId);
    if (tags.length === 0) return;
    this.#untagged.set(resourceId, tags);
    for (const { key } of tags) this.#network.dropTag(resourceId, key);
  }

  #tagAgain(resourceId: string): void {
    const currentId = this.#network.successorOf(resourceId);
    for (const tag of this.#untagged.get(resourceId) ?? []) {
      this.#network.setTag({ ...tag, resourceId: currentId });
    }
    this.#untagged.delete(resourceId);
  }

  #tagProbe(fault: FaultOf<'probe-retagged'>): void {
    const { instanceId } = fault;
    this.#probes.set(fault, this.#network.tags.get(`${instanceId} ${PROBE_KEY}`)?.value ?? null);
    this.#setProbe(instanceId, UNHEARD_PROBE);
  }

  #tagProbeAgain(fault: FaultOf<'probe-retagged'>): void {
    const value = this.#probes.get(fault);
    this.#probes.delete(fault);
    if (value !== undefined) this.#setProbe(this.#network.successorOf(fault.instanceId), value);
  }

  #setProbe(resourceId: string, value: string | null): void {
    if (value === null) this.#network.dropTag(resourceId, PROBE_KEY);
    else this.#network.setTag({ resourceId, resourceType: 'instance', key: PROBE_KEY, value });
  }

  #leave(fault: Fault): void {
    const instanceId = this.#strangers.get(fault);
    for (const { resourceId, key } of this.#network.tags.all()) {
      if (resourceId === instanceId) this.#network.dropTag(resourceId, key);
    }
  }

  #linkOf(instanceId: string): string | null {
    const links = this.#network.interfaces.all();
    return links.find((one) => one.instanceId === instanceId)?.interfaceId ?? null;
  }
}

const PROBE_KEY = 'vpn-medic:probe';
/** No appliance of the simulated account answers on this port. */
export const UNHEARD_PORT = 9;
export const UNHEARD_PROBE = `tcp:${UNHEARD_PORT}`;

/** An interface in the same VPC that belongs to no appliance. */
export const FOREIGN_INTERFACE_ID = 'eni-0fffffffffffffff1';
