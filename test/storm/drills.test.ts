/**
 * The rule that ends a drill at the first unanswered probe: take it away and some storm keeps a drill going beside a
 * member that does not answer, in a way that only the truth can tell; leave it there and the same storm does not.
 */
import { expect, test } from '@jest/globals';
import { DRILL_RULES, probeIsUnanswered } from '../../lib/appliances/rules/drill.ts';
import { SAFETY, type Safety } from '../../lib/watcher/loop.ts';
import { runStormWithoutCalm } from './storm.ts';

const SEEDS = Array.from({ length: 300 }, (_, index) => String(index + 1));

const WITHOUT: Safety = {
  ...SAFETY,
  drillRules: DRILL_RULES.filter((rule) => rule !== probeIsUnanswered),
};

const breaks = async (seed: string, safety: Safety) =>
  (await runStormWithoutCalm(seed, safety)).violations.filter(({ rule }) => rule === 'drill')
    .length;

test('without the rule of the first unanswered probe some storm drills on, and with it that storm does not', async () => {
  let broken: string | null = null;
  for (const seed of SEEDS) {
    if ((await breaks(seed, WITHOUT)) === 0) continue;
    broken = seed;
    break;
  }
  expect(broken).not.toBeNull();
  expect(await breaks(broken ?? '', SAFETY)).toBe(0);
}, 600_000);
