/** The probe schedule: when to probe next, and which targets. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Policy } from '../types/policy.ts';
import { isPaceOver } from './probeSchedule/pace.ts';
import { type Suspect, suspectsOf } from './probeSchedule/silences.ts';
import { LOOK_MS_MIN, lookAt, WHOLE_MS_MIN } from './probeSchedule/timeouts.ts';
import type { PostView, RoundPlan } from './probeSchedule/types.ts';
import { witnesses } from './probeSchedule/witnesses.ts';

export interface NextRound {
  /** Null: nothing is due yet. */
  readonly round: RoundPlan | null;
  readonly nextAt: Instant;
}

/**
 * Every target once an interval, the current next hops twice. A suspect (a first miss after an answer) is probed ten
 * times a second together with a few others, as witnesses that the vantage works; and all are probed exactly when
 * its silence is long enough for a verdict. From then on its probes have a short timeout, because a living target answers in
 * its usual time. A target with a pace of its own is never probed more often than that.
 */
export function nextRound(post: PostView, policy: Policy, now: Instant): NextRound {
  const fullAt = post.lastFullAt === null ? now : post.lastFullAt + policy.probeIntervalMs;
  const hopsAt = hopsDueAt(post, policy);
  const suspects = suspectsOf(post, policy, now);
  const nextAt = nextAfter(now, Math.max(Math.min(fullAt, hopsAt), now), suspects);
  const isFree = (key: string) => isPaceOver(post, key, now);
  const ripe = suspects.filter(
    ({ key, verdictAt }) => now >= verdictAt && post.lastSentAt < verdictAt && isFree(key),
  );
  // All are probed: whether one died or many is to be known at the verdict (S3).
  if (ripe.length > 0) {
    const keys = [...post.aims.aims.keys()].filter(isFree);
    return { round: lookAt(keys, post, LOOK_MS_MIN, policy), nextAt };
  }
  if (now >= fullAt) {
    const keys = [...post.aims.aims.keys()].filter(isFree);
    return {
      round: { keys, timeoutMs: policy.probeTimeoutMs, kind: 'full' },
      nextAt: nextAfter(now, now + policy.probeIntervalMs / 2, suspects),
    };
  }
  if (now >= hopsAt) {
    const hops = [...post.aims.aims].flatMap(([key, { isNextHop }]) =>
      isNextHop && isFree(key) ? [key] : [],
    );
    const keys = [...hops, ...witnesses(post, hops)];
    return {
      round: { keys, timeoutMs: policy.probeTimeoutMs, kind: 'hops' },
      nextAt: nextAfter(now, fullAt, suspects),
    };
  }
  const due = suspects.filter(({ key }) => isFree(key));
  if (due.length === 0 || now < post.lastSentAt + SUSPECT_MS) {
    const soonest = Math.min(fullAt, hopsAt);
    return { round: null, nextAt: nextAfter(post.lastSentAt, soonest, suspects) };
  }
  const areAllRipe = due.every(({ verdictAt }) => now >= verdictAt);
  return { round: look(post, due, areAllRipe ? LOOK_MS_MIN : WHOLE_MS_MIN, policy), nextAt };
}

/** Half-way between two full rounds; never where nothing is a next hop. */
function hopsDueAt({ aims, lastFullAt, lastHopsAt }: PostView, policy: Policy): Instant {
  if (lastFullAt === null || (lastHopsAt !== null && lastHopsAt > lastFullAt)) {
    return Number.POSITIVE_INFINITY;
  }
  const isAny = [...aims.aims.values()].some(({ isNextHop }) => isNextHop);
  return isAny ? lastFullAt + policy.probeIntervalMs / 2 : Number.POSITIVE_INFINITY;
}

function look(
  post: PostView,
  suspects: readonly Suspect[],
  leastMs: number,
  policy: Policy,
): RoundPlan {
  const suspected = suspects.map(({ key }) => key);
  return lookAt([...suspected, ...witnesses(post, suspected)], post, leastMs, policy);
}

function nextAfter(lastSentAt: Instant, dueAt: Instant, suspects: readonly Suspect[]): Instant {
  if (suspects.length === 0) return dueAt;
  const verdictAts = suspects.map(({ verdictAt }) => verdictAt).filter((at) => at > lastSentAt);
  return Math.min(dueAt, lastSentAt + SUSPECT_MS, ...verdictAts);
}

/** Between the probes of a suspect. */
const SUSPECT_MS = 100;
