/** Random numbers: reproducible by seed, uniform, and independent of other generators. */
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../lib/simulator/random.ts';

const throws = (seed: number | string, count = 5) => {
  const one = seededRandom(seed);
  return Array.from({ length: count }, () => one.whole(1, 1_000_000));
};

describe('random numbers', () => {
  test('are the same for the same seed, and differ for the next one', () => {
    expect(throws(7)).toEqual(throws(7));
    expect(throws(7)).not.toEqual(throws(8));
  });

  test('include both ends of a range, and nothing beyond', () => {
    const one = seededRandom('ends');
    const seen = new Set(Array.from({ length: 500 }, () => one.whole(3, 6)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  });

  test('are fair within 2 % over 20,000 draws', () => {
    const one = seededRandom('fair');
    const hits = Array.from({ length: 20_000 }, () => one.chance(0.25)).filter(Boolean).length;
    expect(hits / 20_000).toBeGreaterThan(0.245);
    expect(hits / 20_000).toBeLessThan(0.255);
  });

  test('of a fork do not change when others are drawn more often', () => {
    const a = seededRandom('one');
    const b = seededRandom('one');
    b.whole(1, 6);
    b.fork('other').whole(1, 6);
    expect(a.fork('probes').whole(1, 1_000)).toBe(b.fork('probes').whole(1, 1_000));
    expect(a.fork('probes').whole(1, 1_000_000)).not.toBe(a.fork('ec2').whole(1, 1_000_000));
  });

  test('pick nothing from an empty list', () => {
    expect(() => seededRandom(1).pick([])).toThrow(RangeError);
  });
});
