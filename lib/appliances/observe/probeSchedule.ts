/** The probe schedule: when to probe next, and which targets. Pure. */

import type { Instant } from '../../core/time.ts';
import { noHistory, type ProbeHistory } from '../../probe/history.ts';
import { type Policy, silenceMsMin } from '../types/policy.ts';
import type { Aims } from './targets.ts';

export interface RoundPlan {
  readonly keys: readonly string[];
  readonly timeoutMs: number;
  /** Every target of the vantage. */
  readonly isFull: boolean;
}

export interface NextRound {
  /** Null: nothing is due yet. */
  readonly round: RoundPlan | null;
  readonly nextAt: Instant;
}

interface PostView {
  readonly aims: Aims;
  readonly histories: ReadonlyMap<string, ProbeHistory>;
  readonly lastFullAt: Instant | null;
  readonly lastSentAt: Instant;
}

/**
 * Every target once an interval. A suspect (a first miss after an answer) is probed four times an interval, and
 * once exactly when its silence is long enough for a verdict, together with a few others as witnesses that the vantage
 * works. From then on its probes have a short timeout, because a living target answers in its usual time.
 */
export function nextRound(post: PostView, policy: Policy, now: Instant): NextRound {
  const fullAt = post.lastFullAt === null ? now : post.lastFullAt + policy.probeIntervalMs;
  const suspects = [...post.histories].flatMap(([key, history]): readonly Suspect[] => {
    const firstMissAt = suspectedSince(history, policy, now);
    if (firstMissAt === null) return [];
    return [{ key, history, verdictAt: firstMissAt + silenceMsMin(policy) }];
  });
  const nextAt = nextAfter(now, Math.max(fullAt, now), suspects, policy);
  const ripe = suspects.filter(({ verdictAt }) => now >= verdictAt && post.lastSentAt < verdictAt);
  if (ripe.length > 0) return { round: look(post, ripe, policy), nextAt };
  if (now >= fullAt) {
    const keys = [...post.aims.aims.keys()];
    return {
      round: { keys, timeoutMs: policy.probeTimeoutMs, isFull: true },
      nextAt: nextAfter(now, now + policy.probeIntervalMs, suspects, policy),
    };
  }
  if (suspects.length === 0 || now < post.lastSentAt + spacingMs(policy)) {
    return { round: null, nextAt: nextAfter(post.lastSentAt, fullAt, suspects, policy) };
  }
  const areAllRipe = suspects.every(({ verdictAt }) => now >= verdictAt);
  const round = look(post, suspects, policy);
  return { round: areAllRipe ? round : { ...round, timeoutMs: policy.probeTimeoutMs }, nextAt };
}

interface Suspect {
  readonly key: string;
  readonly history: ProbeHistory;
  /** When its silence is long enough for a verdict. */
  readonly verdictAt: Instant;
}

function look(post: PostView, suspects: readonly Suspect[], policy: Policy): RoundPlan {
  const suspected = suspects.map(({ key }) => key);
  const keys = [...suspected, ...witnesses(post, suspected)];
  // A slow witness keeps its own timeout: it may be the target of the routes.
  const timeoutsMs = keys.map((key) => lookMs(post.histories.get(key) ?? noHistory, policy));
  return { keys, timeoutMs: Math.max(...timeoutsMs), isFull: false };
}

/** Between the probes of a suspect. */
const spacingMs = (policy: Policy): number => policy.probeIntervalMs / 4;

/** How long a living target may take: four times its slowest recent answer, at least this, at most the timeout. */
const LOOK_MS_MIN = 150;

const lookMs = (history: ProbeHistory, policy: Policy): number =>
  Math.min(policy.probeTimeoutMs, Math.max(LOOK_MS_MIN, 4 * history.slowMs));

/** Whether some silence is long enough that an answer may change a verdict now. */
export function isRipe(
  histories: ReadonlyMap<string, ProbeHistory>,
  policy: Policy,
  now: Instant,
): boolean {
  // Called for each of a hundred answers: no allocation for those without a miss.
  let isAny = false;
  histories.forEach((history) => {
    if (isAny || history.misses.length === 0) return;
    const since = suspectedSince(history, policy, now);
    isAny = since !== null && now >= since + silenceMsMin(policy);
  });
  return isAny;
}

/** The first miss of a silence that is still young enough to be worth hurrying; null for targets that answer, never answered, or have been silent for long. */
function suspectedSince(history: ProbeHistory, policy: Policy, now: Instant): Instant | null {
  const first = history.misses[0];
  if (first === undefined || !history.hasAnswered) return null;
  const hurryMs = 2 * silenceMsMin(policy) + policy.probeIntervalMs + policy.probeTimeoutMs;
  return now - first.sentAt <= hurryMs ? first.sentAt : null;
}

function nextAfter(
  lastSentAt: Instant,
  fullAt: Instant,
  suspects: readonly Suspect[],
  policy: Policy,
): Instant {
  if (suspects.length === 0) return fullAt;
  const verdictAts = suspects.map(({ verdictAt }) => verdictAt).filter((at) => at > lastSentAt);
  return Math.min(fullAt, lastSentAt + spacingMs(policy), ...verdictAts);
}

/** A vantage works when others answer it in the same round: three are enough. */
const WITNESS_COUNT = 3;

function witnesses(post: PostView, suspects: readonly string[]): readonly string[] {
  const suspected = new Set(suspects.map((key) => post.aims.aims.get(key)?.instanceId));
  const chosen = new Map<string, string>();
  for (const [key, { instanceId }] of post.aims.aims) {
    const history = post.histories.get(key);
    const isWell = history !== undefined && history.goodCount > 0 && history.misses.length === 0;
    if (isWell && !suspected.has(instanceId) && !chosen.has(instanceId))
      chosen.set(instanceId, key);
    if (chosen.size === WITNESS_COUNT) break;
  }
  return [...chosen.values()];
}
