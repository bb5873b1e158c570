/** Two functions' views of one incident made one. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Incident } from '../types.ts';

/**
 * What mine and the stored one are together. What was told stays told, what is over stays over unless people have been
 * told of it since and not of its end, and a person's ack is kept; of two that do not overlap in time the later one
 * stands. `isWorthNotifying`: the book has not heard yet that people were told of mine; then a stored end may be older than that
 * word, whatever the clocks say, and it has to end again.
 */
export function merged(
  mine: Incident,
  stored: Incident | undefined,
  isWorthNotifying = false,
): Incident {
  if (stored === undefined) return mine;
  if (isOverBefore(stored, mine)) return mine;
  if (isOverBefore(mine, stored) || isEndMissed(mine, stored, isWorthNotifying)) return stored;
  const notified = earlier(mine.notifiedAt, stored.notifiedAt);
  const isOver = endsWith(mine, stored) || (!isWorthNotifying && endsWith(stored, mine));
  return {
    ...mine,
    since: Math.min(mine.since, stored.since),
    detectedAt: Math.min(mine.detectedAt, stored.detectedAt),
    openedAt: Math.min(mine.openedAt, stored.openedAt),
    seenAt: Math.max(mine.seenAt, stored.seenAt),
    dueAt: earlier(mine.dueAt, stored.dueAt),
    notifiedAt: notified,
    notifiedSeverity:
      mine.notifiedSeverity === 'critical' || stored.notifiedSeverity === 'critical'
        ? 'critical'
        : (mine.notifiedSeverity ?? stored.notifiedSeverity),
    repeatedAt: later(mine.repeatedAt, stored.repeatedAt),
    parent: parentOf(mine, stored),
    ackedAt: later(mine.ackedAt, stored.ackedAt),
    ackedBy: (stored.ackedAt ?? 0) >= (mine.ackedAt ?? 0) ? stored.ackedBy : mine.ackedBy,
    resolvedAt: isOver ? (stored.resolvedAt ?? mine.resolvedAt) : null,
    restoredBy: isOver ? (stored.restoredBy ?? mine.restoredBy) : null,
    actions: mine.actions.length >= stored.actions.length ? mine.actions : stored.actions,
    times: mine.times.firstWriteAt === null ? stored.times : mine.times,
    claim: stored.claim,
  };
}

/** Whether one is over and took the other with it: who closed it without a word knew of no word about the other. */
function endsWith({ resolvedAt, notifiedAt }: Incident, other: Incident): boolean {
  if (resolvedAt === null) return false;
  if (notifiedAt !== null || other.resolvedAt !== null || other.parent !== null) return true;
  return other.notifiedAt === null && !isPerhapsNotified(other);
}

/** Told by itself, even perhaps, it has to end by itself; told with two others, the first of them counts. */
function parentOf(mine: Incident, stored: Incident): string | null {
  if (mine.notifiedAt === null) return stored.parent;
  if (stored.notifiedAt === null) return isPerhapsNotified(stored) ? null : mine.parent;
  if (mine.parent === null || stored.parent === null) return null;
  return mine.notifiedAt <= stored.notifiedAt ? mine.parent : stored.parent;
}

/** Claimed for a notice of its own and never recorded as told: whoever claimed it may have told it, and died. */
export const isPerhapsNotified = ({ notifiedAt, claim }: Incident): boolean =>
  notifiedAt === null && claim !== null && claim.lead === undefined;

/** The incident whose notice told of this one too, even perhaps; null: its notices are its own. */
export const leadOf = ({ parent, notifiedAt, claim }: Incident): string | null =>
  parent ?? (notifiedAt === null ? (claim?.lead ?? null) : null);

/** Who opened the other knew of this one as over, or the clocks say so: one that went ahead dates an end too late. */
const isOverBefore = (one: Incident, other: Incident): boolean =>
  one.resolvedAt !== null &&
  (isSuccessor(other, one) || (one.resolvedAt <= other.openedAt && one.openedAt < other.openedAt));

/**
 * The book has the next of its kind by now: mine is over, and its end was told where it had to be, while we looked
 * elsewhere. Not so of a word that the book has never heard: whoever wrote there ended it without.
 */
export const isEndMissed = (mine: Incident, stored: Incident, isWorthNotifying: boolean): boolean =>
  !isWorthNotifying && isSuccessor(stored, mine);

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
