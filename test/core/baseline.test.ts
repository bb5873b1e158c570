/** Goal: what is usual is learnt from two weeks whatever they hold, and only what lasts and matters departs from it. */
import { describe, expect, test } from '@jest/globals';
import { array, assert, constant, integer, property, shuffledSubarray, tuple } from 'fast-check';
import { BASELINE, baselineOf, departureOf } from '../../lib/core/baseline.ts';
import type { Point } from '../../lib/core/metric.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** A Friday, at the full hour. */
const NOW = Date.UTC(2026, 10, 20, 12);

/** One point for each of the `hours` before NOW. */
const history = (hours: number, valueOf: (at: number) => number = () => 100): Point[] =>
  Array.from({ length: hours }, (_, back) => {
    const at = NOW - (back + 1) * HOUR;
    return { at, value: valueOf(at) };
  });
const isWeekend = (at: number) => [0, 6].includes(new Date(at).getUTCDay());
const bandAt = (points: readonly Point[], at: number) => {
  const baseline = baselineOf(points, NOW);
  return baseline.kind === 'known' ? baseline.bandAt(at) : null;
};

describe('learning', () => {
  test.each([
    [0, 'learning', 0],
    [71, 'learning', 2],
    [72, 'known', 3],
    [336, 'known', 14],
    [1_000, 'known', 14],
  ])('%i hours of history: %s, %i days', (hours, kind, dayCount) => {
    expect(baselineOf(history(hours), NOW)).toMatchObject({ kind, dayCount });
  });
  test('gaps are no history: every second hour of five days is still learning', () => {
    const gappy = history(120).filter((_, index) => index % 2 === 0);
    expect(baselineOf(gappy, NOW)).toMatchObject({ kind: 'learning', dayCount: 2 });
  });
  test('points of the future and older than two weeks are left out', () => {
    const odd = [...history(71), { at: NOW, value: 1 }, { at: NOW - 14 * DAY - HOUR, value: 1 }];
    expect(baselineOf(odd, NOW).kind).toBe('learning');
  });
});

describe('what is usual', () => {
  test('a weekend is judged by weekends once there are two of them', () => {
    const points = history(336, (at) => (isWeekend(at) ? 10 : 100));
    expect(bandAt(points, NOW + DAY)?.median).toBe(10);
    expect(bandAt(points, NOW)?.median).toBe(100);
  });
  test('in the first week an hour is judged by that hour of every day', () => {
    const points = history(96, (at) => new Date(at).getUTCHours());
    expect(bandAt(points, NOW + 2 * HOUR)?.median).toBe(14);
  });
  test('a holiday a week ago widens the band, and does not make today odd', () => {
    const holiday = NOW - WEEK;
    const points = history(336, (at) => (Math.abs(at - holiday) < DAY / 2 ? 0 : 100));
    const band = bandAt(points, NOW);
    expect(Math.abs(100 - (band?.median ?? 0))).toBeLessThanOrEqual(
      BASELINE.spreads * (band?.spread ?? 0),
    );
  });
  test('an hour that nothing is known of has no band', () => {
    const onlyNights = history(336).filter(({ at }) => new Date(at).getUTCHours() < 6);
    expect(bandAt(onlyNights, NOW)).toBeNull();
  });
});

const values = array(integer({ min: 0, max: 1e12 }), {
  minLength: 336,
  maxLength: 336,
});
const series = (list: readonly number[]) =>
  history(336).map(({ at }, index) => ({ at, value: list[index] ?? 0 }));
const hour = integer({ min: 0, max: 167 });

describe('properties', () => {
  test('scaling traffic scales the band', () => {
    assert(
      property(values, hour, integer({ min: 1, max: 1_000 }), (list, ahead, factor) => {
        const band = bandAt(series(list), NOW + ahead * HOUR);
        const scaled = bandAt(series(list.map((one) => one * factor)), NOW + ahead * HOUR);
        expect(scaled?.median).toBeCloseTo((band?.median ?? 0) * factor, -9);
        expect((scaled?.spread ?? 0) / ((band?.spread ?? 0) * factor || 1)).toBeCloseTo(
          band?.spread === 0 ? 0 : 1,
          6,
        );
      }),
      { numRuns: 50 },
    );
  });
  test('shifting everything by whole weeks changes nothing', () => {
    assert(
      property(values, hour, integer({ min: 1, max: 100 }), (list, ahead, weeks) => {
        const moved = series(list).map(({ at, value }) => ({ at: at + weeks * WEEK, value }));
        const later = baselineOf(moved, NOW + weeks * WEEK);
        const band =
          later.kind === 'known' ? later.bandAt(NOW + weeks * WEEK + ahead * HOUR) : null;
        expect(band).toEqual(bandAt(series(list), NOW + ahead * HOUR));
      }),
      { numRuns: 50 },
    );
  });
  test('shuffling the points changes nothing', () => {
    assert(
      property(
        values.chain((list) =>
          tuple(constant(list), shuffledSubarray(series(list), { minLength: 336 })),
        ),
        hour,
        ([list, shuffled], ahead) => {
          expect(bandAt(shuffled, NOW + ahead * HOUR)).toEqual(
            bandAt(series(list), NOW + ahead * HOUR),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
  test('shuffling the days of a first week changes no band of the hours to come', () => {
    const days = (list: readonly number[], order: readonly number[]) =>
      history(144).map(({ at }, index) => ({
        at,
        value: list[(order[Math.floor(index / 24)] ?? 0) * 24 + (index % 24)] ?? 0,
      }));
    const order = [0, 1, 2, 3, 4, 5];
    assert(
      property(
        values,
        shuffledSubarray(order, { minLength: 6 }),
        integer({ min: 1, max: 20 }),
        (list, shuffled, ahead) => {
          const at = NOW + ahead * HOUR;
          expect(bandAt(days(list, shuffled), at)).toEqual(bandAt(days(list, order), at));
        },
      ),
      { numRuns: 50 },
    );
  });
  test('swapping the two weeks changes no band but at their seam', () => {
    assert(
      property(values, integer({ min: 1, max: 166 }), (list, ahead) => {
        const swapped = [...list.slice(168), ...list.slice(0, 168)];
        expect(bandAt(series(swapped), NOW + ahead * HOUR)).toEqual(
          bandAt(series(list), NOW + ahead * HOUR),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('departing', () => {
  const usual = () => ({ median: 1_000, spread: 100 });
  const recent = (...list: readonly number[]) =>
    list.map((value, index) => ({ at: NOW + index * 300_000, value }));
  const options = { periodMs: 300_000, floor: 0 };
  test.each([
    ['two periods', [1_401, 1_401], null],
    ['three periods', [1_401, 1_401, 1_401], 'above'],
    ['three at the very edge of the band', [1_400, 1_400, 1_400], null],
    ['three below', [599, 599, 599], 'below'],
    ['three, one of them on the other side', [1_401, 599, 1_401], null],
    ['three, and one more that is usual again', [1_401, 1_401, 1_401, 1_000], null],
    ['one usual, then three', [1_000, 1_401, 1_401, 1_401], 'above'],
  ])('%s', (_, list, side) => {
    expect(departureOf(usual, recent(...list), options)?.side ?? null).toBe(side);
  });
  test.each([
    [401, null],
    [400.9, 'above'],
  ])('of 401 more, with a floor of %d', (floor, side) => {
    const found = departureOf(usual, recent(1_401, 1_401, 1_401), { periodMs: 300_000, floor });
    expect(found?.side ?? null).toBe(side);
  });
  test('a gap ends the row', () => {
    const [first, second, third] = recent(1_401, 1_401, 1_401);
    const late = { at: (third?.at ?? 0) + 300_000, value: 1_401 };
    expect(
      departureOf(
        usual,
        [first, second, late].flatMap((one) => one ?? []),
        options,
      ),
    ).toBeNull();
  });
  test('it began with the first period of the row', () => {
    expect(departureOf(usual, recent(1_000, 1_401, 1_401, 1_401, 1_401), options)).toMatchObject({
      since: NOW + 300_000,
      periodCount: 4,
    });
  });
  test('where nothing is usual, nothing departs', () => {
    expect(departureOf(() => null, recent(1e9, 1e9, 1e9), options)).toBeNull();
  });
});
