/** What assess hands on to plan, act and report. */
import type { Finding } from '../../core/finding.ts';
import type { Leaves } from '../state/leave.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Verdicts } from './verdict.ts';

export interface Assessment {
  readonly verdicts: Verdicts;
  /** What is about to end, or is drained. */
  readonly leaves: Leaves;
  /** Ordered by reason, then subject. */
  readonly findings: readonly Finding[];
  /** As in a report. */
  readonly unjudged?: ReadonlySet<string>;
  /** What is to be remembered of each appliance, by instance id. */
  readonly appliances: ReadonlyMap<string, ApplianceMemory>;
}
