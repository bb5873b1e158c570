/** Every fault of the simulated account as data, with its start and end. */
import type { Timer, VirtualClock } from './clock.ts';
import type { EndpointFault } from './faults/clientVpn.ts';
import type { VpnFault } from './faults/siteToSite.ts';

export type Fault =
  | ApplianceFault
  /** Its hosts do not answer; EC2 calls about its instances fail, and so do calls without ids. */
  | { readonly kind: 'zone-dead'; readonly zone: string; readonly hidesInterfaces: boolean }
  /** Null: every appliance. */
  | { readonly kind: 'all-dead'; readonly group: string | null }
  | VantageFault
  | Ec2Fault
  | StoreFault
  /** Each attempt of a call to EC2 or the state table fails with this probability: refused, an error, cut, or never answered. */
  | { readonly kind: 'brownout'; readonly chance: number }
  | { readonly kind: 'notifications-failing' }
  | { readonly kind: 'events-refused' }
  /** Steps the wall clock of every running watcher; new ones start with a correct clock. */
  | { readonly kind: 'clock-step'; readonly byMs: number }
  /** Suspends every running process for `forMs`. */
  | { readonly kind: 'process-frozen'; readonly forMs: number }
  /** Instants in the stored state are this far in the future, as a process with a wrong clock writes them. */
  | { readonly kind: 'state-ahead'; readonly byMs: number }
  | RivalFault
  | LeaveFault
  | DrillFault
  | VpnFault
  | EndpointFault
  /** BGP of a Direct Connect virtual interface is down. */
  | { readonly kind: 'interface-bgp-down'; readonly interfaceId: string }
  | { readonly kind: 'events-lost'; readonly chance: number }
  | { readonly kind: 'events-doubled'; readonly chance: number }
  /** Kills the newest watcher at once. */
  | { readonly kind: 'watcher-killed' }
  /** No new watcher is started. */
  | { readonly kind: 'schedule-missed' };

export type ApplianceFault =
  /** Refuses connections: the daemon has exited, the host runs. */
  | { readonly kind: 'process-dead'; readonly instanceId: string }
  /** Does not answer. */
  | { readonly kind: 'host-dead'; readonly instanceId: string }
  /** TCP connects; no daemon answers, nothing is forwarded. */
  | { readonly kind: 'half-open'; readonly instanceId: string }
  /** Every daemon answers, and nothing that is routed through it arrives. */
  | { readonly kind: 'tunnel-dead'; readonly instanceId: string }
  /** Neither answers nor forwards by IPv6. */
  | { readonly kind: 'ipv6-dead'; readonly instanceId: string }
  /** Does not answer for the first `downMs` of each `periodMs`. */
  | {
      readonly kind: 'flapping';
      readonly instanceId: string;
      readonly periodMs: number;
      readonly downMs: number;
    }
  | { readonly kind: 'slow'; readonly instanceId: string; readonly byMs: number }
  /** Its daemon, or a firewall on its host, bans one vantage: it `closes` each TLS connection, or `drops` each packet. */
  | {
      readonly kind: 'banned';
      readonly instanceId: string;
      readonly vantageId: string;
      readonly how: 'closes' | 'drops';
    }
  | { readonly kind: 'stopped'; readonly instanceId: string }
  /** When the fault ends, a replacement is launched. */
  | { readonly kind: 'terminated'; readonly instanceId: string }
  | {
      readonly kind: 'impaired';
      readonly instanceId: string;
      readonly check: 'system' | 'instance' | 'attachedEbs';
      /** Whether it still answers probes. */
      readonly answers: boolean;
    }
  | { readonly kind: 'detached'; readonly instanceId: string }
  /** Its public address is associated with another instance, as scripts of a pair do; null: with none. */
  | {
      readonly kind: 'address-moved';
      readonly instanceId: string;
      readonly toId: string | null;
    }
  /** The source/destination check is switched on: it answers, and forwards nothing. */
  | { readonly kind: 'source-dest-check-on'; readonly instanceId: string };

export type VantageFault =
  /** Its probes get no answer, and it reports them as down. */
  | { readonly kind: 'vantage-blind'; readonly vantageId: string }
  /** It cannot be invoked: its probes are unknown. */
  | { readonly kind: 'vantage-unaskable'; readonly vantageId: string }
  | { readonly kind: 'vantage-slow'; readonly vantageId: string; readonly byMs: number }
  /** Each probe is lost with this probability, 0..1. */
  | { readonly kind: 'probe-loss'; readonly chance: number };

/** What is announced of an instance: its routes are to leave before it ends. */
export type LeaveFault =
  | NoticeFault
  /** An operator drains it; the drain ends with the fault. */
  | { readonly kind: 'person-drains'; readonly instanceId: string; readonly forMs: number };

/** An operator asks for a drill; it is ended with the fault. */
export interface DrillFault {
  readonly kind: 'person-drills';
  readonly group: string;
  readonly forMs: number;
}

/** AWS announces it. */
export type NoticeFault =
  /** EC2 takes its Spot capacity back two minutes later; when the fault ends, a replacement is launched. Shorter: it is spared. */
  | { readonly kind: 'spot-notice'; readonly instanceId: string }
  /** EC2 recommends to leave it; with the end its auto scaling group replaces it. */
  | { readonly kind: 'rebalance-notice'; readonly instanceId: string }
  /** Its auto scaling group terminates it once the hook is completed, or has waited for `waitMs`; a replacement follows with the end. */
  | { readonly kind: 'terminate-hook'; readonly instanceId: string; readonly waitMs: number }
  /** EC2 has scheduled a stop, that far ahead; it comes if the fault lasts until then, and ends with it. */
  | { readonly kind: 'event-scheduled'; readonly instanceId: string; readonly inMs: number };

export type Ec2Action =
  | 'DescribeTags'
  | 'DescribeInstances'
  | 'DescribeInstanceStatus'
  | 'DescribeNetworkInterfaces'
  | 'DescribeSubnets'
  | 'DescribeRouteTables'
  | 'DescribeAddresses'
  | 'GetManagedPrefixListEntries'
  | 'ReplaceRoute';

export type Ec2Fault =
  /** Other tools use up the request quota: a call is refused with this probability. */
  | { readonly kind: 'api-throttled'; readonly action: Ec2Action | 'all'; readonly chance: number }
  | { readonly kind: 'api-unreadable'; readonly action: Ec2Action; readonly why: string }
  /** Every nth answer to the same question lacks items: all of them, or each one with probability one half. */
  | {
      readonly kind: 'api-lacking';
      readonly action: Ec2Action;
      /** At least 2: two wrong answers in a row are believed. */
      readonly everyNth: number;
      readonly lacks: 'all' | 'some';
    }
  | { readonly kind: 'api-slow'; readonly byMs: number }
  /** EC2 refuses every write to this destination, for a reason that is the route's own. */
  | { readonly kind: 'route-refused'; readonly destination: string }
  /** The answer to a write is lost, before or after its effect. */
  | { readonly kind: 'write-unclear'; readonly chance: number; readonly isAfterEffect: boolean }
  /** Reads show the account as it was `lagMs` ago. */
  | { readonly kind: 'stale-reads'; readonly lagMs: number };

export type StoreFault =
  | { readonly kind: 'store-unreachable' }
  /** Calls fail with this probability; half of the failed writes are stored. */
  | { readonly kind: 'store-flaky'; readonly chance: number }
  /** Another writer changes the item just before, with this probability. */
  | { readonly kind: 'store-conflicts'; readonly chance: number }
  /** One stored item is overwritten with invalid data. */
  | { readonly kind: 'store-garbage' };

export type RivalFault =
  /** A stranger tags an instance of its own for the group of another, which it looks like; the tags go with the fault. */
  | {
      readonly kind: 'stranger';
      readonly likeInstanceId: string;
      /** Null: launched without an instance profile. */
      readonly instanceProfile: string | null;
      /** The value of `vpn-medic:pool`; null: none. */
      readonly pool: string | null;
    }
  /** An operator points a route at another appliance, or at a foreign interface (null). */
  | {
      readonly kind: 'rival-route';
      readonly tableId: string;
      readonly destination: string;
      readonly instanceId: string | null;
      /** At the start, or just before the next read of a table by its id. */
      readonly when: 'at-start' | 'at-next-read';
    }
  /** An operator removes the tags; they are restored at the end. */
  | { readonly kind: 'rival-untag'; readonly resourceId: string }
  /** A person writes a probe into the tag of an appliance that nothing answers; the tag is restored at the end. */
  | { readonly kind: 'probe-retagged'; readonly instanceId: string }
  /** An operator pauses every write; the pause is ended with the fault. */
  | { readonly kind: 'person-pauses'; readonly forMs: number }
  /** An operator pins a group's routes to an appliance; the pin ends with the fault. */
  | {
      readonly kind: 'person-pins';
      readonly group: string;
      readonly instanceId: string;
      readonly forMs: number;
    };

export type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;

export interface Spell {
  readonly fault: Fault;
  readonly startMs: number;
  /** Not before the start. */
  readonly endMs: number;
}

/** Called when a fault begins and ends; most faults have no effect beyond being active. */
export interface FaultEffects {
  begin(fault: Fault): void;
  end(fault: Fault): void;
}

export class Faults {
  readonly #clock: VirtualClock;
  readonly #effects: FaultEffects;
  readonly #active = new Map<Fault['kind'], Fault[]>();
  readonly #spells: Spell[] = [];

  constructor(clock: VirtualClock, effects: FaultEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** All faults so far, in the order in which they were added. */
  get spells(): readonly Spell[] {
    return this.#spells;
  }

  add(fault: Fault, startMs: number, endMs: number): Timer {
    this.#spells.push({ fault, startMs, endMs });
    return this.#clock.at(startMs, () => {
      const active = this.#active.get(fault.kind) ?? [];
      active.push(fault);
      this.#active.set(fault.kind, active);
      this.#effects.begin(fault);
      this.#clock.at(endMs, () => this.end(fault));
    });
  }

  /** Ends the fault now; does nothing when it has ended. */
  end(fault: Fault): void {
    const active = this.#active.get(fault.kind) ?? [];
    const at = active.indexOf(fault);
    if (at < 0) return;
    active.splice(at, 1);
    this.#endSpell(fault);
    this.#effects.end(fault);
  }

  /** Records the actual end of a fault that ended early. */
  #endSpell(fault: Fault): void {
    const nowMs = this.#clock.monotonicMs();
    const at = this.#spells.findLastIndex((one) => one.fault === fault && one.endMs > nowMs);
    const spell = this.#spells[at];
    if (spell !== undefined) this.#spells[at] = { ...spell, endMs: nowMs };
  }

  /** The active faults of one kind. */
  active<K extends Fault['kind']>(kind: K): readonly FaultOf<K>[] {
    const active: readonly Fault[] = this.#active.get(kind) ?? NONE;
    return active.length === 0 ? NONE : active.filter((fault) => isOf(fault, kind));
  }

  isActive(kind: Fault['kind']): boolean {
    return (this.#active.get(kind)?.length ?? 0) > 0;
  }
}

const NONE: readonly never[] = [];

const isOf = <K extends Fault['kind']>(fault: Fault, kind: K): fault is FaultOf<K> =>
  fault.kind === kind;
