/**
 * Measures how long this process stood still while a probe was under way: silence during a standstill proves
 * nothing. One timer serves all probes; it runs only while there are any.
 */
import { systemClock } from '../core/time.ts';

export interface StallWatch {
  /** The longest single standstill since the watch began, to within one beat. */
  longestMs(): number;
  /** Must be called once; the last watch to stop ends the timer. */
  stop(): void;
}

/** Fine enough to place a standstill of 100 ms, coarse enough to cost nothing: 50 turns of a few µs a second. */
const BEAT_MS = 20;

interface Sleeper {
  readonly startedMs: number;
  longestMs: number;
}

const sleepers = new Set<Sleeper>();
let timer: NodeJS.Timeout | undefined;
let beatDueMs = 0;

export function watchStalls(): StallWatch {
  const nowMs = systemClock.monotonicMs();
  const sleeper: Sleeper = { startedMs: nowMs, longestMs: 0 };
  sleepers.add(sleeper);
  if (timer === undefined) {
    beatDueMs = nowMs + BEAT_MS;
    timer = setInterval(beat, BEAT_MS);
  }
  return {
    longestMs: () => Math.max(sleeper.longestMs, sleptMs(sleeper, systemClock.monotonicMs())),
    stop: () => {
      sleepers.delete(sleeper);
      if (sleepers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function beat(): void {
  const nowMs = systemClock.monotonicMs();
  for (const sleeper of sleepers) {
    sleeper.longestMs = Math.max(sleeper.longestMs, sleptMs(sleeper, nowMs));
  }
  beatDueMs = nowMs + BEAT_MS;
}

/** For a probe that began in the middle of a standstill only the time since then counts. */
const sleptMs = (sleeper: Sleeper, nowMs: number): number =>
  Math.max(0, Math.min(nowMs - beatDueMs, nowMs - sleeper.startedMs));
