/** One row of docs/coverage.md. */
import type { Reason } from '../../../lib/core/reasons.ts';

export interface CoverageRow {
  /** The service or the part of it. */
  readonly of: string;
  /** What fails, or the duty. */
  readonly fails: string;
  /** What is found, notified or done about it. */
  readonly does: string;
  readonly reasons: readonly Reason[];
  /** Files of tests, from the root of the repository. */
  readonly tests: readonly string[];
  /** What is not there, and why where AWS does not show it; null: the row is whole. */
  readonly missing: string | null;
}
