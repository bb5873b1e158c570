/** One group's memory out of two that were written side by side. Pure. */
import { FAILOVERS_KEPT, type GroupMemory } from './memory.ts';

/**
 * Every failover of both counts; a pin counts unless `theirs` has taken it away since `base` (a person's ack), and
 * then its failovers are forgiven too. Never shortens a hold.
 */
export function mergeGroup(
  base: GroupMemory | undefined,
  mine: GroupMemory,
  theirs: GroupMemory | undefined,
): GroupMemory {
  if (theirs === undefined) return mine;
  const acked = Object.keys(base?.pinnedAts ?? {}).filter(
    (key) => theirs.pinnedAts[key] === undefined,
  );
  const failoverAts: Record<string, readonly number[]> = { ...theirs.failoverAts };
  for (const [key, ats] of Object.entries(mine.failoverAts)) {
    const fresh = ats.filter((at) => !(base?.failoverAts[key] ?? []).includes(at));
    failoverAts[key] = [...new Set([...(theirs.failoverAts[key] ?? []), ...fresh])]
      .toSorted((a, b) => a - b)
      .slice(-FAILOVERS_KEPT);
  }
  const pinnedAts: Record<string, number> = { ...mine.pinnedAts, ...theirs.pinnedAts };
  for (const key of acked) delete pinnedAts[key];
  return {
    lastFailoverAt: Math.max(mine.lastFailoverAt, theirs.lastFailoverAt),
    flapCount: Math.max(mine.flapCount, theirs.flapCount),
    failoverAts,
    pinnedAts,
  };
}
