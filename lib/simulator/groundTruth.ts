/** The ground truth: which appliances answer and forward, whatever the product can observe. */
import type { InstanceFact, InterfaceFact } from '../appliances/types/inventory.ts';
import type { ProbeKind } from '../probe/types.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Network } from './network.ts';

/** Delay of the answer in ms, or why there is none. */
export type Response = number | 'refused' | 'no-answer';

export class GroundTruth {
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #faults: Faults;

  constructor(clock: VirtualClock, network: Network, faults: Faults) {
    this.#clock = clock;
    this.#network = network;
    this.#faults = faults;
  }

  /** The response to a probe of this kind on the appliance's own address now. */
  responseTo(kind: ProbeKind, instanceId: string): Response {
    if (!this.#isHostUp(instanceId)) return 'no-answer';
    if (this.#hits('half-open', instanceId) && kind !== 'tcp') return 'no-answer';
    if (this.#hits('process-dead', instanceId)) return 'refused';
    return this.#faults
      .active('slow')
      .filter((one) => one.instanceId === instanceId)
      .reduce((sum, { byMs }) => sum + byMs, 0);
  }

  /** Whether packets that a route sends to this appliance reach the remote network now. */
  isForwarding(instanceId: string): boolean {
    const link = this.linkOf(instanceId);
    return link !== null && this.isForwardingAt(link);
  }

  /** Whether packets that a route sends to this interface reach the remote network now. */
  isForwardingAt(link: InterfaceFact): boolean {
    const { instanceId } = link;
    return (
      instanceId !== null &&
      link.status === 'in-use' &&
      !link.hasSourceDestCheck &&
      !this.#hits('half-open', instanceId) &&
      !this.#hits('tunnel-dead', instanceId) &&
      typeof this.responseTo('ike', instanceId) === 'number'
    );
  }

  linkOf(instanceId: string): InterfaceFact | null {
    return this.#network.interfaces.all().find((one) => one.instanceId === instanceId) ?? null;
  }

  /** The instance that has this address now. */
  atAddress(address: string): InstanceFact | null {
    for (const link of this.#network.interfaces.all()) {
      if (link.instanceId !== null && hasAddress(link, address)) {
        return this.#network.instances.get(link.instanceId);
      }
    }
    return null;
  }

  /** Whether the internet reaches the account at this address. */
  isPublic(address: string): boolean {
    return this.#network.interfaces.all().some((link) => hasPublicIp(link, address));
  }

  #isHostUp(instanceId: string): boolean {
    const instance = this.#network.instances.get(instanceId);
    if (instance === null || !this.#network.hasBooted(instanceId)) return false;
    if (this.#hits('host-dead', instanceId)) return false;
    if (this.#faults.active('zone-dead').some(({ zone }) => zone === instance.zone)) return false;
    const group = this.groupOf(instanceId);
    if (this.#faults.active('all-dead').some((one) => one.group === null || one.group === group)) {
      return false;
    }
    if (
      this.#faults.active('impaired').some((one) => one.instanceId === instanceId && !one.answers)
    ) {
      return false;
    }
    return !this.#faults
      .active('flapping')
      .some(
        (one) =>
          one.instanceId === instanceId && this.#clock.monotonicMs() % one.periodMs < one.downMs,
      );
  }

  groupOf(instanceId: string): string | null {
    return this.#network.tags.get(`${instanceId} vpn-medic:group`)?.value ?? null;
  }

  #hits(
    kind: 'host-dead' | 'half-open' | 'process-dead' | 'tunnel-dead',
    instanceId: string,
  ): boolean {
    return this.#faults.active(kind).some((one) => one.instanceId === instanceId);
  }
}

const hasAddress = (link: InterfaceFact, address: string): boolean =>
  link.privateIp === address ||
  link.ipv6s.includes(address) ||
  hasPublicIp(link, address) ||
  (link.secondaryIps ?? []).some(({ privateIp }) => privateIp === address);

const hasPublicIp = ({ publicIp, secondaryIps = [] }: InterfaceFact, address: string): boolean =>
  publicIp === address || secondaryIps.some((one) => one.publicIp === address);
