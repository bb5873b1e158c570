/** What one answer alone says to have changed is asked for again, until two answers agree (S1, S13). */
import { isDeepStrictEqual } from 'node:util';
import { type Reading, unknown } from './reading.ts';
import type { Clock } from './time.ts';

/** Two answers that agree are believed; of so many that all differ none is. */
const READS_MAX = 3;
/** Between two reads. */
export const AGAIN_MS = 400;

export interface Doubt<T> {
  /** Whether an answer is as it was, or as it has to be: it is believed at once. */
  readonly isExpected: (value: T) => boolean;
  /** What two answers must have in common; plain data. */
  readonly gist: (value: T) => unknown;
}

/**
 * `first` where it is expected, or a gap; else the answer that two reads agree on, `AGAIN_MS` apart, and unknown where
 * three reads differ. The last read's gap is the answer's.
 */
export async function agreed<T>(
  first: Reading<T>,
  again: () => Promise<Reading<T>>,
  { isExpected, gist }: Doubt<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Reading<T>> {
  if (!first.known || isExpected(first.value)) return first;
  const heard = [gist(first.value)];
  for (let count = 1; count < READS_MAX; count += 1) {
    await clock.sleep(AGAIN_MS, signal);
    const next = await again();
    if (!next.known) return next;
    const said = gist(next.value);
    if (heard.some((one) => isDeepStrictEqual(one, said))) return next;
    heard.push(said);
  }
  return unknown(DIFFERENT, clock.now());
}

const DIFFERENT = 'AWS gave different answers within a second';
