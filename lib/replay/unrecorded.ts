/** What a capture does not hold stays unknown, and says nothing about the account. */
import type { Finding } from '../core/finding.ts';
import type { Stages } from '../watcher/poll/stages.ts';
import { MISSING } from './fields.ts';

/** The same stages without findings that say only that a read is not in the capture. `hasMetrics`: any point is in it. */
export const withoutUnrecorded = <World, Memory, Plan, Outcome>(
  stages: Stages<World, Memory, Plan, Outcome>,
  hasMetrics: boolean,
): Stages<World, Memory, Plan, Outcome> => ({
  ...stages,
  assess(world, memory, now) {
    const assessed = stages.assess(world, memory, now);
    const findings = assessed.findings.filter(
      (one) => !isUnrecorded(one) && (hasMetrics || !METRICS_UNREAD.test(one.reason)),
    );
    return { ...assessed, findings };
  },
});

/** A pass that asks for no metrics says so without saying why. */
const METRICS_UNREAD = /MetricsUnread$/;

/** Whether it says only that a read is not in the capture. */
export const isUnrecorded = ({ evidence }: Pick<Finding, 'evidence'>): boolean =>
  evidence.some((line) => line.includes(MISSING)) &&
  !evidence.some((line) => !line.includes(MISSING) && FAULT.test(line));

/** Whether every line of its evidence says that a read is not in the capture. */
export const isWhollyUnrecorded = ({ evidence }: Pick<Finding, 'evidence'>): boolean =>
  evidence.length > 0 && evidence.every((line) => line.includes(MISSING));

/** What a capture does not hold is no refusal of AWS: `tags: not in the capture`. */
export const withoutRefusal = (objection: string): string =>
  objection.includes(MISSING)
    ? objection.replace(/ cannot be read: .*/s, ': not in the capture')
    : objection;

/** A read that AWS itself did not answer. */
const FAULT = / (refused|denied|throttled|not accepted|got no usable answer|aborted)\b/;
