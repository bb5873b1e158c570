/** Time that did not pass as it should is noticed: a stepped wall clock, a frozen process; ordinary delay is not. */
import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { openJumpWatch } from '../../lib/watcher/clockGuard.ts';
import { NOW } from '../builders/facts.ts';
import { policyOf } from '../builders/world.ts';

test.each([
  ['a second as ever', 1_000, 0, null],
  ['a wall clock that went 500 ms ahead', 1_000, 500, null],
  ['a wall clock that went 501 ms ahead', 1_000, 501, 'the clock jumped by 501 ms'],
  ['a wall clock that went an hour back', 1_000, -3_600_000, 'the clock jumped by -1 h'],
  ['a pass that took 30 s', 30_000, 0, null],
  ['a process that stood still for a minute', 60_000, 0, 'this function stood still for 1 min'],
])('%s', async (_what, passedMs, jumpedMs, why) => {
  const clock = new VirtualClock(NOW);
  const jumps = openJumpWatch(clock, policyOf());
  await clock.run(passedMs);
  clock.jumpWall(jumpedMs);
  const gap = jumps.look();
  expect(gap?.why ?? null).toBe(why);
  expect(jumps.look()).toBeNull();
});

test('a jump is a gap over the whole region', async () => {
  const clock = new VirtualClock(NOW);
  const jumps = openJumpWatch(clock, policyOf());
  clock.jumpWall(60_000);
  expect(jumps.look()).toEqual({
    what: 'the clock',
    why: 'the clock jumped by 1 min',
    since: NOW + 60_000,
    zone: null,
  });
});

test('by how much is known after a look', async () => {
  const clock = new VirtualClock(NOW);
  const jumps = openJumpWatch(clock, policyOf());
  clock.jumpWall(60_000);
  jumps.look();
  expect(jumps.jumpedMs()).toBe(60_000);
  await clock.run(1_000);
  jumps.look();
  expect(jumps.jumpedMs()).toBe(0);
});
