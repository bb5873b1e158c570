/** A whole AWS account in memory: seeded, in virtual time, and as faulty as one is told to make it. */

import type { Ports } from '../appliances/ports.ts';
import { type Pin, parsePins, pinsId } from '../appliances/state/pin.ts';
import type { InstanceState } from '../appliances/types/inventory.ts';
import type { DoorPort, EndpointPort } from '../clientVpn/ports.ts';
import type { EndpointFact } from '../clientVpn/types/endpoint.ts';
import type { MetricPort } from '../core/metricPort.ts';
import type { HandsPort } from '../repairs/ports.ts';
import type { ConnectionPorts } from '../siteToSite/ports.ts';
import { type CallLog, emptyLog } from './callLog.ts';
import { VirtualClock } from './clock.ts';
import { NO_VPN, SimVpn, type VpnEstate } from './connections.ts';
import type { Pace } from './delays.ts';
import { simEc2 } from './ec2.ts';
import { SimEndpoints } from './endpoints.ts';
import { simEvents } from './eventBus.ts';
import { Effects } from './faults/effects.ts';
import { Faults } from './faults.ts';
import { Vitals } from './groundTruth.ts';
import { type RepairLuck, simHands } from './instanceControl.ts';
import { Invocation } from './invocation.ts';
import { NO_TROUBLE, SimMetrics, type SimSeries } from './metrics.ts';
import { Estate } from './network.ts';
import { simJournal, simNotices } from './notifications.ts';
import type { Parts } from './parts.ts';
import { simProbes, type VantageSetup } from './probes.ts';
import { type Dice, dice } from './random.ts';
import type { Snapshot } from './snapshot.ts';
import { simStore, Table } from './store.ts';
import { Buckets } from './throttle.ts';

export interface AccountOptions {
  readonly snapshot: Snapshot;
  readonly seed: number | string;
  /** Never empty. */
  readonly vantages: readonly VantageSetup[];
  readonly pace: Pace;
  /** How far the wall clocks of two functions may lie apart. */
  readonly skewMsMax: number;
  /** Left out: no Site-to-Site connections. */
  readonly vpn?: VpnEstate;
  /** Left out: no Client VPN endpoints. */
  readonly endpoints?: readonly EndpointFact[];
}

/** What the outside world of one function looks like to it. */
export interface Started {
  readonly invocation: Invocation;
  readonly ports: Ports;
  /** Only pollConnections takes these besides. */
  readonly connectionPorts: Pick<ConnectionPorts, 'vpn' | 'metrics'>;
  /** Only pollEndpoints takes these besides. */
  readonly endpointEyes: {
    readonly endpoints: EndpointPort;
    readonly doors: DoorPort;
    readonly metrics: MetricPort;
  };
  /** Only a repair function takes these. */
  readonly handsOf: (luck: RepairLuck) => HandsPort;
}

export class SimAccount {
  readonly clock: VirtualClock;
  readonly estate: Estate;
  readonly faults: Faults;
  readonly vitals: Vitals;
  readonly vpn: SimVpn;
  readonly endpoints: SimEndpoints;
  readonly metrics: SimMetrics;
  readonly log: CallLog = emptyLog();
  readonly table = new Table();
  readonly #options: AccountOptions;
  readonly #effects: Effects;
  readonly #parts: Parts;
  readonly #buckets = new Buckets();
  readonly #skew: Dice;
  readonly #running = new Set<Invocation>();
  readonly #listeners: ((instanceId: string, state: InstanceState) => void)[] = [];

  constructor(options: AccountOptions) {
    const luck = dice(options.seed);
    this.#options = options;
    this.#skew = luck.fork('skew');
    this.clock = new VirtualClock(options.snapshot.takenAt);
    this.estate = new Estate(options.snapshot, this.clock, options.pace, (id, state) => {
      for (const hear of this.#listeners) hear(id, state);
    });
    this.#effects = new Effects(this.estate, {
      spoilTable: () => this.table.spoil(luck.fork(`spoil ${this.clock.monotonicMs()}`)),
      pin: (group, to) => this.#pin(group, to),
      running: () => [...this.#running],
    });
    this.faults = new Faults(this.clock, this.#effects);
    this.vitals = new Vitals(this.clock, this.estate, this.faults);
    const { clock, faults } = this;
    this.vpn = new SimVpn(options.vpn ?? NO_VPN, clock, faults, luck.fork('vpn'));
    this.endpoints = new SimEndpoints(
      options.endpoints ?? [],
      clock,
      faults,
      luck.fork('endpoints'),
    );
    this.metrics = new SimMetrics(luck.fork('metrics'), () => this.#series());
    this.#parts = {
      clock: this.clock,
      estate: this.estate,
      faults: this.faults,
      vitals: this.vitals,
      log: this.log,
      luck: {
        ec2: luck.fork('ec2'),
        probes: luck.fork('probes'),
        store: luck.fork('store'),
        notices: luck.fork('notices'),
        repairs: luck.fork('repairs'),
      },
    };
  }

  /** What CloudWatch has, and how it is disposed just now. */
  #series(): readonly SimSeries[] {
    this.metrics.trouble = this.faults
      .active('metrics-trouble')
      .reduce((sum, { trouble }) => ({ ...sum, ...trouble }), NO_TROUBLE);
    return [...this.vpn.series(), ...this.endpoints.series()];
  }

  /** As `vpn-medic pin` and `unpin` write it. */
  #pin(group: string, to: { readonly instanceId: string; readonly forMs: number } | null): void {
    const at = this.clock.now();
    const id = pinsId(this.estate.region);
    const row = this.table.get(id, at);
    const others = (parsePins(row === null ? null : JSON.parse(row.body)) ?? []).map((pin) =>
      pin.group === group ? { ...pin, until: Math.min(pin.until, at) } : pin,
    );
    const mine: readonly Pin[] =
      to === null
        ? []
        : [
            {
              group,
              routeKey: null,
              to: to.instanceId,
              at,
              until: at + to.forMs,
              by: `arn:aws:iam::${this.estate.accountId}:user/on-call`,
              why: 'a story',
            },
          ];
    const body = { version: 1, pins: [...others, ...mine] };
    this.table.put({ id, overVersion: row?.version ?? 0, body, expiresAt: null }, at);
  }

  /** A function starts: everything that it asks and does is logged under `by`. */
  start(by: string): Started {
    const { skewMsMax, vantages } = this.#options;
    const invocation = new Invocation(by, this.clock, this.#skew.whole(-skewMsMax, skewMsMax));
    this.#running.add(invocation);
    const parts = this.#parts;
    const ports: Ports = {
      region: this.estate.region,
      clock: invocation.clock,
      ec2: simEc2(parts, invocation, this.#buckets, () => this.#effects.beforeLook()),
      probes: simProbes(parts, invocation, vantages),
      store: simStore(parts, invocation, this.table),
      notices: simNotices(parts, invocation),
      events: simEvents(parts, invocation),
      journal: simJournal(parts, invocation),
    };
    const metrics = this.metrics.port(invocation);
    return {
      invocation,
      ports,
      connectionPorts: { vpn: this.vpn.port(invocation), metrics },
      endpointEyes: {
        endpoints: this.endpoints.port(invocation),
        doors: this.endpoints.doors(invocation),
        metrics,
      },
      handsOf: (luck) => simHands(parts, invocation, luck),
    };
  }

  /** It has returned, or is gone: faults that hit running functions spare it. */
  end(invocation: Invocation): void {
    this.#running.delete(invocation);
  }

  /** Hears of every change of an instance's state, at once and always; how events travel is the listener's affair. */
  onState(hear: (instanceId: string, state: InstanceState) => void): void {
    this.#listeners.push(hear);
  }
}
