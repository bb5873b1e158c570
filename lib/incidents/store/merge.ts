/** Two functions' views of one incident made one. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Incident } from '../types.ts';

/**
 * What mine and the stored one are together. What was told stays told, what is over stays over unless people have been
 * told of it since and not of its end, and a person's ack is kept; of two that do not overlap in time the later one
 * stands. `isNews`: the book has not heard yet that people were told of mine; then a stored end may be older than that
 * word, whatever the clocks say, and it has to end again.
 */
export function merged(mine: Incident, stored: Incident | undefined, isNews = false): Incident {
  if (stored === undefined) return mine;
  if (isOverBefore(stored, mine)) return mine;
  if (isOverBefore(mine, stored) || isEndMissed(mine, stored, isNews)) return stored;
  const told = earlier(mine.toldAt, stored.toldAt);
  const isOver = endsWith(mine, stored) || (!isNews && endsWith(stored, mine));
  return {
    ...mine,
    since: Math.min(mine.since, stored.since),
    detectedAt: Math.min(mine.detectedAt, stored.detectedAt),
    openedAt: Math.min(mine.openedAt, stored.openedAt),
    seenAt: Math.max(mine.seenAt, stored.seenAt),
    dueAt: earlier(mine.dueAt, stored.dueAt),
    toldAt: told,
    toldSeverity:
      mine.toldSeverity === 'critical' || stored.toldSeverity === 'critical'
        ? 'critical'
        : (mine.toldSeverity ?? stored.toldSeverity),
    repeatedAt: later(mine.repeatedAt, stored.repeatedAt),
    parent: parentOf(mine, stored),
    ackedAt: later(mine.ackedAt, stored.ackedAt),
    ackedBy: (stored.ackedAt ?? 0) >= (mine.ackedAt ?? 0) ? stored.ackedBy : mine.ackedBy,
    resolvedAt: isOver ? (stored.resolvedAt ?? mine.resolvedAt) : null,
    healedBy: isOver ? (stored.healedBy ?? mine.healedBy) : null,
    deeds: mine.deeds.length >= stored.deeds.length ? mine.deeds : stored.deeds,
    times: mine.times.firstWriteAt === null ? stored.times : mine.times,
    claim: stored.claim,
  };
}

/** Whether one is over and took the other with it: who closed it without a word knew of no word about the other. */
function endsWith({ resolvedAt, toldAt }: Incident, other: Incident): boolean {
  if (resolvedAt === null) return false;
  if (toldAt !== null || other.resolvedAt !== null || other.parent !== null) return true;
  return other.toldAt === null && !isPerhapsTold(other);
}

/** Told by itself, even perhaps, it has to end by itself; told with two others, the first of them counts. */
function parentOf(mine: Incident, stored: Incident): string | null {
  if (mine.toldAt === null) return stored.parent;
  if (stored.toldAt === null) return isPerhapsTold(stored) ? null : mine.parent;
  if (mine.parent === null || stored.parent === null) return null;
  return mine.toldAt <= stored.toldAt ? mine.parent : stored.parent;
}

/** Claimed for a notice of its own and never recorded as told: whoever claimed it may have told it, and died. */
export const isPerhapsTold = ({ toldAt, claim }: Incident): boolean =>
  toldAt === null && claim !== null && claim.lead === undefined;

/** The incident whose notice told of this one too, even perhaps; null: its notices are its own. */
export const leadOf = ({ parent, toldAt, claim }: Incident): string | null =>
  parent ?? (toldAt === null ? (claim?.lead ?? null) : null);

/** Who opened the other knew of this one as over, or the clocks say so: one that went ahead dates an end too late. */
const isOverBefore = (one: Incident, other: Incident): boolean =>
  one.resolvedAt !== null &&
  (isSuccessor(other, one) || (one.resolvedAt <= other.openedAt && one.openedAt < other.openedAt));

/**
 * The book has the next of its kind by now: mine is over, and its end was told where it had to be, while we looked
 * elsewhere. Not so of a word that the book has never heard: whoever wrote there ended it without.
 */
export const isEndMissed = (mine: Incident, stored: Incident, isNews: boolean): boolean =>
  !isNews && isSuccessor(stored, mine);

/** Of one kind: who opened the one knew the other as over. */
export const isSuccessor = (one: Incident, of: Incident): boolean =>
  one.id === of.id &&
  one.openedAt !== of.openedAt &&
  one.openings.includes(of.openedAt) &&
  !of.openings.includes(one.openedAt);

const earlier = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const later = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.max(a, b);
