/** Quiet hours: parsed strictly, and true in their own time zone, summer and winter. */
import { describe, expect, test } from '@jest/globals';
import { parseQuiet, quietUntil } from '../../lib/core/quiet.ts';

const at = (text: string) => Date.parse(text);
const until = (tag: string, when: string) => {
  const parsed = parseQuiet(tag);
  if (!parsed.ok) throw new Error(parsed.why);
  const end = quietUntil(parsed.value, at(when));
  return end === null ? null : new Date(end).toISOString();
};

describe('Mon-Fri 19:00-07:00 Europe/Paris', () => {
  const TAG = 'Mon-Fri 19:00-07:00 Europe/Paris';
  test.each([
    ['Friday 18:59:59', '2026-11-27T17:59:59Z', null],
    ['Friday 19:00', '2026-11-27T18:00:00Z', '2026-11-28T06:00:00.000Z'],
    ['Saturday 06:59:30', '2026-11-28T05:59:30Z', '2026-11-28T06:00:00.000Z'],
    ['Saturday 07:00', '2026-11-28T06:00:00Z', null],
    ['Saturday 20:00', '2026-11-28T19:00:00Z', null],
    ['Monday 06:00, begun on Sunday', '2026-11-30T05:00:00Z', null],
    ['a Monday evening in summer', '2026-07-06T17:00:00Z', '2026-07-07T05:00:00.000Z'],
  ])('%s', (_, when, end) => {
    expect(until(TAG, when)).toBe(end);
  });
});

describe('other forms', () => {
  test.each([
    ['every day, UTC', '22:00-24:00', '2026-11-28T23:00:00Z', '2026-11-29T00:00:00.000Z'],
    ['the day after it', '22:00-24:00', '2026-11-29T00:00:00Z', null],
    ['days in a list', 'Sat,Sun 00:00-24:00', '2026-11-28T12:00:00Z', '2026-11-29T00:00:00.000Z'],
    [
      'days over the week’s end',
      'Fri-Mon 10:00-11:00',
      '2026-11-29T10:30:00Z',
      '2026-11-29T11:00:00.000Z',
    ],
    [
      'the second of two',
      'Mon 01:00-02:00; Sat 01:00-02:00',
      '2026-11-28T01:30:00Z',
      '2026-11-28T02:00:00.000Z',
    ],
  ])('%s', (_, tag, when, end) => {
    expect(until(tag, when)).toBe(end);
  });

  test.each([
    '',
    'at night',
    '25:00-07:00',
    '19:00',
    'Mon-Foo 19:00-07:00',
    '19:00-07:60',
    '19:00-07:00 Mars/Base',
  ])('"%s" is no time', (tag) => {
    expect(parseQuiet(tag)).toMatchObject({ ok: false });
  });
});
