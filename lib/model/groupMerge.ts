/** Groups' memory out of two that were written side by side. Pure. */
import { FAILOVERS_KEPT, type GroupMemory, type Memory } from './memory.ts';

type Groups = Memory['groups'];

/** Both sides' changes since `base`; what only one side changed is taken from it as it is. */
export function mergeGroups(base: Groups, mine: Groups, theirs: Groups): Groups {
  if (theirs === base) return mine;
  if (mine === base) return theirs;
  const merged = new Map(theirs);
  for (const [name, group] of mine) {
    const before = base.get(name);
    if (group !== before) merged.set(name, mergeGroup(before, group, theirs.get(name)));
  }
  return merged;
}

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
    if (fresh.length === 0) continue;
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
