/** Failovers of one route, as S4 counts them. Pure. */
import type { Instant } from '../../core/time.ts';

/** So many within an hour pin the route; older ones than these need not be remembered. */
export const FAILOVERS_KEPT = 3;

/** So many undone writes of another tool are remembered of a route. */
export const REWRITES_KEPT = 20;

/** The hour of S4: so long a failover counts, and no hold-down grows longer. */
export const HOUR_MS = 3_600_000;

/** Oldest first, each once, the newest `FAILOVERS_KEPT`. A failover is known again by the instant of its first write. */
export const withFailover = (known: readonly Instant[], at: Instant): readonly Instant[] =>
  (known.includes(at) ? known : [...known, at]).toSorted((a, b) => a - b).slice(-FAILOVERS_KEPT);

/** Whether they pin the route: three within an hour. */
export function isPinning(failovers: readonly Instant[]): boolean {
  const [first, , third] = failovers.slice(-FAILOVERS_KEPT);
  return first !== undefined && third !== undefined && third - first < HOUR_MS;
}
