/** Tunnel endpoints that are replaced now, and those that would be but for a rule. */
import type { Instant } from '../../core/time.ts';

export interface ReplacementPlan {
  /** At most one. */
  readonly actions: readonly Replacement[];
  readonly held: readonly HeldReplacement[];
}

export interface Replacement {
  readonly tunnelId: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly outsideIp: string;
  readonly customerGatewayId: string | null;
  /** One clause, for people. */
  readonly because: string;
}

export interface HeldReplacement {
  readonly replacement: Replacement;
  readonly rule: 'S1' | 'S7' | 'S8' | 'S9' | 'paused' | 'observe';
  readonly because: string;
  /** Null: not known. */
  readonly until: Instant | null;
}

interface Tried {
  readonly replacement: Replacement;
  readonly at: Instant;
}

export type ReplacementOutcome =
  /** Read back: the maintenance is not pending any more. */
  | (Tried & { readonly kind: 'done' })
  /** Taken, and not seen yet. `isUnclear`: the answer was lost, so it may not have happened. */
  | (Tried & { readonly kind: 'written'; readonly isUnclear: boolean; readonly why: string })
  /** Nothing was done. */
  | (Tried & { readonly kind: 'skipped' | 'deferred' | 'failed'; readonly why: string });
