/** One guard for clocks: a pass after a clock jump or a freeze of the process writes nothing, and probe history starts anew. */
import type { Gap } from '../appliances/types/world.ts';
import { type Clock, describeMs, type Instant } from '../core/time.ts';

/** Hosts are synchronised to well under a second, and a clock that is corrected gently runs at most 8 % wrong. */
const DRIFT_MS = 500;
/** A wait that took so much longer than asked for: the process was frozen, and what it knows is out of date. */
const FROZEN_MS = 5_000;

export interface ClockGuard {
  /** What happened since the last call or mark; null: time passed as it should. `waitedMs`: the wait in between. */
  check(waitedMs: number): Gap | null;
  /** The end of a pass: what it took says nothing about a freeze. A jump since the last check is still found. */
  mark(): void;
}

export function openClockGuard(clock: Clock): ClockGuard {
  let last = readClocks(clock);
  let markedMs = last.monotonicMs;
  return {
    mark() {
      markedMs = clock.monotonicMs();
    },
    check(waitedMs) {
      const before = last;
      last = readClocks(clock);
      const drift = driftGap(before, last);
      const lateMs = last.monotonicMs - markedMs - waitedMs;
      markedMs = last.monotonicMs;
      if (drift !== null || lateMs <= FROZEN_MS) return drift;
      return gap(last.now, `this process was frozen for ${describeMs(lateMs)}`);
    },
  };
}

/** Both clocks at one moment. */
export interface ClockReading {
  readonly now: Instant;
  readonly monotonicMs: number;
}

export const readClocks = (clock: Clock): ClockReading => ({
  now: clock.now(),
  monotonicMs: clock.monotonicMs(),
});

/** The gap of a wall clock that jumped between two moments; null: it did not. */
export function driftGap(from: ClockReading, to: ClockReading): Gap | null {
  const driftMs = to.now - from.now - (to.monotonicMs - from.monotonicMs);
  return Math.abs(driftMs) > DRIFT_MS
    ? gap(to.now, `the clock jumped by ${describeMs(driftMs)}`)
    : null;
}

const gap = (since: Instant, why: string): Gap => ({ what: 'the clock', why, since, zone: null });
