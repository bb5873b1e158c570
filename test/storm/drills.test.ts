/**
 * The rule that ends a drill at the first unanswered probe: take it away and some storm keeps a drill going beside a
 * member that does not answer, in a way that only the truth can tell; leave it there and the same storm does not.
 */
import { expect, test } from '@jest/globals';
import { DRILL_RULES, probeIsUnanswered } from '../../lib/appliances/rules/drill.ts';
import { SAFETY, type Safety } from '../../lib/watcher/pass.ts';
import { breaksWhole, firstBroken } from './search.ts';
import { runStormWithoutCalm } from './storm.ts';

const WITHOUT: Safety = {
  ...SAFETY,
  drillRules: DRILL_RULES.filter((rule) => rule !== probeIsUnanswered),
};

const breaks = (safety: Safety) => async (seed: string) =>
  (await runStormWithoutCalm(seed, safety)).violations.some(({ rule }) => rule === 'drill');

test('without the rule of the first unanswered probe some storm drills on, and with it that storm does not', async () => {
  const broken = await firstBroken('18', breaks(WITHOUT));
  expect(broken).not.toBeNull();
  expect(await breaksWhole(broken ?? '', breaks(SAFETY))).toBe(false);
}, 600_000);
