/** Failovers as they are counted: once each, whoever wrote them and whatever their clocks said. Pure. */
import type { Instant } from '../../core/time.ts';

/** One move of one route away from the dead. */
export interface Failover {
  /** What the route left and where it leads since: ids of interfaces. */
  readonly from: string;
  readonly to: string;
  /** By the clock of who wrote it first, and never corrected: by this the same one is known again. */
  readonly writtenAt: Instant;
  /** The same, pulled back where it lay ahead of a clock: by this it is counted. */
  readonly at: Instant;
}

/** So many within an hour pin the route; older ones than these need not be remembered. */
export const FAILOVERS_KEPT = 3;

/** The hour of S4: so long a failover counts, and no hold grows longer. */
export const HOUR_MS = 3_600_000;

/**
 * A watcher and the look on an event may both write the same move before either sees the other's: within EC2's
 * settling time of 10 s, by clocks that differ by no more than 5 s.
 */
const SAME_MS = 15_000;

/** Whether they are one failover, seen by two hands. */
export const isSame = (a: Failover, b: Failover): boolean =>
  a.from === b.from && a.to === b.to && Math.abs(a.writtenAt - b.writtenAt) < SAME_MS;

/** Both lists' failovers, each once, oldest first; the newest `FAILOVERS_KEPT`. */
export function joinFailovers(
  known: readonly Failover[],
  more: readonly Failover[],
): readonly Failover[] {
  const joined = [...known];
  for (const one of more) {
    const index = joined.findIndex((other) => isSame(other, one));
    const other = joined[index];
    if (other === undefined) joined.push(one);
    else if (one.at < other.at) joined[index] = { ...other, at: one.at };
  }
  return joined.toSorted((a, b) => a.at - b.at).slice(-FAILOVERS_KEPT);
}

/** Those of `failovers` that are not among `known`. */
export const freshFailovers = (
  failovers: readonly Failover[],
  known: readonly Failover[],
): readonly Failover[] => failovers.filter((one) => !known.some((other) => isSame(other, one)));

/** Since when they pin the route: when the last of three within an hour was made. Null: they do not. */
export function pinnedSince(failovers: readonly Failover[]): Instant | null {
  const [first, , third] = failovers.slice(-FAILOVERS_KEPT);
  if (first === undefined || third === undefined) return null;
  return third.at - first.at < HOUR_MS ? third.at : null;
}
