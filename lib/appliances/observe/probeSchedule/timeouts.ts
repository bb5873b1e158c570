/** How long a probe waits: a living target answers in its usual time. Pure. */
import { noHistory, type ProbeHistory } from '../../../probe/history.ts';
import type { Policy } from '../../types/policy.ts';
import type { PostView, RoundPlan } from './types.ts';

/** A look at these targets, with the timeout of the slowest of them, at least `leastMs`. */
export function lookAt(
  keys: readonly string[],
  post: Pick<PostView, 'histories'>,
  leastMs: number,
  policy: Policy,
): RoundPlan {
  // A slow witness keeps its own timeout: it may be the target of the routes.
  const timeoutsMs = keys.map((key) =>
    patienceMs(post.histories.get(key) ?? noHistory, leastMs, policy),
  );
  return { keys, timeoutMs: Math.max(...timeoutsMs), kind: 'look' };
}

/** The last look of a silence: at least this. */
export const LOOK_MS_MIN = 75;
/** A probe that was given at least this counts as a whole miss. */
export const WHOLE_MS_MIN = 300;

/** How long a living target may take: four times its slowest recent answer, at least this, at most the timeout. */
const patienceMs = (history: ProbeHistory, leastMs: number, policy: Policy): number =>
  Math.min(policy.probeTimeoutMs, Math.max(leastMs, 4 * history.slowMs));

/** Whether a probe with this timeout, unanswered, is a whole miss of this target. */
export const isWholeMiss = (history: ProbeHistory, timeoutMs: number, policy: Policy): boolean =>
  timeoutMs >= patienceMs(history, WHOLE_MS_MIN, policy);
