/** Long probes of what is silent: they tell an answer later than the timeout from none. Pure. */
import type { Instant } from '../../../core/time.ts';
import { TIMEOUT_MS_MAX } from '../../../probe/wire.ts';
import type { Policy } from '../../types/policy.ts';
import { isPaceOver } from './pace.ts';
import type { PostView } from './types.ts';

/**
 * The silent targets that are due a long probe: one that distinguishes an answer later than the timeout from none. Once a second
 * for the first 10 s and while answers come late, then once in 10 s; never against a target's own pace.
 */
export function longRound(post: PostView, policy: Policy, now: Instant): readonly string[] {
  const due: string[] = [];
  if (longTimeoutMs(policy) <= policy.probeTimeoutMs) return due;
  post.histories.forEach((history, key) => {
    const [first] = history.misses;
    if (first === undefined || !isPaceOver(post, key, now)) return;
    const everyMs = post.aims.aims.get(key)?.everyMs ?? 0;
    // At a slow pace it takes the place of an ordinary probe, which a verdict may need.
    if (everyMs > 0 && history.misses.length < policy.fall) return;
    const isYoung = history.hasAnswered && now - first.sentAt < LONG_GAP_MS_MAX;
    const gapMs = isYoung || history.late !== null ? LONG_GAP_MS : LONG_GAP_MS_MAX;
    const lastAt = post.longSentAts.get(key) ?? Number.NEGATIVE_INFINITY;
    if (now - lastAt >= Math.max(gapMs, LONG_PACES * everyMs) - 50) due.push(key);
  });
  return due;
}

/** Three times the timeout of the others. */
export const longTimeoutMs = ({ probeTimeoutMs }: Policy): number =>
  Math.min(TIMEOUT_MS_MAX, 3 * probeTimeoutMs);

const LONG_GAP_MS = 1_000;
const LONG_GAP_MS_MAX = 10_000;
const LONG_PACES = 4;
