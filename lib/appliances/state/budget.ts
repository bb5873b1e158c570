/** Our own token bucket for route writes, kept below EC2's (50 at once, 5 a second; facts of 2026-11). Pure. */
import type { Instant } from '../../core/time.ts';
import type { WriteBudget } from '../state.ts';
import type { Policy } from '../types/policy.ts';

/** What the bucket holds now. A clock that went back refills nothing. */
export function refill(budget: WriteBudget, policy: Policy, now: Instant): WriteBudget {
  const gained = (Math.max(0, now - budget.at) / 1_000) * policy.writesPerSecond;
  return { tokens: Math.min(policy.writeBurst, budget.tokens + gained), at: now };
}

/** After `count` writes; `isThrottled`: EC2's own bucket was empty, so ours is too. */
export function spend(budget: WriteBudget, count: number, isThrottled: boolean): WriteBudget {
  return { tokens: isThrottled ? 0 : Math.max(0, budget.tokens - count), at: budget.at };
}
