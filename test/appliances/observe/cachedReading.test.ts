/** One part of the inventory: read when it is due, kept while it cannot be read, its gap told. */
import { describe, expect, test } from '@jest/globals';
import {
  type CachedReading,
  openCachedReading,
} from '../../../lib/appliances/observe/cachedReading.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { NOW } from '../../builders/facts.ts';

const AGE_MS = 30_000;

function aCachedReading() {
  const clock = new VirtualClock(NOW);
  const cachedReading: CachedReading<string> = openCachedReading('tags', AGE_MS, null, (item) =>
    item.charAt(0),
  );
  let reads = 0;
  let next: () => Reading<readonly string[]> = () => known(structuredClone(['a']), clock.now());
  return {
    clock,
    cachedReading,
    reads: () => reads,
    answers(...values: readonly string[] | readonly [null]) {
      const list = structuredClone(values.flatMap((value) => value ?? []));
      next = () =>
        values[0] === null ? unknown('throttled', clock.now()) : known(list, clock.now());
    },
    look: () =>
      cachedReading.readWhenDue(clock, () => {
        reads += 1;
        return Promise.resolve(next());
      }),
    pass: (ms: number) => clock.run(clock.monotonicMs() + ms),
  };
}

describe('when it is read', () => {
  test('at once, then not before it is 30 s old', async () => {
    const { look, pass, reads } = aCachedReading();
    await look();
    await pass(29_999);
    await look();
    expect(reads()).toBe(1);
    await pass(1);
    await look();
    expect(reads()).toBe(2);
  });

  test('again 500 ms after it failed, and 2 s after each further fault, not before', async () => {
    const { answers, look, pass, reads } = aCachedReading();
    answers(null);
    await look();
    await pass(499);
    await look();
    expect(reads()).toBe(1);
    await pass(1);
    await look();
    expect(reads()).toBe(2);
    await pass(1_999);
    await look();
    expect(reads()).toBe(2);
    await pass(1);
    await look();
    expect(reads()).toBe(3);
  });

  test('at once when it has expired', async () => {
    const { cachedReading, look, reads } = aCachedReading();
    await look();
    cachedReading.expire();
    await look();
    expect(reads()).toBe(2);
  });

  test('at once after the clock went back by an hour: not an hour late', async () => {
    const { clock, look, reads } = aCachedReading();
    await look();
    clock.jumpWall(-3_600_000);
    await look();
    expect(reads()).toBe(2);
  });

  test('once, however often it is asked for while it is under way', async () => {
    const { look, reads } = aCachedReading();
    await Promise.all([look(), look(), look()]);
    expect(reads()).toBe(1);
  });

  test('again after a read that crashed', async () => {
    const { clock, cachedReading, look, pass, reads } = aCachedReading();
    await expect(
      cachedReading.readWhenDue(clock, () => Promise.reject(new Error('bug'))),
    ).rejects.toThrow('bug');
    await pass(AGE_MS);
    await look();
    expect(reads()).toBe(1);
  });
});

describe('what it knows', () => {
  test('nothing, and no gap, before it is read', () => {
    const { cachedReading } = aCachedReading();
    expect([cachedReading.newest(), cachedReading.lastKnown(), cachedReading.gap()]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('a failed read leaves the last known value, and a gap since it first failed', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    await look();
    answers(null);
    await pass(AGE_MS);
    await look();
    await pass(2_000);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['a']);
    expect(cachedReading.newest()?.known).toBe(false);
    expect(cachedReading.gap()).toEqual({
      what: 'tags',
      why: 'throttled',
      since: NOW + AGE_MS,
      zone: null,
    });
  });

  test('the gap closes with the next good read', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    answers(null);
    await look();
    answers('a2');
    await pass(2_000);
    await look();
    expect(cachedReading.gap()).toBeNull();
  });

  test('a value that is the same is no new version; another is', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    await look();
    const first = cachedReading.version();
    await pass(AGE_MS);
    await look();
    expect(cachedReading.version()).toBe(first);
    expect(cachedReading.lastKnown()?.at).toBe(NOW + AGE_MS);
    answers('a2');
    await pass(AGE_MS);
    await look();
    expect(cachedReading.version()).toBe(first + 1);
  });
});

describe('what is known from elsewhere', () => {
  test('is put in, and counts as a new version', async () => {
    const { cachedReading, look } = aCachedReading();
    await look();
    const before = cachedReading.version();
    cachedReading.amend(([value]) => [`${value}!`]);
    expect(cachedReading.lastKnown()?.value).toEqual(['a!']);
    expect(cachedReading.newest()).toMatchObject({ value: ['a!'] });
    expect(cachedReading.version()).toBe(before + 1);
  });

  test('is no value where there was none, and closes no gap', async () => {
    const { cachedReading, answers, look } = aCachedReading();
    cachedReading.amend(() => ['x']);
    expect(cachedReading.lastKnown()).toBeNull();
    await look();
    answers(null);
    cachedReading.expire();
    await look();
    cachedReading.amend(() => ['x']);
    expect(cachedReading.gap()).not.toBeNull();
  });
});

describe('what an answer lacks', () => {
  test('is kept, and asked for again 500 ms later, not before', async () => {
    const { cachedReading, answers, look, pass, reads } = aCachedReading();
    answers('a', 'b');
    await look();
    answers('b');
    await pass(AGE_MS);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['b', 'a']);
    expect(cachedReading.isDoubted()).toBe(true);
    await pass(499);
    await look();
    expect(reads()).toBe(2);
    await pass(1);
    await look();
    expect(reads()).toBe(3);
  });

  test('is gone when the next answer lacks it too', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    answers('a', 'b');
    await look();
    answers('b');
    await pass(AGE_MS);
    await look();
    await pass(500);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['b']);
    expect(cachedReading.isDoubted()).toBe(false);
  });

  test('is there as before when the next answer has it: one empty answer removes nothing', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    answers('a', 'b');
    await look();
    answers();
    await pass(AGE_MS);
    await look();
    answers('a', 'b');
    await pass(500);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['a', 'b']);
    answers('b');
    await pass(AGE_MS);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['b', 'a']);
  });

  test('a read that fails in between neither confirms nor refutes it', async () => {
    const { cachedReading, answers, look, pass } = aCachedReading();
    answers('a', 'b');
    await look();
    answers('b');
    await pass(AGE_MS);
    await look();
    answers(null);
    await pass(500);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['b', 'a']);
    answers('b');
    await pass(2_000);
    await look();
    expect(cachedReading.lastKnown()?.value).toEqual(['b']);
  });
});
