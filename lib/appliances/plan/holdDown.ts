/** The hold-down of a group after a failover. Pure. */
import { HOUR_MS } from '../state/failover.ts';
import type { GroupMemory } from '../state.ts';
import type { Policy } from '../types/policy.ts';

/** The policy's hold, doubled for each flap after the first, one hour at most (or the policy's own, if longer). */
export function holdMsOf({ flapCount }: Pick<GroupMemory, 'flapCount'>, policy: Policy): number {
  const doubled = policy.holdMs * 2 ** Math.min(Math.max(0, flapCount - 1), 30);
  return Math.max(policy.holdMs, Math.min(doubled, HOUR_MS));
}
