/** Durations for people, instants from text, and a sleep that never outlives its signal. */
import { describe, expect, test } from '@jest/globals';
import { describeMs, parseInstant, systemClock, toIso } from '../../lib/core/time.ts';

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [3_200, '3.2 s'],
  [9_999, '10 s'],
  [10_400, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [60_000, '1 min'],
  [299_000, '4 min 59 s'],
  [3_599_000, '59 min 59 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
  [86_400_000, '1 d'],
  [90_000_000, '1 d 1 h'],
  [-3_200, '-3.2 s'],
])('%i ms are %s', (ms, text) => {
  expect(describeMs(ms)).toBe(text);
});

describe('instants', () => {
  test('are written and read as ISO 8601', () => {
    const at = parseInstant('2026-11-20T21:00:04.123Z');
    expect(at === null ? null : toIso(at)).toBe('2026-11-20T21:00:04.123Z');
  });

  test.each(['', 'yesterday', '2026-13-01T00:00:00Z'])('"%s" is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe('sleep', () => {
  const HOUR_MS = 3_600_000;

  test('ends at once when its signal aborts', async () => {
    const stop = new AbortController();
    const asleep = systemClock.sleep(HOUR_MS, stop.signal);
    stop.abort();
    await expect(asleep).resolves.toBeUndefined();
  });

  test('does not begin when it has already aborted', async () => {
    await expect(systemClock.sleep(HOUR_MS, AbortSignal.abort())).resolves.toBeUndefined();
  });

  test('of less than nothing ends', async () => {
    await expect(systemClock.sleep(-5)).resolves.toBeUndefined();
  });

  test('leaves no listener behind when it ends by itself', async () => {
    const stop = new AbortController();
    let listeners = 0;
    const { signal } = stop;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      listeners += 1;
      add(...all);
    };
    signal.removeEventListener = (...all: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...all);
    };
    await systemClock.sleep(1, signal);
    expect(listeners).toBe(0);
  });
});

test('the steady clock never goes back', () => {
  const before = systemClock.monotonicMs();
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
});
