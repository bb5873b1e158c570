/** What AWS and the probes say at one instant; every gap is explicit. */

import type { LeaseState } from '../../core/lease.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { ProbeHistory } from '../../probe/history.ts';
import type { Vantage } from '../../probe/types.ts';
import type { CheckStatus, InstanceState, InterfaceFact, ScheduledEvent } from './inventory.ts';
import type { Topology } from './topology.ts';

export interface World {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  readonly topology: Topology;
  /** By instance id; one for every appliance of the topology. */
  readonly signals: ReadonlyMap<string, Ec2Signals>;
  /** Ordered by id. */
  readonly vantages: readonly VantageObservation[];
  /** What could not be read at the last try; empty when everything is known. */
  readonly gaps: readonly Gap[];
  readonly lease: LeaseState;
}

/** What EC2 itself says of one appliance. */
export interface Ec2Signals {
  /** `gone`: EC2 no longer knows the id. */
  readonly state: Reading<InstanceState | 'gone'>;
  readonly checks: Reading<StatusChecks>;
  /** The interfaces that are attached to it. */
  readonly interfaces: Reading<readonly InterfaceFact[]>;
  /** When EC2 last showed its addresses; null: never. */
  readonly addressesAt: Instant | null;
  readonly events: readonly ScheduledEvent[];
  /** When EC2 last started it; null or absent: not known. */
  readonly launchedAt?: Instant | null;
}

export interface StatusChecks {
  readonly system: CheckStatus;
  readonly instance: CheckStatus;
  readonly attachedEbs: CheckStatus;
}

export interface VantageObservation {
  readonly vantage: Vantage;
  /** By `targetKey`; a probe that cannot be sent from here has none. */
  readonly histories: ReadonlyMap<string, ProbeHistory>;
  /** Newest last, at most `ROUNDS_KEPT`: which appliances answered the probes of one instant. */
  readonly rounds: readonly RoundObservation[];
  /** Why probes of an appliance prove nothing from here, by `targetKey`. */
  readonly unreachables: ReadonlyMap<string, Unreachable>;
  /** Probes that go through their appliance's tunnel from here, by `targetKey`, and what each reaches. Absent: none. */
  readonly farSides?: ReadonlyMap<string, FarSide>;
}

/** One port behind a group's tunnels: the same word by whichever appliance it is reached. */
export type FarSide = string;

export interface RoundObservation {
  readonly sentAt: Instant;
  /** Distinct appliances that answered; two are enough to know, more are not kept. */
  readonly answeredBy: readonly string[];
  /** Whether every target of the vantage was probed, and all have answered or missed. */
  readonly isFull: boolean;
  readonly isOver: boolean;
}

export const ROUNDS_KEPT = 256;

/** A probe that proves nothing from a vantage. */
export interface Unreachable {
  /** `unread`: its addresses are not known yet, or no more. */
  readonly reason: 'unreachable' | 'behind-tunnel' | 'unread';
  readonly why: string;
}

export interface Gap {
  /** `tags`, `route tables`, `instances of eu-west-1a`, `clock`, … */
  readonly what: string;
  readonly why: string;
  readonly since: Instant;
  /** Null: the whole region is in doubt and nothing is written; else only this zone's appliances are no targets. */
  readonly zone: string | null;
}

/** In place of a zone: only Elastic addresses are not moved. */
export const ADDRESSES_ONLY = 'Elastic addresses';

/** The name of one probe of one appliance, the same at every vantage. */
export const targetKey = (instanceId: string, probeText: string): string =>
  `${instanceId} ${probeText}`;
