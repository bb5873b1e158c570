/** A route write that does not show yet: when it is read again, and when it is retried. Pure. */
import type { Instant } from '../../core/time.ts';
import type { MoveKind } from '../types/plan.ts';

export interface PendingWrite {
  readonly kind: MoveKind;
  readonly group: string;
  readonly toTargetId: string;
  readonly fromTargetId: string;
  /** The first try. */
  readonly firstAt: Instant;
  /** The last one. */
  readonly writtenAt: Instant;
  /** 1 after the first write. */
  readonly tryCount: number;
  /** What EC2 said to the last try. Of `unclear` it may or may not have happened; `refused` did not. */
  readonly answer: 'accepted' | 'unclear' | 'refused';
  /** EC2's refusal with its fix; else empty. */
  readonly why: string;
  /** The refusal is about the table: no other route of it is tried meanwhile. */
  readonly isOfTable?: boolean;
}

/** What EC2 accepted and does not show is most likely only late; what was lost or refused is tried again at once. */
const FIRST_WAIT_MS = { accepted: 4_000, unclear: 1_000, refused: 1_000 } as const;
/** Each wait is twice the one before, up to this: for as long as it is wanted it is tried. */
const WAIT_MS_MAX = 60_000;

export const waitMsOf = ({ answer, tryCount }: PendingWrite): number =>
  Math.min(WAIT_MS_MAX, FIRST_WAIT_MS[answer] * 2 ** Math.min(tryCount - 1, 10));

/** Whether it is too early for the next try. Ahead of the clock: the clock went back, and its age is not known. */
export const isResting = (write: PendingWrite, now: Instant): boolean =>
  Math.abs(now - write.writtenAt) < waitMsOf(write);

/** EC2 is eventually consistent: a first read that contradicts our own write is taken for a late one, not for another writer's change (S6). */
export const isSettling = (write: PendingWrite, now: Instant): boolean =>
  write.tryCount === 1 && write.answer !== 'refused' && isResting(write, now);

/** A write that was last tried so long ago is forgotten. */
export const PENDING_MS_MAX = 5 * 60_000;

/**
 * A finding when a second try did not take either: of a refusal at once, of what may be late after EC2's 10 s. The second
 * try after a refusal may wait for others' writes: 10 s later it is a finding all the same.
 */
export function hasFailed({ answer, tryCount, firstAt }: PendingWrite, now: Instant): boolean {
  const isLate = now - firstAt > 10_000;
  return answer === 'refused' ? tryCount >= 2 || isLate : tryCount >= 2 && isLate;
}
