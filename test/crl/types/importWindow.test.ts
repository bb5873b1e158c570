/** Goal: hours of the week in UTC, over midnight and over the week's end. 20 November 2026 is a Friday. */
import { describe, expect, test } from '@jest/globals';
import { nextOpenAt, parseImportWindow } from '../../../lib/crl/types/importWindow.ts';

describe('parseImportWindow', () => {
  test.each([
    ['02:00-04:00', { day: null, fromMinute: 120, toMinute: 240 }],
    ['Sun 23:30-01:00', { day: 0, fromMinute: 1_410, toMinute: 1_500 }],
    ['fri 00:00-23:59', { day: 5, fromMinute: 0, toMinute: 1_439 }],
  ])('%s', (text, window) => {
    expect(parseImportWindow(text)).toEqual(window);
  });

  test.each([
    '',
    '2:00-4:00',
    '02:00',
    '24:00-01:00',
    '02:00-02:00',
    'Xyz 02:00-04:00',
    '02:60-03:00',
  ])('%j is none', (text) => {
    expect(parseImportWindow(text)).toBe(null);
  });
});

describe('nextOpenAt', () => {
  test.each([
    ['02:00-04:00', '2026-11-20T01:59:59.999Z', '2026-11-20T02:00:00.000Z'],
    ['02:00-04:00', '2026-11-20T02:00:00.000Z', '2026-11-20T02:00:00.000Z'],
    ['02:00-04:00', '2026-11-20T03:59:59.999Z', '2026-11-20T03:59:59.999Z'],
    ['02:00-04:00', '2026-11-20T04:00:00.000Z', '2026-11-21T02:00:00.000Z'],
    ['23:00-01:00', '2026-11-20T00:30:00.000Z', '2026-11-20T00:30:00.000Z'],
    ['Sun 23:00-01:00', '2026-11-23T00:30:00.000Z', '2026-11-23T00:30:00.000Z'],
    ['Sun 23:00-01:00', '2026-11-23T01:00:00.000Z', '2026-11-29T23:00:00.000Z'],
    ['Fri 02:00-04:00', '2026-11-20T12:00:00.000Z', '2026-11-27T02:00:00.000Z'],
  ])('%s at %s: %s', (text, now, opens) => {
    const window = parseImportWindow(text);
    if (window === null) throw new Error(text);
    expect(new Date(nextOpenAt(window, Date.parse(now))).toISOString()).toBe(opens);
  });
});
