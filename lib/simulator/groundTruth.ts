/** Who is really alive: the truth that probes only guess at. */
import type { InstanceFact, InterfaceFact } from '../appliances/types/inventory.ts';
import type { ProbeKind } from '../probe/types.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Network } from './network.ts';

export type Manner =
  | { readonly kind: 'answers'; readonly afterMs: number }
  | { readonly kind: 'refuses' }
  | { readonly kind: 'silent' };

export class GroundTruth {
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #faults: Faults;

  constructor(clock: VirtualClock, network: Network, faults: Faults) {
    this.#clock = clock;
    this.#network = network;
    this.#faults = faults;
  }

  /** What a knock of this kind on the appliance's own address meets now. */
  manner(instanceId: string, kind: ProbeKind): Manner {
    if (!this.#isHostAlive(instanceId)) return SILENT;
    if (this.#hits('half-open', instanceId) && kind !== 'tcp') return SILENT;
    if (this.#hits('process-dead', instanceId)) return { kind: 'refuses' };
    const slowMs = this.#faults
      .active('slow')
      .filter((one) => one.instanceId === instanceId)
      .reduce((sum, { byMs }) => sum + byMs, 0);
    return { kind: 'answers', afterMs: slowMs };
  }

  /** Whether packets that a route sends to this appliance come out on the far side now. */
  isForwarding(instanceId: string): boolean {
    const link = this.linkOf(instanceId);
    return (
      link !== null &&
      link.status === 'in-use' &&
      !link.hasSourceDestCheck &&
      !this.#hits('half-open', instanceId) &&
      this.manner(instanceId, 'ike').kind === 'answers'
    );
  }

  linkOf(instanceId: string): InterfaceFact | null {
    return this.#network.interfaces.all().find((one) => one.instanceId === instanceId) ?? null;
  }

  /** The instance that has this address now. */
  atAddress(address: string): InstanceFact | null {
    for (const link of this.#network.interfaces.all()) {
      if (
        link.instanceId !== null &&
        (link.privateIp === address || link.publicIp === address || link.ipv6s.includes(address))
      ) {
        return this.#network.instances.get(link.instanceId);
      }
    }
    return null;
  }

  #isHostAlive(instanceId: string): boolean {
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

  #hits(kind: 'host-dead' | 'half-open' | 'process-dead', instanceId: string): boolean {
    return this.#faults.active(kind).some((one) => one.instanceId === instanceId);
  }
}

const SILENT: Manner = { kind: 'silent' };
