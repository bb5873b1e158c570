/** Everything that can go wrong in the simulated account, as data: what, from when, until when. */
import type { Timer, VirtualClock } from './clock.ts';
import type { VpnFault } from './faults/connections.ts';
import type { EndpointFault } from './faults/endpoints.ts';

export type Fault =
  | ApplianceFault
  /** Its hosts are silent, and EC2 cannot say anything of its instances, or of any when asked without ids. */
  | { readonly kind: 'zone-dead'; readonly zone: string; readonly hidesInterfaces: boolean }
  /** Null: every appliance there is. */
  | { readonly kind: 'all-dead'; readonly group: string | null }
  | VantageFault
  | Ec2Fault
  | StoreFault
  | { readonly kind: 'notifications-failing' }
  | { readonly kind: 'events-refused' }
  /** The wall clock of every running watcher steps; new ones start right. */
  | { readonly kind: 'clock-step'; readonly byMs: number }
  /** Every running process stands still, and then goes on. */
  | { readonly kind: 'process-frozen'; readonly forMs: number }
  /** The instants of the stored state lie so far in the future: the clock of the process that wrote them was wrong. */
  | { readonly kind: 'state-ahead'; readonly byMs: number }
  | RivalFault
  | VpnFault
  | EndpointFault
  | { readonly kind: 'events-lost'; readonly chance: number }
  | { readonly kind: 'events-doubled'; readonly chance: number }
  /** The newest watcher dies in the middle of whatever it does, without a word. */
  | { readonly kind: 'watcher-killed' }
  /** No new watcher is started. */
  | { readonly kind: 'schedule-missed' };

export type ApplianceFault =
  /** Refuses connections: the daemon is gone, the host is there. */
  | { readonly kind: 'process-dead'; readonly instanceId: string }
  /** Silent. */
  | { readonly kind: 'host-dead'; readonly instanceId: string }
  /** TCP connects; no daemon answers, nothing is forwarded. */
  | { readonly kind: 'half-open'; readonly instanceId: string }
  /** Silent for the first `downMs` of each `periodMs`. */
  | {
      readonly kind: 'flapping';
      readonly instanceId: string;
      readonly periodMs: number;
      readonly downMs: number;
    }
  | { readonly kind: 'slow'; readonly instanceId: string; readonly byMs: number }
  | { readonly kind: 'stopped'; readonly instanceId: string }
  /** Its end: a new instance is launched in its place. */
  | { readonly kind: 'terminated'; readonly instanceId: string }
  | {
      readonly kind: 'impaired';
      readonly instanceId: string;
      readonly check: 'system' | 'instance' | 'attachedEbs';
      /** Whether it goes on answering all the same. */
      readonly answers: boolean;
    }
  | { readonly kind: 'detached'; readonly instanceId: string }
  /** Somebody switches the source/destination check on: it answers, and forwards nothing. */
  | { readonly kind: 'source-dest-check-on'; readonly instanceId: string };

export type VantageFault =
  /** Its packets go nowhere; it does not know. */
  | { readonly kind: 'vantage-blind'; readonly vantageId: string }
  /** It cannot be asked, and we know. */
  | { readonly kind: 'vantage-unaskable'; readonly vantageId: string }
  | { readonly kind: 'vantage-slow'; readonly vantageId: string; readonly byMs: number }
  /** Each knock is lost with this chance, 0..1. */
  | { readonly kind: 'probe-loss'; readonly chance: number };

export type Ec2Action =
  | 'DescribeTags'
  | 'DescribeInstances'
  | 'DescribeInstanceStatus'
  | 'DescribeNetworkInterfaces'
  | 'DescribeSubnets'
  | 'DescribeRouteTables'
  | 'GetManagedPrefixListEntries'
  | 'ReplaceRoute';

export type Ec2Fault =
  /** Other tools drink from the buckets: a call is refused with this chance. */
  | { readonly kind: 'api-throttled'; readonly action: Ec2Action | 'all'; readonly chance: number }
  | { readonly kind: 'api-unreadable'; readonly action: Ec2Action; readonly why: string }
  | { readonly kind: 'api-slow'; readonly byMs: number }
  /** The answer to a write is lost, before or after its effect. */
  | { readonly kind: 'write-unclear'; readonly chance: number; readonly isAfterEffect: boolean }
  /** Reads show the account as it was so long ago. */
  | { readonly kind: 'stale-reads'; readonly lagMs: number };

export type StoreFault =
  | { readonly kind: 'store-unreachable' }
  /** Calls fail with this chance; half of the writes that fail were written all the same. */
  | { readonly kind: 'store-flaky'; readonly chance: number }
  /** Somebody else writes the same item just before, with this chance. */
  | { readonly kind: 'store-conflicts'; readonly chance: number }
  /** Somebody overwrites a stored item with something else. */
  | { readonly kind: 'store-garbage' };

export type RivalFault =
  /** A person points a route elsewhere: at an appliance, or at something that is none (null). */
  | {
      readonly kind: 'rival-route';
      readonly tableId: string;
      readonly destination: string;
      readonly instanceId: string | null;
      /** At the start, or just before the first table that is read by its id after that. */
      readonly when: 'at-start' | 'at-next-read';
    }
  /** A person takes our tag off; its end puts it back. */
  | { readonly kind: 'rival-untag'; readonly resourceId: string }
  /** A person pins a group's routes to an appliance; its end ends the pin. */
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

/** What a fault does to the world when it begins and when it ends; most do nothing but be there. */
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

  /** All there ever were, in the order in which they were added. */
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

  /** Ends the fault now; does nothing when it has ended already. */
  end(fault: Fault): void {
    const active = this.#active.get(fault.kind) ?? [];
    const at = active.indexOf(fault);
    if (at < 0) return;
    active.splice(at, 1);
    this.#endSpell(fault);
    this.#effects.end(fault);
  }

  /** What ended early was not going on until its appointed end. */
  #endSpell(fault: Fault): void {
    const nowMs = this.#clock.monotonicMs();
    const at = this.#spells.findLastIndex((one) => one.fault === fault && one.endMs > nowMs);
    const spell = this.#spells[at];
    if (spell !== undefined) this.#spells[at] = { ...spell, endMs: nowMs };
  }

  /** Those of one kind that are going on. */
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
