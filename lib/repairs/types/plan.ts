/** What is to be repaired now, what waits for which brake, and what came of starting it. */

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

/** Each brake by its own name, so that people can tell which one holds. */
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

/** What came of asking for a repair. What came of the repair itself is its attempt's result. */
export interface StartedRepair {
  readonly due: DueRepair;
  readonly at: Instant;
  readonly kind: 'started' | 'deferred' | 'failed';
  readonly why: string | null;
}
