/**
 * The test of the tests: take one safety rule away and some storm breaks it, in a way that only the truth can tell;
 * leave it there and the same storm passes. A rule that nothing misses would be a rule that nothing tests.
 */
import { expect, test } from '@jest/globals';
import type { Rule } from '../../lib/appliances/types/plan.ts';
import { SAFETY, type Safety } from '../../lib/watcher/loop.ts';
import { runRepairStorm } from './repairs.ts';
import { runStormWithoutCalm } from './storm.ts';
import { withoutRule } from './withoutRule.ts';

/** The same as the first of the fixed storms. */
const SEEDS = Array.from({ length: 300 }, (_, index) => String(index + 1));
/** The seed that was found before is tried first. */
const seedsFrom = (found: string): readonly string[] => [found, ...SEEDS];

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
  ['S9', '3'],
  ['S14', '9'],
];

async function breaks(rule: Rule, seed: string, safety: Safety): Promise<boolean> {
  if (rule === 'S9') {
    const { violations } = await runRepairStorm(seed, safety, false);
    return violations.some((one) => one.startsWith('S9'));
  }
  const { violations } = await runStormWithoutCalm(seed, safety);
  return violations.some((one) => one.rule === rule);
}

test('without the rule of admission alone some storm gives a route to a stranger, and with it that storm does not', async () => {
  const safety = {
    ...SAFETY,
    rules: SAFETY.rules.filter(({ holds }) => holds.name !== 'targetIsNotAdmitted'),
  };
  expect(safety.rules).toHaveLength(SAFETY.rules.length - 1);
  const strays = async (seed: string, by: Safety) =>
    (await runStormWithoutCalm(seed, by)).violations.filter(({ what }) =>
      what.endsWith('it was never admitted'),
    ).length;
  let broken: string | null = null;
  for (const seed of seedsFrom('7')) {
    if ((await strays(seed, safety)) === 0) continue;
    broken = seed;
    break;
  }
  expect(broken).not.toBeNull();
  expect(await strays(broken ?? '', SAFETY)).toBe(0);
}, 600_000);

test('without the rule of the tunnel alone some storm fails back into a dead one, and with it that storm does not', async () => {
  const safety = {
    ...SAFETY,
    rules: SAFETY.rules.filter(({ holds }) => holds.name !== 'tunnelIsNotProven'),
  };
  expect(safety.rules).toHaveLength(SAFETY.rules.length - 1);
  const lost = async (seed: string, by: Safety) =>
    (await runStormWithoutCalm(seed, by)).violations.filter(({ what }) =>
      what.endsWith('whose tunnel has been dead since its death'),
    ).length;
  let broken: string | null = null;
  for (const seed of seedsFrom('15')) {
    if ((await lost(seed, safety)) === 0) continue;
    broken = seed;
    break;
  }
  expect(broken).not.toBeNull();
  expect(await lost(broken ?? '', SAFETY)).toBe(0);
}, 600_000);

test.each(RULES)(
  'without %s some storm breaks it, and with it the same storm does not',
  async (rule, found) => {
    let broken: string | null = null;
    for (const seed of seedsFrom(found)) {
      if (!(await breaks(rule, seed, withoutRule(rule)))) continue;
      broken = seed;
      break;
    }
    expect(broken).not.toBeNull();
    expect(await breaks(rule, broken ?? '', SAFETY)).toBe(false);
  },
  600_000,
);
