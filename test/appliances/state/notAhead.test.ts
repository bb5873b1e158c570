/** Goal: a clock that went back must not stretch a hold. Method: instants on both sides of the allowed skew. */
import { expect, test } from '@jest/globals';
import { notAhead } from '../../../lib/appliances/state/groupMerge.ts';

const NOW = 1_000_000;
const group = (at: number, writtenAt = at) => ({
  lastFailoverAt: at,
  flapCount: 1,
  failovers: { 'rtb-1 10.0.0.0/8': [{ from: 'eni-a1', to: 'eni-b1', writtenAt, at }] },
  pinnedAts: {},
});

test.each([
  ['leaves an instant 5 s ahead as it is', NOW + 5_000, NOW + 5_000],
  ['takes an instant 5.001 s ahead for now', NOW + 5_001, NOW],
  ['takes an instant an hour ahead for now', NOW + 3_600_000, NOW],
  ['leaves an instant of the past as it is', NOW - 1, NOW - 1],
])('%s', (_name, at, expected) => {
  const groups = new Map([['hq', group(at)]]);
  const mended = notAhead(groups, NOW);
  expect(mended.get('hq')).toEqual(group(expected, at));
  expect(mended === groups).toBe(at === expected);
});
