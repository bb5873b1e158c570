/** One incident with its history, as `explain` reports it. */
import type { OperatorEntry } from '../../core/operatorLog.ts';
import type { Instant } from '../../core/time.ts';
import type { Chapter } from '../../incidents/history/entry.ts';
import type { Incident } from '../../incidents/types.ts';

export interface Explanation {
  readonly id: string;
  /** Null: it is no longer in the incident store, only in the history. */
  readonly incident: Incident | null;
  /** Null: it has no history. */
  readonly chapter: Chapter | null;
  readonly milestones: readonly Milestone[];
  /** What people did meanwhile. */
  readonly people: readonly OperatorEntry[];
  /** Openings in the history, the latest first. */
  readonly openings: readonly number[];
  readonly nth: number;
}

export interface Milestone {
  readonly name: string;
  readonly at: Instant;
  /** Since the first of them. */
  readonly afterMs: number;
}
