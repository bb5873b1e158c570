/** An AWS account in memory: seeded, in virtual time, with faults that start and end as data. */

import type { Ports } from '../appliances/ports.ts';
import type { InstanceState } from '../appliances/types/inventory.ts';
import type { EndpointPort, EndpointProbePort, SurroundingsPort } from '../clientVpn/ports.ts';
import type { EndpointFact } from '../clientVpn/types/endpoint.ts';
import type { MetricPort } from '../core/metricPort.ts';
import type { MetricObserver } from '../metrics/observe.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import type { ScopePorts } from '../watcher/scopes/connectionTypes.ts';
import { type CallLog, emptyLog } from './callLog.ts';
import { type EndpointSetup, SimEndpoints } from './clientVpn.ts';
import { VirtualClock } from './clock.ts';
import type { Delays } from './delays.ts';
import { type DirectConnectNetwork, NO_DIRECT_CONNECT, SimDirectConnect } from './directConnect.ts';
import { simEc2 } from './ec2.ts';
import { simEvents } from './eventBus.ts';
import { Effects } from './faults/effects.ts';
import { Faults } from './faults.ts';
import { simNetwork } from './gateways.ts';
import { GroundTruth } from './groundTruth.ts';
import { type RepairOdds, simulatedInstanceControl } from './instanceControl.ts';
import { Invocation } from './invocation.ts';
import { Notices } from './leaves.ts';
import { NO_METRIC_FAILURES, SimMetrics, type SimSeries } from './metrics.ts';
import { Network } from './network.ts';
import { simNotifications, simulatedLogger } from './notifications.ts';
import { operatorRequests } from './operatorRequests.ts';
import type { Parts } from './parts.ts';
import { simProbes, type VantageSetup } from './probes.ts';
import { type Random, seededRandom } from './random.ts';
import { NO_VPN, SimVpn, type VpnNetwork } from './siteToSite.ts';
import type { Snapshot } from './snapshot.ts';
import { simStore, Table } from './store.ts';
import { Buckets } from './throttle.ts';
import { NO_TRANSIT, SimTransit, type TransitNetwork } from './transitGateway.ts';

export interface AccountOptions {
  readonly snapshot: Snapshot;
  readonly seed: number | string;
  /** Never empty. */
  readonly vantages: readonly VantageSetup[];
  readonly pace: Delays;
  /** Largest error of the wall clock of a function. */
  readonly skewMsMax: number;
  /** Left out: no Site-to-Site connections. */
  readonly vpn?: VpnNetwork;
  /** Left out: no transit gateway route tables. */
  readonly transit?: TransitNetwork;
  /** Left out: no Direct Connect. */
  readonly directConnect?: DirectConnectNetwork;
  /** Left out: no Client VPN endpoints. */
  readonly endpoints?: readonly EndpointFact[];
  /** By endpoint id. */
  readonly endpointSetups?: ReadonlyMap<string, EndpointSetup>;
}

/** The ports of one running function. */
export interface Started {
  readonly invocation: Invocation;
  readonly ports: Ports;
  /** The additional ports of pollConnections. */
  readonly connectionPorts: Pick<ScopePorts, 'vpn' | 'transit' | 'network' | 'metrics'>;
  /** The additional ports of pollEndpoints. */
  readonly endpointObserver: {
    readonly endpoints: EndpointPort;
    readonly endpointProbes: EndpointProbePort;
    readonly surroundings: SurroundingsPort;
    readonly metrics: MetricPort;
  };
  /** The additional ports of what is judged by its metrics alone. */
  readonly metricObserver: Pick<MetricObserver, 'metrics' | 'watchTags'>;
  /** The additional port of repairAppliance. */
  readonly instanceControlOf: (random: RepairOdds) => InstanceControlPort;
}

export class SimAccount {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly faults: Faults;
  readonly groundTruth: GroundTruth;
  readonly vpn: SimVpn;
  readonly transit: SimTransit;
  readonly directConnect: SimDirectConnect;
  readonly endpoints: SimEndpoints;
  readonly metrics: SimMetrics;
  readonly log: CallLog = emptyLog();
  readonly table = new Table();
  readonly #options: AccountOptions;
  readonly #effects: Effects;
  readonly #parts: Parts;
  readonly #buckets = new Buckets();
  readonly #skew: Random;
  readonly #gateways: Random;
  readonly #running = new Set<Invocation>();
  readonly #listeners: ((instanceId: string, state: InstanceState) => void)[] = [];
  readonly #notices: Notices;

  constructor(options: AccountOptions) {
    const random = seededRandom(options.seed);
    this.#options = options;
    this.#skew = random.fork('skew');
    this.#gateways = random.fork('gateways');
    this.clock = new VirtualClock(options.snapshot.takenAt);
    this.network = new Network(options.snapshot, this.clock, options.pace, (id, state) => {
      for (const listener of this.#listeners) listener(id, state);
    });
    this.#effects = new Effects(this.network, {
      corruptTable: () => this.table.corrupt(random.fork(`spoil ${this.clock.monotonicMs()}`)),
      dateAhead: (byMs) => this.table.dateAhead(this.clock.now() - YEAR_MS, byMs),
      ...operatorRequests(this.table, this.clock, this.network),
      announce: (fault) => this.#notices.announce(fault),
      pointTransitRoute: (to) => this.transit.point(to),
      running: () => [...this.#running],
    });
    this.faults = new Faults(this.clock, this.#effects);
    this.groundTruth = new GroundTruth(this.clock, this.network, this.faults);
    const { clock, faults } = this;
    this.#notices = new Notices(clock, this.network, faults);
    this.vpn = new SimVpn(options.vpn ?? NO_VPN, clock, faults, random.fork('vpn'));
    this.transit = new SimTransit(
      options.transit ?? NO_TRANSIT,
      { clock, faults, log: this.log },
      this.vpn,
      random.fork('transit'),
    );
    this.directConnect = new SimDirectConnect(
      options.directConnect ?? NO_DIRECT_CONNECT,
      clock,
      faults,
    );
    this.endpoints = new SimEndpoints(
      options.endpoints ?? [],
      clock,
      faults,
      random.fork('endpoints'),
      options.endpointSetups,
    );
    this.metrics = new SimMetrics(random.fork('metrics'), () => this.#series());
    this.#parts = {
      clock: this.clock,
      network: this.network,
      faults: this.faults,
      groundTruth: this.groundTruth,
      log: this.log,
      random: {
        ec2: random.fork('ec2'),
        probes: random.fork('probes'),
        store: random.fork('store'),
        notifications: random.fork('notifications'),
        repairs: random.fork('repairs'),
      },
    };
  }

  /** All series in CloudWatch; also applies the active metric faults. */
  #series(): readonly SimSeries[] {
    this.metrics.trouble = this.faults
      .active('metrics-trouble')
      .reduce((sum, { trouble }) => ({ ...sum, ...trouble }), NO_METRIC_FAILURES);
    return [...this.vpn.series(), ...this.directConnect.series(), ...this.endpoints.series()];
  }

  /** Starts a function; every call it makes is logged under `by`. */
  start(by: string): Started {
    const { skewMsMax, vantages } = this.#options;
    const invocation = new Invocation(by, this.clock, this.#skew.whole(-skewMsMax, skewMsMax));
    this.#running.add(invocation);
    const parts = this.#parts;
    const ports: Ports = {
      region: this.network.region,
      clock: invocation.clock,
      ec2: simEc2(parts, invocation, this.#buckets, () => this.#effects.beforeTableRead()),
      probes: simProbes(parts, invocation, vantages),
      store: simStore(parts, invocation, this.table),
      notifications: simNotifications(parts, invocation),
      events: simEvents(parts, invocation),
      hooks: this.#notices.port(invocation),
      logger: simulatedLogger(parts, invocation),
    };
    const metrics = this.metrics.port(invocation);
    return {
      invocation,
      ports,
      connectionPorts: {
        vpn: this.vpn.port(invocation),
        transit: this.transit.port(invocation),
        network: simNetwork(this.network, this.faults, this.#gateways, invocation),
        metrics,
      },
      endpointObserver: {
        endpoints: this.endpoints.port(invocation),
        endpointProbes: this.endpoints.endpointProbes(invocation),
        surroundings: this.endpoints.surroundings(invocation),
        metrics,
      },
      metricObserver: { metrics, watchTags: this.directConnect.watchTags(invocation) },
      instanceControlOf: (random) => simulatedInstanceControl(parts, invocation, random),
    };
  }

  /** Ends a function: faults that hit running functions no longer affect it. */
  end(invocation: Invocation): void {
    this.#running.delete(invocation);
  }

  /** Calls `listener` on every change of an instance's state, without delay or loss. */
  onState(listener: (instanceId: string, state: InstanceState) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls `listener` with each event that announces the end of an instance, as EventBridge carries it, without delay or loss. */
  onNotice(listener: (event: unknown) => void): void {
    this.#notices.listeners.push(listener);
  }

  /** When the hooks of vpn-medic were completed, by instance id, in virtual ms. */
  get completedHooks(): ReadonlyMap<string, number> {
    return this.#notices.completed;
  }
}

/** Stored numbers above `now - YEAR_MS` are instants; smaller ones are counts. */
const YEAR_MS = 365 * 86_400_000;
