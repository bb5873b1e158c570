/** Notices when time did not pass as it should: nothing that was counted in a row can then be trusted. */
import type { Policy } from '../appliances/types/policy.ts';
import type { Gap } from '../appliances/types/world.ts';
import { type Clock, describeMs, type Instant } from '../core/time.ts';

/**
 * Wall clock and monotonic clock may differ by this much between two passes: a clock that is set right gently goes 8 %
 * wrong at most (chrony's maxslewrate), and no pass takes longer than some seconds. Silences are measured by the wall
 * clock, and two seconds of it are all that stands between a blip and a failover.
 */
const JUMP_MS = 500;

/** Later than ten intervals by so much: what was asked before is no answer now. */
const STILL_MS = 20_000;

export interface JumpWatch {
  /** What happened since the last look; null: time passed as it should. */
  look(): Gap | null;
  /** By how much the wall clock had jumped at the last look; below 0: back. */
  jumpedMs(): number;
}

export function openJumpWatch(clock: Clock, policy: Policy): JumpWatch {
  let last = readClocks(clock);
  let jumpedMs = 0;
  return {
    jumpedMs: () => jumpedMs,
    look() {
      const before = last;
      last = readClocks(clock);
      jumpedMs = jumpBetween(before, last);
      const realMs = last.steadyMs - before.steadyMs;
      const sleptMs = realMs - 10 * policy.probeIntervalMs;
      // A frozen process wakes up with knocks and readings that are long out of date.
      return (
        jumpGap(before, last) ??
        (sleptMs > STILL_MS
          ? gap(last.wall, `this function stood still for ${describeMs(realMs)}`)
          : null)
      );
    },
  };
}

/** Both clocks at one moment. */
export interface ClockReading {
  readonly wall: Instant;
  readonly steadyMs: number;
}

export const readClocks = (clock: Clock): ClockReading => ({
  wall: clock.now(),
  steadyMs: clock.monotonicMs(),
});

/** That the wall clock jumped between two moments; null: it did not. */
export function jumpGap(from: ClockReading, to: ClockReading): Gap | null {
  const byMs = jumpBetween(from, to);
  return Math.abs(byMs) > JUMP_MS ? gap(to.wall, `the clock jumped by ${describeMs(byMs)}`) : null;
}

const jumpBetween = (from: ClockReading, to: ClockReading): number =>
  to.wall - from.wall - (to.steadyMs - from.steadyMs);

const gap = (since: Instant, why: string): Gap => ({ what: 'the clock', why, since, zone: null });
