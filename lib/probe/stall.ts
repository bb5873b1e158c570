/**
 * Tells how long this process stood still while a knock was under way: silence heard by somebody who was asleep
 * says nothing. One heartbeat serves all knocks; it beats only while there are any.
 */
import { systemClock } from '../core/time.ts';

export interface StallWatch {
  /** The longest single standstill since the watch began, to within one beat. */
  longestMs(): number;
  /** Must be called once; the last watch to stop ends the heartbeat. */
  stop(): void;
}

/** Fine enough to place a standstill of 100 ms, coarse enough to cost nothing: 50 turns of a few µs a second. */
const BEAT_MS = 20;

interface Sleeper {
  readonly startedMs: number;
  longestMs: number;
}

const sleepers = new Set<Sleeper>();
let heart: NodeJS.Timeout | undefined;
let beatDueMs = 0;

export function watchStalls(): StallWatch {
  const nowMs = systemClock.monotonicMs();
  const sleeper: Sleeper = { startedMs: nowMs, longestMs: 0 };
  sleepers.add(sleeper);
  if (heart === undefined) {
    beatDueMs = nowMs + BEAT_MS;
    heart = setInterval(beat, BEAT_MS);
  }
  return {
    longestMs: () => Math.max(sleeper.longestMs, sleptMs(sleeper, systemClock.monotonicMs())),
    stop: () => {
      sleepers.delete(sleeper);
      if (sleepers.size > 0) return;
      clearInterval(heart);
      heart = undefined;
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

/** A knock that began in the middle of a standstill slept only since then. */
const sleptMs = (sleeper: Sleeper, nowMs: number): number =>
  Math.max(0, Math.min(nowMs - beatDueMs, nowMs - sleeper.startedMs));
