/** Groups' memory out of two that were written side by side. Pure. */
import type { Instant } from '../time.ts';
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

/** Two machines' clocks may differ by so much. */
const SKEW_MS = 5_000;

/**
 * Groups without instants that lie ahead of the clock: after it went back, a hold must not last until it has caught up.
 * Groups that need no change stay the same objects.
 */
export function notAhead(groups: Groups, now: Instant): Groups {
  const late = [...groups].filter(
    ([, { lastFailoverAt, failoverAts }]) =>
      lastFailoverAt > now + SKEW_MS ||
      Object.values(failoverAts).some((ats) => ats.some((at) => at > now + SKEW_MS)),
  );
  if (late.length === 0) return groups;
  const mended = new Map(groups);
  for (const [name, group] of late) {
    mended.set(name, {
      ...group,
      lastFailoverAt: Math.min(group.lastFailoverAt, now),
      failoverAts: Object.fromEntries(
        Object.entries(group.failoverAts).map(([key, ats]) => [
          key,
          ats.map((at) => Math.min(at, now)),
        ]),
      ),
    });
  }
  return mended;
}
