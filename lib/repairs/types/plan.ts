/** What is repaired now, what a brake holds, and the outcome of starting it. */

import type { Rule } from '../../appliances/types/plan.ts';
import type { RepairStep } from '../../core/repairTags.ts';
import type { Instant } from '../../core/time.ts';
import type { LadderEnd, RepairPhase } from '../types.ts';

export interface RepairAssessment {
  /** Ordered by instance id. */
  readonly due: readonly DueRepair[];
  /** Ladders that are over, by instance id. */
  readonly ended: ReadonlyMap<string, LadderEnd>;
}

/** A step that would help now, as far as is known. */
export interface DueRepair {
  readonly instanceId: string;
  readonly name: string;
  readonly group: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly phase: RepairPhase;
  /** Nothing was done to it yet in this ladder. */
  readonly isNewLadder: boolean;
  /** The owner's steps that could help against what is wrong. */
  readonly allowed: readonly RepairStep[];
  readonly isEc2Confirmed: boolean;
  /** Since when it is down. */
  readonly since: Instant;
  /** One clause, for people: `vpn-a is down: …`. */
  readonly because: string;
}

/** Each brake by its own name, as notifications show it. */
export type Brake =
  | 'observation'
  | 'lease'
  | 'mass failure'
  | 'carrying routes'
  | 'last of its group'
  | 'one of a group'
  | 'share of the fleet'
  | 'one ladder an hour'
  | 'three ladders a day'
  | 'boot grace'
  | 'maintenance window'
  | 'start budget'
  | 'paused'
  | 'mode observe';

export interface HeldRepair {
  readonly due: DueRepair;
  readonly rule: Rule;
  readonly brake: Brake;
  readonly because: string;
  /** Null: not known. */
  readonly until: Instant | null;
}

export interface RepairPlan {
  readonly actions: readonly DueRepair[];
  readonly held: readonly HeldRepair[];
}

/** The outcome of starting a repair. The result of the repair itself is its attempt's. */
export interface StartedRepair {
  readonly due: DueRepair;
  readonly at: Instant;
  readonly kind: 'started' | 'deferred' | 'failed';
  readonly why: string | null;
}
