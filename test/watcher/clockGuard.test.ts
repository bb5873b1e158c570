/** The clock guard: what is a jump or a freeze, to the millisecond. */
import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { driftGap, openClockGuard, readClocks } from '../../lib/watcher/clockGuard.ts';
import { NOW } from '../builders/facts.ts';

const after = async (clock: VirtualClock, ms: number) => clock.run(clock.monotonicMs() + ms);

test.each([
  [500, /^$/],
  [501, /jumped by/],
  [-500, /^$/],
  [-501, /jumped by/],
])('a drift of %i ms between two passes: %s', async (driftMs, expected) => {
  const clock = new VirtualClock(NOW);
  const guard = openClockGuard(clock);
  await after(clock, 1_000);
  clock.jumpWall(driftMs);
  expect(guard.check(1_000)?.why ?? '').toMatch(expected);
});

test.each([
  [6_000, /^$/],
  [6_001, /frozen for/],
])('a wait of 1 s that took %i ms: %s', async (tookMs, expected) => {
  const clock = new VirtualClock(NOW);
  const guard = openClockGuard(clock);
  await after(clock, tookMs);
  expect(guard.check(1_000)?.why ?? '').toMatch(expected);
});

test('a pass of 20 s is no freeze, when its end is marked', async () => {
  const clock = new VirtualClock(NOW);
  const guard = openClockGuard(clock);
  await after(clock, 20_000);
  guard.mark();
  await after(clock, 1_000);
  expect(guard.check(1_000)).toBeNull();
});

test('a jump is reported once', async () => {
  const clock = new VirtualClock(NOW);
  const guard = openClockGuard(clock);
  clock.jumpWall(2_000);
  expect(guard.check(0)).not.toBeNull();
  expect(guard.check(0)).toBeNull();
});

test('between two moments the drift alone counts, not the time', async () => {
  const clock = new VirtualClock(NOW);
  const from = readClocks(clock);
  await after(clock, 3_600_000);
  expect(driftGap(from, readClocks(clock))).toBeNull();
});
