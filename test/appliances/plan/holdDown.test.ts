/** How long a group rests: doubled with each flap, an hour at most, never shorter for more flaps. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { holdMsOf } from '../../../lib/appliances/plan/holdDown.ts';
import { policyOf } from '../../builders/world.ts';

const MIN = 60_000;

test.each([
  [0, 5 * MIN],
  [1, 5 * MIN],
  [2, 10 * MIN],
  [3, 20 * MIN],
  [4, 40 * MIN],
  [5, 60 * MIN],
  [6, 60 * MIN],
  [1_000, 60 * MIN],
])('after %i failovers in close succession: %i ms', (flapCount, holdMs) => {
  expect(holdMsOf({ flapCount }, policyOf())).toBe(holdMs);
});

test.each([
  ['no hold stays none', 0, 10, 0],
  ['a hold longer than an hour stays what it is', 90 * MIN, 10, 90 * MIN],
])('%s', (_what, holdMs, flapCount, expected) => {
  expect(holdMsOf({ flapCount }, policyOf({ holdMs }))).toBe(expected);
});

test('a hold never shortens with more flaps', () => {
  fc.assert(
    fc.property(fc.nat(86_400_000), fc.nat(100), fc.nat(100), (holdMs, flapCount, more) => {
      const policy = policyOf({ holdMs });
      expect(holdMsOf({ flapCount: flapCount + more }, policy)).toBeGreaterThanOrEqual(
        holdMsOf({ flapCount }, policy),
      );
    }),
  );
});
