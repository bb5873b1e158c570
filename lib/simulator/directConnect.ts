/** Direct Connect of the simulated account: virtual interfaces, of which CloudWatch shows the state of BGP. */
import { known } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';
import type { WatchTagPort } from '../metrics/ports.ts';
import type { TaggedResource } from '../metrics/types.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { SimSeries } from './metrics.ts';

export interface DirectConnectNetwork {
  readonly interfaces: readonly VirtualInterfaceFact[];
  /** What is tagged `vpn-medic:watch`. */
  readonly watched: readonly TaggedResource[];
}

export interface VirtualInterfaceFact {
  /** `dxvif-…` */
  readonly interfaceId: string;
  /** `dxcon-…` */
  readonly connectionId: string;
}

export const NO_DIRECT_CONNECT: DirectConnectNetwork = { interfaces: [], watched: [] };

export class SimDirectConnect {
  readonly network: DirectConnectNetwork;
  readonly #clock: VirtualClock;
  readonly #faults: Faults;

  constructor(network: DirectConnectNetwork, clock: VirtualClock, faults: Faults) {
    this.network = network;
    this.#clock = clock;
    this.#faults = faults;
  }

  /** Whether any virtual interface is up. */
  isServing(): boolean {
    const now = this.#clock.now();
    return this.network.interfaces.some(({ interfaceId }) => this.#isUp(interfaceId, now));
  }

  series(): readonly SimSeries[] {
    return this.network.interfaces.map(({ interfaceId, connectionId }) => ({
      namespace: 'AWS/DX',
      metricName: 'VirtualInterfaceBgpStatus',
      dimensions: { VirtualInterfaceId: interfaceId, ConnectionId: connectionId },
      // The least of the period, as the product asks for it.
      sample: (at, periodMs) =>
        this.#isUp(interfaceId, at) && this.#isUp(interfaceId, at + periodMs - 1) ? 1 : 0,
    }));
  }

  watchTags(self: Pick<Invocation, 'clock' | 'pass'>): WatchTagPort {
    return {
      watched: async (signal) => {
        const at = self.clock.now();
        await self.pass(READ_MS, signal);
        return known(this.network.watched, at);
      },
    };
  }

  #isUp(interfaceId: string, at: Instant): boolean {
    const atMs = at - this.#clock.now() + this.#clock.monotonicMs();
    return !this.#faults.spells.some(
      ({ fault, startMs, endMs }) =>
        fault.kind === 'interface-bgp-down' &&
        fault.interfaceId === interfaceId &&
        startMs <= atMs &&
        atMs < endMs,
    );
  }
}

const READ_MS = 120;
