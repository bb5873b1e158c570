/** One part of the inventory: its newest reading, its last known value, and when it is to be read again. */
import { isDeepStrictEqual } from 'node:util';
import type { Known, Reading } from '../../core/reading.ts';
import type { Clock, Instant } from '../../core/time.ts';
import type { Gap } from '../types/world.ts';

export interface CachedReading<I> {
  /** Reads unless it is fresh enough or under way. */
  readWhenDue(clock: Clock, read: () => Promise<Reading<readonly I[]>>): Promise<void>;
  /** Counts the values that differ from the one before. */
  version(): number;
  newest(): Reading<readonly I[]> | null;
  lastKnown(): Known<readonly I[]> | null;
  /** The gap since the newest reading failed; null when it did not. */
  gap(): Gap | null;
  /** Due at once. */
  expire(): void;
  /** Changes the value by what is known from elsewhere; no effect while there is no value. */
  amend(change: (value: readonly I[]) => readonly I[]): void;
  /** Whether the newest answer lacks what the one before had. */
  isDoubted(): boolean;
}

/** A read that failed is tried again after this, the first time sooner: what cannot be read holds moves. */
export const RETRY_MS = 2_000;
const FIRST_RETRY_MS = 500;
/** An answer that lacks something is asked for again after this. */
export const CONFIRM_MS = 500;

/**
 * What one answer lacks is kept until the next answer lacks it too: one wrong answer removes nothing (S1).
 * `idOf` null: EC2 says of each item by itself that it is gone, so its absence is believed.
 */
export function openCachedReading<I>(
  what: string,
  ageMs: number,
  zone: string | null,
  idOf: ((item: I) => string) | null,
): CachedReading<I> {
  type T = readonly I[];
  let newest: Reading<T> | null = null;
  let lastKnown: Known<T> | null = null;
  /** Ids that the newest answer lacked for the first time. */
  let doubtedIds: ReadonlySet<string> = new Set();
  let failedSince: Instant | null = null;
  let dueAt = Number.NEGATIVE_INFINITY;
  let isReading = false;
  let version = 0;
  const learn = (reading: Known<T>): Known<T> => {
    const value = keptValue(reading.value, lastKnown?.value);
    if (value !== lastKnown?.value) version += 1;
    lastKnown = { ...reading, value };
    return lastKnown;
  };
  const withDoubted = (answer: T): T => {
    if (idOf === null) return answer;
    const ids = new Set(answer.map(idOf));
    const kept = (lastKnown?.value ?? []).filter(
      (item) => !ids.has(idOf(item)) && !doubtedIds.has(idOf(item)),
    );
    doubtedIds = new Set(kept.map(idOf));
    return kept.length === 0 ? answer : [...answer, ...kept];
  };
  return {
    async readWhenDue(clock, read) {
      const startedAt = clock.now();
      // A clock that went back must not delay the next read by as much as it jumped.
      if (isReading || (startedAt < dueAt && dueAt - startedAt <= ageMs)) return;
      isReading = true;
      dueAt = startedAt + ageMs;
      try {
        newest = await read();
      } finally {
        isReading = false;
      }
      if (newest.known) {
        newest = learn({ ...newest, value: withDoubted(newest.value) });
        failedSince = null;
        if (doubtedIds.size > 0) dueAt = clock.now() + Math.min(CONFIRM_MS, ageMs);
      } else {
        const retryMs = failedSince === null ? FIRST_RETRY_MS : RETRY_MS;
        failedSince ??= newest.at;
        dueAt = clock.now() + Math.min(retryMs, ageMs);
      }
    },
    version: () => version,
    newest: () => newest,
    lastKnown: () => lastKnown,
    gap: () =>
      newest === null || newest.known
        ? null
        : { what, why: newest.why, since: failedSince ?? newest.at, zone },
    expire() {
      dueAt = Number.NEGATIVE_INFINITY;
    },
    amend(change) {
      if (lastKnown === null) return;
      const amended = learn({ ...lastKnown, value: change(lastKnown.value) });
      if (newest?.known) newest = amended;
    },
    isDoubted: () => doubtedIds.size > 0,
  };
}

/** An equal answer keeps the old object, so that nothing is computed again from it. */
const keptValue = <T>(value: T, before: T | undefined): T =>
  before !== undefined && isDeepStrictEqual(value, before)
    ? before
    : // A substring of a reply keeps the whole reply in memory and is slow to compare, so the value is copied.
      structuredClone(value);
