/** What becomes of a call while AWS browns out: each attempt may fail in one of four ways, and the SDK tries again. */
import type { CallTimes } from '../core/callTimes.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';

export interface Ordeal {
  /** Of all attempts and the waits between them. */
  readonly tookMs: number;
  readonly answer: 'answered' | 'throttled' | 'lost';
  /** An attempt reached the service, which did what was asked, whatever the answer. */
  readonly isDone: boolean;
}

/** `answerMs`: how long an answer takes, of a failure too. Without a brownout nothing is drawn. */
export function ordealOf(
  faults: Faults,
  random: Random,
  answerMs: number,
  { attemptMs, attempts }: CallTimes,
): Ordeal {
  const chances = faults.active('brownout').map(({ chance }) => chance);
  let tookMs = 0;
  let isDone = false;
  let last: Exclude<Ordeal['answer'], 'answered'> = 'lost';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (!chances.some((chance) => random.chance(chance))) {
      return { tookMs: tookMs + answerMs, answer: 'answered', isDone: true };
    }
    const way = random.pick(WAYS);
    last = way === 'throttled' ? 'throttled' : 'lost';
    isDone ||= (way === 'cut' || way === 'silent') && random.chance(0.5);
    tookMs += way === 'silent' ? attemptMs : answerMs;
    // The SDK waits a random part of its base, which doubles.
    if (attempt < attempts - 1) tookMs += random.whole(0, BASE_MS[way] * 2 ** attempt);
  }
  return { tookMs, answer: last, isDone };
}

/** Refused for its rate; a server error; the connection ends without an answer; no answer ever comes. */
const WAYS = ['throttled', 'error', 'cut', 'silent'] as const;
const BASE_MS = { throttled: 500, error: 100, cut: 100, silent: 100 } as const;
