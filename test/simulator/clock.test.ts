/** Virtual time: exact, in order, and standing still while anything can go on. */
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../lib/simulator/clock.ts';

const START = Date.parse('2026-11-20T21:00:00Z');

describe('the virtual clock', () => {
  test('wakes a sleeper exactly when it is due, and not 1 ms before', async () => {
    const clock = new VirtualClock(START);
    const woken: number[] = [];
    const nap = async (ms: number) => {
      await clock.sleep(ms);
      woken.push(clock.monotonicMs());
    };
    void nap(1_000);
    await clock.run(999);
    expect(woken).toEqual([]);
    await clock.run(1_000);
    expect(woken).toEqual([1_000]);
    expect(clock.now()).toBe(START + 1_000);
  });

  test('lets everything that follows from one instant happen before the next', async () => {
    const clock = new VirtualClock(START);
    const seen: string[] = [];
    const chain = async () => {
      await clock.sleep(5);
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      seen.push(`chain at ${clock.monotonicMs()}`);
    };
    void chain();
    clock.at(6, () => seen.push(`timer at ${clock.monotonicMs()}`));
    await clock.run(10);
    expect(seen).toEqual(['chain at 5', 'timer at 6']);
  });

  test('runs what is due at one instant in the order in which it was set, whatever else is set', async () => {
    const clock = new VirtualClock(START);
    const order: number[] = [];
    const dues = [7, 3, 7, 5, 3, 7, 1, 5];
    for (const [index, due] of dues.entries()) clock.at(due, () => order.push(due * 10 + index));
    await clock.run(10);
    expect(order).toEqual([16, 31, 34, 53, 57, 70, 72, 75]);
  });

  test('wakes a sleeper at once when its signal aborts, and leaves the others asleep', async () => {
    const clock = new VirtualClock(START);
    const stop = new AbortController();
    const woken: string[] = [];
    void clock.sleep(1_000, stop.signal).then(() => woken.push(`aborted ${clock.monotonicMs()}`));
    void clock.sleep(1_000).then(() => woken.push(`slept ${clock.monotonicMs()}`));
    clock.at(400, () => stop.abort());
    await clock.run(2_000);
    expect(woken).toEqual(['aborted 400', 'slept 1000']);
  });

  test('does not sleep at all on a signal that has already aborted', async () => {
    const clock = new VirtualClock(START);
    await clock.sleep(1_000, AbortSignal.abort());
    expect(clock.monotonicMs()).toBe(0);
  });

  test('jumps the wall clock without moving the monotonic one or any sleeper', async () => {
    const clock = new VirtualClock(START);
    let wokenMs = 0;
    void clock.sleep(1_000).then(() => (wokenMs = clock.monotonicMs()));
    clock.at(100, () => clock.jumpWall(3_600_000));
    await clock.run(5_000);
    expect(wokenMs).toBe(1_000);
    expect(clock.monotonicMs()).toBe(5_000);
    expect(clock.now()).toBe(START + 5_000 + 3_600_000);
  });

  test('stops in the middle when told that it is over, and goes on from there', async () => {
    const clock = new VirtualClock(START);
    let count = 0;
    for (const due of [10, 20, 30]) clock.at(due, () => (count += 1));
    await clock.run(100, () => count === 2);
    expect(clock.monotonicMs()).toBe(20);
    await clock.run(100);
    expect([count, clock.monotonicMs()]).toEqual([3, 100]);
  });
});
