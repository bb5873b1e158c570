/** How often a pass is made for what the probes have just shown: lines that are never well ask for no more. Pure. */
import type { Instant } from '../../../core/time.ts';

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
