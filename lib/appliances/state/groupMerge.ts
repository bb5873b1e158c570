/** Groups' memory out of two that were written side by side. Pure. */
import type { Instant } from '../../core/time.ts';
import type { GroupMemory, Memory } from '../state.ts';
import { type Failover, freshFailovers, isSame, joinFailovers, pinnedSince } from './failover.ts';

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
 * Every failover of both counts, the same one once, and the third within an hour pins, whoever made it. A pin counts
 * unless `theirs` has taken it away since `base` (a person's ack), and then its failovers are forgiven too. Never
 * shortens a hold, except by what one side corrected.
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
  const failovers: Record<string, readonly Failover[]> = { ...theirs.failovers };
  const pinnedAts: Record<string, number> = { ...mine.pinnedAts, ...theirs.pinnedAts };
  for (const key of acked) delete pinnedAts[key];
  for (const [key, own] of Object.entries(mine.failovers)) {
    const known = theirs.failovers[key] ?? [];
    // What is no news of mine may still be a correction of what they know; what they dropped stays dropped.
    const notificationPlan = freshFailovers(own, base?.failovers[key] ?? []);
    const corrections = own.filter((one) => freshFailovers([one], known).length === 0);
    const joined = joinFailovers(known, [...notificationPlan, ...corrections]).map((one) =>
      corrected(one, base?.failovers[key] ?? [], [...own, ...known]),
    );
    if (joined.length === 0) continue;
    failovers[key] = joined;
    const since = pinnedSince(joined);
    if (since !== null) pinnedAts[key] ??= since;
  }
  return {
    lastFailoverAt:
      theirs.lastFailoverAt === base?.lastFailoverAt
        ? mine.lastFailoverAt
        : mine.lastFailoverAt === base?.lastFailoverAt
          ? theirs.lastFailoverAt
          : Math.max(mine.lastFailoverAt, theirs.lastFailoverAt),
    flapCount: Math.max(mine.flapCount, theirs.flapCount),
    failovers,
    pinnedAts,
  };
}

/** Counted by the time that either side has set right since `base`; by the later one when both have. */
function corrected(one: Failover, base: readonly Failover[], sides: readonly Failover[]): Failover {
  const before = base.find((other) => isSame(other, one));
  const ats = sides.filter((other) => isSame(other, one)).map(({ at }) => at);
  const changed = before === undefined ? [] : ats.filter((at) => at !== before.at);
  return changed.length === 0 ? one : { ...one, at: Math.max(...changed) };
}

/** Two machines' clocks may differ by so much. */
const SKEW_MS = 5_000;

/**
 * Groups without instants that lie ahead of the clock: after it went back, a hold must not last until it has caught up.
 * Groups that need no change stay the same objects.
 */
export function notAhead(groups: Groups, now: Instant): Groups {
  const isLate = (at: Instant) => at > now + SKEW_MS;
  const late = [...groups].filter(
    ([, { lastFailoverAt, failovers }]) =>
      isLate(lastFailoverAt) ||
      Object.values(failovers).some((own) => own.some(({ at }) => isLate(at))),
  );
  if (late.length === 0) return groups;
  const mended = new Map(groups);
  for (const [name, group] of late) {
    mended.set(name, {
      ...group,
      lastFailoverAt: Math.min(group.lastFailoverAt, now),
      failovers: Object.fromEntries(
        Object.entries(group.failovers).map(([key, own]) => [
          key,
          own.map((one) => ({ ...one, at: Math.min(one.at, now) })),
        ]),
      ),
    });
  }
  return mended;
}

/** Groups whose holds and counts a clock that went ahead by `byMs` does not shorten. The same objects when it did not. */
export function afterJump(groups: Groups, byMs: number, now: Instant): Groups {
  if (byMs <= 0) return groups;
  const later = (at: Instant) => Math.min(now, at + byMs);
  return new Map(
    [...groups].map(([name, group]) => [
      name,
      {
        ...group,
        lastFailoverAt: later(group.lastFailoverAt),
        failovers: Object.fromEntries(
          Object.entries(group.failovers).map(([key, own]) => [
            key,
            own.map((one) => ({ ...one, at: later(one.at) })),
          ]),
        ),
      },
    ]),
  );
}

/**
 * Groups in the time of a watcher that takes over, `agoMs` of its own clock after its forerunner last gave sign of life.
 * Their holds go on from there: a clock that differs shortens none, and time that nobody watched is no rest. Failovers
 * are counted as they are: were time without a watcher left out, an old count could keep a route on the dead. What lies
 * within two machines' usual difference, and a renewal's, changes nothing.
 */
export const inOwnTime = (groups: Groups, agoMs: number, now: Instant): Groups =>
  agoMs <= SKEW_MS
    ? groups
    : new Map(
        [...groups].map(([name, group]) => [
          name,
          { ...group, lastFailoverAt: Math.min(now, group.lastFailoverAt + agoMs) },
        ]),
      );
