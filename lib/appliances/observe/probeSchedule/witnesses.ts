/** Who is asked beside a suspect: others that answer show that its silence is its own. Pure. */
import type { Instant } from '../../../core/time.ts';
import type { Policy } from '../../types/policy.ts';
import type { FarSide } from '../../types/world.ts';
import { isPaceOver } from './pace.ts';
import { ripeKeys } from './silences.ts';
import { LOOK_MS_MIN, lookAt } from './timeouts.ts';
import type { PostView, RoundPlan } from './types.ts';

/** A vantage works when others answer it in the same round: three are enough, and the quickest delay it least. */
const WITNESS_COUNT = 3;

/** The quickest of those that are well, one each of other appliances. */
export function witnesses(post: PostView, suspects: readonly string[]): readonly string[] {
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
