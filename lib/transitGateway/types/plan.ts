/** What is to be done with transit gateway routes, and what would be done but for a rule. */
import type { Instant } from '../../core/time.ts';

export type TransitRule = 'S1' | 'S2' | 'S4' | 'S5' | 'S6' | 'S7' | 'S8' | 'paused' | 'observe';

export interface TransitPlan {
  /** In the order in which they are carried out. */
  readonly actions: readonly TransitMove[];
  readonly held: readonly TransitHeld[];
}

/** Points one static route at another connection's attachment. */
export interface TransitMove {
  /** `failover`: away from a connection that is down. `failback`: to the preferred one. `pin`: where an operator wants it. */
  readonly kind: 'failover' | 'failback' | 'pin';
  readonly routeKey: string;
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  readonly group: string;
  readonly from: string;
  readonly fromAttachmentId: string | null;
  readonly to: string;
  readonly toAttachmentId: string;
  /** One clause, for people. */
  readonly because: string;
}

export interface TransitHeld {
  readonly kind: TransitMove['kind'];
  readonly routeKey: string;
  readonly group: string;
  readonly from: string;
  /** Null: no member is fit. */
  readonly to: string | null;
  readonly rule: TransitRule;
  readonly because: string;
  /** Null: not known. */
  readonly until: Instant | null;
}

interface Tried {
  readonly move: TransitMove;
  readonly at: Instant;
}

export type TransitOutcome =
  | (Tried & { readonly kind: 'done'; readonly wroteAt: Instant })
  /** Sent, and the read-back does not show it yet. `isUnclear`: the answer was lost, so it may not have happened. */
  | (Tried & { readonly kind: 'written'; readonly isUnclear: boolean })
  | (Tried & { readonly kind: 'skipped'; readonly why: string })
  | (Tried & { readonly kind: 'deferred'; readonly why: string })
  | (Tried & { readonly kind: 'failed'; readonly why: string });
