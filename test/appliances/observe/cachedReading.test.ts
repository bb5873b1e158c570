/** One part of the inventory: read when it is due, kept while it cannot be read, its gap told. */
import { describe, expect, test } from '@jest/globals';
import { openSlot, type Slot } from '../../../lib/appliances/observe/cachedReading.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { NOW } from '../../builders/facts.ts';

const AGE_MS = 30_000;

function aSlot() {
  const clock = new VirtualClock(NOW);
  const slot: Slot<string> = openSlot('tags', AGE_MS, null);
  let reads = 0;
  let next: () => Reading<string> = () => known('a', clock.now());
  return {
    clock,
    slot,
    reads: () => reads,
    answers(value: string | null) {
      next = () => (value === null ? unknown('throttled', clock.now()) : known(value, clock.now()));
    },
    look: () =>
      slot.readWhenDue(clock, () => {
        reads += 1;
        return Promise.resolve(next());
      }),
    pass: (ms: number) => clock.run(clock.monotonicMs() + ms),
  };
}

describe('when it is read', () => {
  test('at once, then not before it is 30 s old', async () => {
    const { look, pass, reads } = aSlot();
    await look();
    await pass(29_999);
    await look();
    expect(reads()).toBe(1);
    await pass(1);
    await look();
    expect(reads()).toBe(2);
  });

  test('again 2 s after it failed, not before', async () => {
    const { answers, look, pass, reads } = aSlot();
    answers(null);
    await look();
    await pass(1_999);
    await look();
    expect(reads()).toBe(1);
    await pass(1);
    await look();
    expect(reads()).toBe(2);
  });

  test('at once when it has expired', async () => {
    const { slot, look, reads } = aSlot();
    await look();
    slot.expire();
    await look();
    expect(reads()).toBe(2);
  });

  test('at once after the clock went back by an hour: not an hour late', async () => {
    const { clock, look, reads } = aSlot();
    await look();
    clock.jumpWall(-3_600_000);
    await look();
    expect(reads()).toBe(2);
  });

  test('once, however often it is asked for while it is under way', async () => {
    const { look, reads } = aSlot();
    await Promise.all([look(), look(), look()]);
    expect(reads()).toBe(1);
  });

  test('again after a read that crashed', async () => {
    const { clock, slot, look, pass, reads } = aSlot();
    await expect(slot.readWhenDue(clock, () => Promise.reject(new Error('bug')))).rejects.toThrow(
      'bug',
    );
    await pass(AGE_MS);
    await look();
    expect(reads()).toBe(1);
  });
});

describe('what it knows', () => {
  test('nothing, and no gap, before it is read', () => {
    const { slot } = aSlot();
    expect([slot.newest(), slot.lastKnown(), slot.gap()]).toEqual([null, null, null]);
  });

  test('a failed read leaves the last known value, and a gap since it first failed', async () => {
    const { slot, answers, look, pass } = aSlot();
    await look();
    answers(null);
    await pass(AGE_MS);
    await look();
    await pass(2_000);
    await look();
    expect(slot.lastKnown()?.value).toBe('a');
    expect(slot.newest()?.known).toBe(false);
    expect(slot.gap()).toEqual({ what: 'tags', why: 'throttled', since: NOW + AGE_MS, zone: null });
  });

  test('the gap closes with the next good read', async () => {
    const { slot, answers, look, pass } = aSlot();
    answers(null);
    await look();
    answers('b');
    await pass(2_000);
    await look();
    expect(slot.gap()).toBeNull();
  });

  test('a value that is the same is no new version; another is', async () => {
    const { slot, answers, look, pass } = aSlot();
    await look();
    const first = slot.version();
    await pass(AGE_MS);
    await look();
    expect(slot.version()).toBe(first);
    expect(slot.lastKnown()?.at).toBe(NOW + AGE_MS);
    answers('b');
    await pass(AGE_MS);
    await look();
    expect(slot.version()).toBe(first + 1);
  });
});

describe('what is known from elsewhere', () => {
  test('is put in, and counts as a new version', async () => {
    const { slot, look } = aSlot();
    await look();
    const before = slot.version();
    slot.amend((value) => `${value}!`);
    expect(slot.lastKnown()?.value).toBe('a!');
    expect(slot.newest()).toMatchObject({ value: 'a!' });
    expect(slot.version()).toBe(before + 1);
  });

  test('is no value where there was none, and closes no gap', async () => {
    const { slot, answers, look } = aSlot();
    slot.amend(() => 'x');
    expect(slot.lastKnown()).toBeNull();
    await look();
    answers(null);
    slot.expire();
    await look();
    slot.amend(() => 'x');
    expect(slot.gap()).not.toBeNull();
  });
});
