/** What the core may ask of the world. Types only; `lib/aws` and `lib/sim` implement them. */

import type { Notice, Signature } from './model/incident.ts';
import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
  TagFact,
} from './model/inventory.ts';
import type { Measures } from './model/measures.ts';
import type { KnockAnswer, Round, Vantage } from './model/probe.ts';
import type { Reading } from './model/reading.ts';
import type { EventPort } from './ports/events.ts';
import type { Clock } from './time.ts';

/** One region of one account. */
export interface Ports {
  readonly region: string;
  readonly clock: Clock;
  readonly ec2: Ec2Port;
  readonly probes: ProbePort;
  readonly store: StorePort;
  readonly notices: NoticePort;
  readonly journal: JournalPort;
  readonly events: EventPort;
}

/** What every job in a region needs, whatever it watches. */
export type RegionPorts = Pick<
  Ports,
  'region' | 'clock' | 'store' | 'notices' | 'journal' | 'events'
>;

/**
 * EC2, read and written. No call throws for what AWS answers: a fault is a reading that is not known, or a write
 * that says how it ended. Lists are whole (every page) or unknown; partial is unknown.
 */
export interface Ec2Port {
  /** Every tag with one of `keys`. */
  tags(keys: readonly string[], signal: AbortSignal): Promise<Reading<readonly TagFact[]>>;
  /** Asked by id, so that only these instances' zone can fail it. Ids that EC2 no longer knows are absent. */
  instances(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly InstanceFact[]>>;
  /** States and status checks, of instances in every state. Ids that EC2 no longer knows are absent. */
  statuses(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly StatusFact[]>>;
  /** Interfaces attached to these instances. */
  interfaces(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly InterfaceFact[]>>;
  subnets(vpcIds: readonly string[], signal: AbortSignal): Promise<Reading<readonly SubnetFact[]>>;
  /** Tables of whole VPCs, or exactly these tables (absent ones are left out). */
  routeTables(
    of: { readonly vpcIds: readonly string[] } | { readonly tableIds: readonly string[] },
    signal: AbortSignal,
  ): Promise<Reading<readonly RouteTableFact[]>>;
  prefixLists(
    prefixListIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly PrefixListFact[]>>;
  /** Points one existing route at one interface. Never creates, never deletes. */
  replaceRoute(write: RouteWrite, signal: AbortSignal): Promise<WriteAnswer>;
}

export interface RouteWrite {
  readonly tableId: string;
  /** IPv4 CIDR, IPv6 CIDR or prefix-list id. */
  readonly destination: string;
  readonly interfaceId: string;
}

export type WriteAnswer =
  | { readonly kind: 'written' }
  /** EC2 asks for patience; nothing was written. */
  | { readonly kind: 'throttled'; readonly why: string }
  /** The answer was lost: it may or may not have been written. */
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface ProbePort {
  /** The places to probe from, with their subnets as far as they can be learnt. Never empty. */
  vantages(signal: AbortSignal): Promise<readonly Vantage[]>;
  /**
   * Sends one knock to each target of the round at the same instant, and hands over each answer as it comes:
   * exactly one a target, by `timeoutMs` and a little more. A vantage that cannot be asked answers `unknown` for all.
   */
  knock(round: Round, onAnswer: (answer: KnockAnswer) => void, signal: AbortSignal): Promise<void>;
}

/** A stored thing: JSON values only. `version` counts its writes from 1. */
export interface Item {
  readonly id: string;
  readonly version: number;
  readonly body: unknown;
}

/** One table with conditional writes. Faults are data, as in `Ec2Port`. */
export interface StorePort {
  /** Those of `ids` that exist. Strongly consistent. */
  read(ids: readonly string[], signal: AbortSignal): Promise<Reading<readonly Item[]>>;
  /** Writes only over exactly the version that was read (0: must not exist yet). */
  write(item: ItemWrite, signal: AbortSignal): Promise<StoreAnswer>;
}

export interface ItemWrite {
  readonly id: string;
  readonly overVersion: number;
  readonly body: unknown;
  /** When the table may forget it; null: never. Milliseconds since 1970, stored in seconds. */
  readonly expiresAt: number | null;
}

export type StoreAnswer =
  | { readonly kind: 'written'; readonly version: number }
  /** Somebody else wrote it since. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly why: string };

export interface NoticePort {
  /** What every notice is signed with; none: by nobody in particular. */
  readonly signature?: Signature;
  publish(notice: Notice, signal: AbortSignal): Promise<PublishAnswer>;
}

export type PublishAnswer =
  | { readonly kind: 'published'; readonly messageId: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Structured log and metrics: one line an entry, never a secret. */
export interface JournalPort {
  write(
    level: 'info' | 'warn' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void;
  /** Embedded metrics; names are those of the catalogue. */
  measure(metrics: Measures): void;
}
