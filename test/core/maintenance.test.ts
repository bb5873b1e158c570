/** Maintenance windows: who is in one, from when until when, and never longer than a day. */
import { describe, expect, test } from '@jest/globals';
import { readWindows, windowOver, windowsLeft } from '../../lib/core/maintenance.ts';
import { NOW } from '../builders/facts.ts';

const DAY_MS = 86_400_000;
const window = { subjectId: 'i-a1', from: NOW, until: NOW + 1_000, why: 'firmware', by: 'ann' };

describe('a window', () => {
  test.each([
    ['before it begins', NOW - 1, false],
    ['when it begins', NOW, true],
    ['until it ends', NOW + 999, true],
    ['when it ends', NOW + 1_000, false],
  ])('%s: %j', (_what, now, isIn) => {
    expect(windowOver(['i-a1'], [window], now) !== null).toBe(isIn);
    expect(windowsLeft([window], now)).toHaveLength(now < NOW + 1_000 ? 1 : 0);
  });

  test.each([
    ['over the thing', 'i-a1', true],
    ['over what it is part of', 'hq', true],
    ['over all', null, true],
    ['over another', 'i-b1', false],
  ])('%s: %j', (_what, subjectId, isIn) => {
    expect(windowOver(['i-a1', 'hq'], [{ ...window, subjectId }], NOW) !== null).toBe(isIn);
  });

  test('that says it lasts a week ends after a day', () => {
    const week = { ...window, until: NOW + 7 * DAY_MS };
    expect(windowOver(['i-a1'], [week], NOW + DAY_MS - 1)).toEqual(week);
    expect(windowOver(['i-a1'], [week], NOW + DAY_MS)).toBeNull();
  });

  test('of two the one that ends last counts', () => {
    const later = { ...window, subjectId: null, until: NOW + 5_000 };
    expect(windowOver(['i-a1'], [window, later], NOW)).toEqual(later);
  });
});

test.each([null, 'x', {}, { windows: 1 }, { windows: [{ ...window, until: 'soon' }, null] }])(
  'garbage (%j) silences nothing',
  (body) => {
    expect(readWindows(body)).toEqual([]);
  },
);

test('what can be read among garbage is a window', () => {
  expect(readWindows({ windows: [1, window] })).toEqual([window]);
});
