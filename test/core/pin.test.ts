/** What the table holds of people's wishes: read as they were meant, and nothing made of garbage. */
import { describe, expect, test } from '@jest/globals';
import { livePins, PIN_MS_MAX, PINS_MAX, parsePins } from '../../lib/core/pin.ts';
import { NOW } from '../builders/facts.ts';
import { aPin } from '../builders/pins.ts';

describe('reading pins', () => {
  test('gives back what was stored', () => {
    const pins = [aPin(), aPin({ routeKey: 'rtb-1 10.0.0.0/8' })];
    expect(parsePins(JSON.parse(JSON.stringify({ version: 1, pins })))).toEqual(pins);
  });

  test.each([null, '?', [], {}, { pins: {} }, { pins: [{ to: 'i-1' }] }])(
    'of %j gives nothing, which is not the same as no pins',
    (garbage) => {
      expect(parsePins(garbage)).toBeNull();
      expect(parsePins({ pins: [] })).toEqual([]);
    },
  );

  test('whatever is stored, no pin lasts longer than a week', () => {
    const at = NOW;
    const [kept, cut] =
      parsePins({
        pins: [aPin({ at, until: at + PIN_MS_MAX }), aPin({ at, until: at + PIN_MS_MAX + 1 })],
      }) ?? [];
    expect(kept?.until).toBe(at + PIN_MS_MAX);
    expect(cut?.until).toBe(at + PIN_MS_MAX);
  });

  test('reads no more than there may be', () => {
    const pins = Array.from({ length: PINS_MAX + 1 }, () => aPin());
    expect(parsePins({ pins })).toHaveLength(PINS_MAX);
  });
});

test.each([
  ['1 ms before its end lives', NOW + 1, 1],
  ['at its end is over', NOW, 0],
])('a pin %s', (_what, until, length) => {
  expect(livePins([aPin({ until })], NOW)).toHaveLength(length);
});
