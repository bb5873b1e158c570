/** Notices when time did not pass as it should: nothing that was counted in a row can then be trusted. */
import type { Policy } from './model/policy.ts';
import type { Gap } from './model/world.ts';
import { type Clock, describeMs } from './time.ts';

/** Wall clock and monotonic clock may differ by this much between two passes. */
const JUMP_MS = 2_000;

export interface JumpWatch {
  /** What happened since the last look; null: time passed as it should. */
  look(): Gap | null;
  /** By how much the wall clock had jumped at the last look; below 0: back. */
  jumpedMs(): number;
}

export function openJumpWatch(clock: Clock, policy: Policy): JumpWatch {
  let wall = clock.now();
  let steady = clock.monotonicMs();
  let jumpedMs = 0;
  return {
    jumpedMs: () => jumpedMs,
    look() {
      const passedMs = clock.now() - wall;
      const realMs = clock.monotonicMs() - steady;
      wall = clock.now();
      steady = clock.monotonicMs();
      jumpedMs = passedMs - realMs;
      const sleptMs = realMs - 10 * policy.probeIntervalMs;
      if (Math.abs(jumpedMs) > JUMP_MS) return gap(`the clock jumped by ${describeMs(jumpedMs)}`);
      // A frozen process wakes up with knocks and readings that are long out of date.
      if (sleptMs > JUMP_MS * 10) return gap(`this function stood still for ${describeMs(realMs)}`);
      return null;
    },
  };
  function gap(why: string): Gap {
    return { what: 'the clock', why, since: clock.now(), zone: null };
  }
}
