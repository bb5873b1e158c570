/** What is to be done, and what would be done but for a rule. */
import type { Instant } from '../../core/time.ts';

/**
 * The safety rules of the design, by number; `pool`: a client pool's route is pinned to its owner;
 * `paused`: an operator has stopped every write; `observe`: the deployment's own choice to write nothing.
 */
export type Rule =
  | 'S1'
  | 'S2'
  | 'S3'
  | 'S4'
  | 'S5'
  | 'S6'
  | 'S7'
  | 'S8'
  | 'S9'
  | 'S14'
  | 'pool'
  | 'paused'
  | 'observe';

export interface Plan {
  /** In the order in which they are to be carried out: the most specific harm first. */
  readonly actions: readonly Move[];
  readonly held: readonly Held[];
}

/** Points one route at another appliance's interface, or at a gateway of last resort. */
export interface Move {
  readonly kind: MoveKind;
  readonly routeKey: string;
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  readonly group: string;
  readonly vpcId: string;
  readonly from: string;
  readonly fromTargetId: string;
  /** An appliance, or a gateway. */
  readonly to: string;
  /** An interface, or a gateway. */
  readonly toTargetId: string;
  /** One clause, for people: `vpn-a is down (…)`. */
  readonly because: string;
  readonly isEc2Confirmed: boolean;
  /** Another tool pointed the route back at an appliance that was known to be dead: no failover of its own. */
  readonly isUndoing?: boolean;
  /** Its target answers and fails EC2's status check. */
  readonly isLastResort?: boolean;
  /** Of a failback: what answers through the next hop that it leaves. */
  readonly farSides?: readonly string[];
}

/** `failover`: away from a dead next hop. `leave`: away from one that is about to end, or is drained. `failback`: to the preferred one. `pool`: a pool's route to its owner. `pin`: where a person pinned it. */
export type MoveKind = (typeof MOVE_KINDS)[number];

export const MOVE_KINDS = ['failover', 'failback', 'pool', 'pin', 'leave'] as const;

/** A move that is not made, by which rule, and until when if that is known. `to` is null when no target is left. */
export interface Held {
  readonly kind: MoveKind;
  readonly routeKey: string;
  readonly group: string;
  readonly from: string;
  readonly to: string | null;
  readonly rule: Rule;
  readonly because: string;
  readonly until: Instant | null;
}

export type Outcome = {
  readonly move: Move;
  /** When EC2 answered the write; of what was not written, when that was known. */
  readonly at: Instant;
} /** `readBackAt`: when EC2 had shown it. */ & (
  | { readonly kind: 'done'; readonly tookMs: number; readonly readBackAt?: Instant }
  /** Sent to EC2, but the read-back does not show it yet. `isUnclear`: its answer was lost, so it may not have happened. */
  | { readonly kind: 'written'; readonly tookMs: number; readonly isUnclear: boolean }
  /** The fresh read before the write showed that it is no longer right (S6). */
  | { readonly kind: 'skipped'; readonly why: string }
  /** EC2 throttled the call, or its answer was lost: the next pass decides again. */
  | { readonly kind: 'deferred'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly isOfTable?: boolean }
);
