/**
 * The test of the tests: take one safety rule away and some storm breaks it, in a way that only the truth can tell;
 * leave it there and the same storm passes, as storm.test.ts shows of the fixed ones. A rule that nothing misses would
 * be a rule that nothing tests. Each brake of S9 is taken away in repairs.test.ts.
 */
import { expect, test } from '@jest/globals';
import type { Rule } from '../../lib/appliances/types/plan.ts';
import { SAFETY, type Safety } from '../../lib/watcher/pass.ts';
import { breaksWhole, firstBroken } from './search.ts';
import { runStormWithoutCalm } from './storm.ts';
import { withoutRule } from './withoutRule.ts';

/** Only a hang takes so long. */
const HANG_MS = 600_000;

const withoutHold = (name: string): Safety => ({
  ...SAFETY,
  rules: SAFETY.rules.filter(({ holds }) => holds.name !== name),
});

/** Each with the first seed that was found to break without it, and how the violation ends. */
const HOLDS: readonly (readonly [string, string, string])[] = [
  ['targetIsNotAdmitted', '7', 'it was never admitted'],
  ['tunnelIsNotProven', '15', 'whose tunnel has been dead since its death'],
];

test.each(HOLDS)(
  'without %s alone some storm breaks its rule, and with it that storm does not',
  async (name, found, ending) => {
    const safety = withoutHold(name);
    expect(safety.rules).toHaveLength(SAFETY.rules.length - 1);
    const breaks = (by: Safety) => async (seed: string) =>
      (await runStormWithoutCalm(seed, by)).violations.some(({ what }) => what.endsWith(ending));
    const broken = await firstBroken(found, breaks(safety));
    expect(broken).not.toBeNull();
    expect(await breaksWhole(broken ?? '', breaks(SAFETY))).toBe(false);
  },
  HANG_MS,
);

/** Each with the first seed that was found to break without it. */
const RULES: readonly (readonly [Rule, string])[] = [
  ['S1', '20'],
  ['S2', '1'],
  ['S3', '1'],
  ['S4', '10'],
  ['S5', '3'],
  ['S6', '1'],
  ['S7', '1'],
  ['S8', '2'],
  ['S14', '9'],
];

test.each(RULES)(
  'without %s some storm breaks it, and with it the same storm does not',
  async (rule, found) => {
    const breaks = (by: Safety) => async (seed: string) =>
      (await runStormWithoutCalm(seed, by)).violations.some((one) => one.rule === rule);
    const broken = await firstBroken(found, breaks(withoutRule(rule)));
    expect(broken).not.toBeNull();
    expect(await breaksWhole(broken ?? '', breaks(SAFETY))).toBe(false);
  },
  HANG_MS,
);
