/** The probe schedule: when to probe next, and which targets. Pure. */

import type { Instant } from '../../core/time.ts';
import { noHistory, type ProbeHistory } from '../../probe/history.ts';
import { TIMEOUT_MS_MAX } from '../../probe/wire.ts';
import type { Policy } from '../types/policy.ts';
import type { FarSide } from '../types/world.ts';
import type { Aims } from './targets.ts';

export interface RoundPlan {
  readonly keys: readonly string[];
  readonly timeoutMs: number;
  /** `full`: every target that is due. `hops`: the current next hops, between two full rounds. `look`: suspects. */
  readonly kind: 'full' | 'hops' | 'look';
}

export interface NextRound {
  /** Null: nothing is due yet. */
  readonly round: RoundPlan | null;
  readonly nextAt: Instant;
}

interface PostView {
  readonly aims: Aims;
  readonly histories: ReadonlyMap<string, ProbeHistory>;
  /** When each target was probed last, by key. */
  readonly sentAts: ReadonlyMap<string, Instant>;
  /** When each target was last given a long probe, by key. */
  readonly longSentAts: ReadonlyMap<string, Instant>;
  readonly lastFullAt: Instant | null;
  readonly lastHopsAt: Instant | null;
  readonly lastSentAt: Instant;
  /** How long a silence is long enough for a verdict, seen from this vantage. */
  readonly silenceMs: number;
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

/**
 * The silent targets that are due a long probe: one that tells an answer later than the timeout from none. Once a second
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

/** Half-way between two full rounds; never where nothing is a next hop. */
function hopsDueAt({ aims, lastFullAt, lastHopsAt }: PostView, policy: Policy): Instant {
  if (lastFullAt === null || (lastHopsAt !== null && lastHopsAt > lastFullAt)) {
    return Number.POSITIVE_INFINITY;
  }
  const isAny = [...aims.aims.values()].some(({ isNextHop }) => isNextHop);
  return isAny ? lastFullAt + policy.probeIntervalMs / 2 : Number.POSITIVE_INFINITY;
}

/** A little early counts: rounds come some milliseconds before or after the second. */
const isPaceOver = ({ aims, sentAts }: PostView, key: string, now: Instant): boolean => {
  const everyMs = aims.aims.get(key)?.everyMs ?? 0;
  return everyMs === 0 || now - (sentAts.get(key) ?? Number.NEGATIVE_INFINITY) >= everyMs - 50;
};

interface Suspect {
  readonly key: string;
  readonly history: ProbeHistory;
  /** When its silence is long enough for a verdict. */
  readonly verdictAt: Instant;
}

const suspectsOf = (post: PostView, policy: Policy, now: Instant): readonly Suspect[] =>
  [...post.histories].flatMap(([key, history]): readonly Suspect[] => {
    const firstMissAt = suspectedSince(history, post.silenceMs, policy, now);
    if (firstMissAt === null) return [];
    return [{ key, history, verdictAt: firstMissAt + post.silenceMs }];
  });

function look(
  post: PostView,
  suspects: readonly Suspect[],
  leastMs: number,
  policy: Policy,
): RoundPlan {
  const suspected = suspects.map(({ key }) => key);
  return lookAt([...suspected, ...witnesses(post, suspected)], post, leastMs, policy);
}

function lookAt(
  keys: readonly string[],
  post: PostView,
  leastMs: number,
  policy: Policy,
): RoundPlan {
  // A slow witness keeps its own timeout: it may be the target of the routes.
  const timeoutsMs = keys.map((key) =>
    patienceMs(post.histories.get(key) ?? noHistory, leastMs, policy),
  );
  return { keys, timeoutMs: Math.max(...timeoutsMs), kind: 'look' };
}

/**
 * The far sides whose silence is long enough through an appliance that this round asks: a verdict on it needs their
 * answers through the others at the same time.
 */
export function awaitedFarSides(
  { keys }: RoundPlan,
  { aims, histories, silenceMs }: PostView,
  policy: Policy,
  now: Instant,
): readonly Awaited[] {
  if (aims.farSides.size === 0) return [];
  const ripe = new Set(ripeKeys(histories, silenceMs, policy, now));
  return keys.flatMap((key) => {
    const farSide = ripe.has(key) ? aims.farSides.get(key) : undefined;
    const instanceId = aims.aims.get(key)?.instanceId;
    return farSide === undefined || instanceId === undefined ? [] : [{ farSide, instanceId }];
  });
}

/** An answer of the far side through another appliance than this one. */
export interface Awaited {
  readonly farSide: FarSide;
  readonly instanceId: string;
}

/** Asks this vantage for the witnesses that another one awaits; null: it has none that answers. */
export function witnessRound(
  awaited: readonly Awaited[],
  post: PostView,
  policy: Policy,
  now: Instant,
): RoundPlan | null {
  const keys = [...post.aims.farSides].flatMap(([key, farSide]) => {
    const instanceId = post.aims.aims.get(key)?.instanceId;
    const history = post.histories.get(key);
    const isAsked = awaited.some((one) => one.farSide === farSide && one.instanceId !== instanceId);
    const isWell = history !== undefined && history.goodCount > 0 && history.misses.length === 0;
    return isAsked && isWell && isPaceOver(post, key, now) ? [key] : [];
  });
  return keys.length === 0 ? null : lookAt(keys, post, LOOK_MS_MIN, policy);
}

/** Between the probes of a suspect. */
const SUSPECT_MS = 100;
/** The last look of a silence: at least this. */
const LOOK_MS_MIN = 75;
/** A probe that was given at least this counts as a whole miss. */
const WHOLE_MS_MIN = 300;

/** How long a living target may take: four times its slowest recent answer, at least this, at most the timeout. */
const patienceMs = (history: ProbeHistory, leastMs: number, policy: Policy): number =>
  Math.min(policy.probeTimeoutMs, Math.max(leastMs, 4 * history.slowMs));

/** Whether a probe with this timeout, unanswered, is a whole miss of this target. */
export const isWholeMiss = (history: ProbeHistory, timeoutMs: number, policy: Policy): boolean =>
  timeoutMs >= patienceMs(history, WHOLE_MS_MIN, policy);

/** The targets whose silence is long enough that a miss, or a witness of it, may change a verdict now. */
export function ripeKeys(
  histories: ReadonlyMap<string, ProbeHistory>,
  silenceMs: number,
  policy: Policy,
  now: Instant,
): readonly string[] {
  const keys: string[] = [];
  histories.forEach((history, key) => {
    if (history.misses.length === 0) return;
    const since = suspectedSince(history, silenceMs, policy, now);
    if (since !== null && now >= since + silenceMs) keys.push(key);
  });
  return keys;
}

/**
 * The targets whose silence will be long enough within `RIPENING_MS`, by key, each with the instant: what a verdict
 * will ask of EC2 can be asked for meanwhile.
 */
export function ripeningKeys(
  { histories, silenceMs }: Pick<PostView, 'histories' | 'silenceMs'>,
  policy: Policy,
  now: Instant,
): ReadonlyMap<string, Instant> {
  const keys = new Map<string, Instant>();
  histories.forEach((history, key) => {
    if (history.misses.length === 0) return;
    const since = suspectedSince(history, silenceMs, policy, now);
    const leftMs = (since ?? now) + silenceMs - now;
    if (since !== null && leftMs > 0 && leftMs <= RIPENING_MS) keys.set(key, since + silenceMs);
  });
  return keys;
}

/** EC2 answers a read in 0.1 to 0.2 s; a suspect is probed every 0.1 s. */
const RIPENING_MS = 250;

/** How often a pass was made for what the probes have just shown. */
export interface NewsPace {
  /** Targets that were ripe then. */
  readonly keys: ReadonlySet<string>;
  /** Passes since one of them became ripe. */
  readonly passCount: number;
  readonly lastAt: Instant | null;
}

export const NO_NEWS: NewsPace = { keys: new Set(), passCount: 0, lastAt: null };

/** So many at once for each silence that becomes long enough: its own miss, and witnesses that answer after it. */
const PASSES_AT_ONCE = 3;
/** What a rule, or a call that failed, still holds then is looked at again after this, on lines that are never well. */
const NEWS_GAP_MS = 250;

/** Whether a pass is due for one more miss or witness of these targets. */
export function newsOf(
  { keys, passCount, lastAt }: NewsPace,
  ripe: readonly string[],
  now: Instant,
): { readonly isDue: boolean; readonly pace: NewsPace } {
  const isNew = ripe.some((key) => !keys.has(key));
  const count = isNew ? 0 : passCount;
  // A clock that went back delays nothing.
  const isRested = lastAt === null || now < lastAt || now - lastAt >= NEWS_GAP_MS;
  const isDue = count < PASSES_AT_ONCE || isRested;
  const next = { keys: new Set(ripe), passCount: count, lastAt };
  return {
    isDue,
    pace: isDue ? { ...next, passCount: count + 1, lastAt: now } : next,
  };
}

/** The first miss of a silence that is still young enough to be worth hurrying; null for targets that answer, never answered, or have been silent for long. */
function suspectedSince(
  history: ProbeHistory,
  silenceMs: number,
  policy: Policy,
  now: Instant,
): Instant | null {
  const first = history.misses[0];
  if (first === undefined || !history.hasAnswered) return null;
  const hurryMs = 2 * silenceMs + policy.probeIntervalMs + policy.probeTimeoutMs;
  return now - first.sentAt <= hurryMs ? first.sentAt : null;
}

function nextAfter(lastSentAt: Instant, dueAt: Instant, suspects: readonly Suspect[]): Instant {
  if (suspects.length === 0) return dueAt;
  const verdictAts = suspects.map(({ verdictAt }) => verdictAt).filter((at) => at > lastSentAt);
  return Math.min(dueAt, lastSentAt + SUSPECT_MS, ...verdictAts);
}

/** A vantage works when others answer it in the same round: three are enough, and the quickest delay it least. */
const WITNESS_COUNT = 3;

function witnesses(post: PostView, suspects: readonly string[]): readonly string[] {
  const suspected = new Set(suspects.map((key) => post.aims.aims.get(key)?.instanceId));
  const well = [...post.aims.aims].flatMap(([key, { instanceId }]) => {
    const history = post.histories.get(key);
    const isWell = history !== undefined && history.goodCount > 0 && history.misses.length === 0;
    return isWell && !suspected.has(instanceId)
      ? [{ key, instanceId, slowMs: history.slowMs }]
      : [];
  });
  const chosen = new Map<string, string>();
  for (const { key, instanceId } of well.toSorted((a, b) => a.slowMs - b.slowMs)) {
    if (chosen.size === WITNESS_COUNT) break;
    if (!chosen.has(instanceId)) chosen.set(instanceId, key);
  }
  return [...chosen.values()];
}
