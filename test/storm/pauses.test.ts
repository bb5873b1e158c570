/**
 * Goal: no route is written while an operator's pause lasts, in the middle of any storm, and after it the calm is whole.
 * Method: storms as they are drawn, without faults of the table, with pauses at random moments. Without the rule and its
 * step some storm breaks it.
 */
import { expect, test } from '@jest/globals';
import type { Spell } from '../../lib/simulator/faults.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import { seedCount } from './counts.ts';
import { drawStorm, type StormOptions } from './draw.ts';
import { runStorm, runStormWithoutCalm } from './storm.ts';
import { withoutRule } from './withoutRule.ts';

const COUNT = seedCount({ quick: 4, all: 8 });
const PAUSES = 3;

function withPauses(seed: string): StormOptions {
  const options = drawStorm(seed);
  const random = seededRandom(`${seed} pauses`);
  const pauses = Array.from({ length: PAUSES }, (_, index): Spell => {
    const fromMs = options.faultsFromMs + 1_000 * (40 * index + random.whole(0, 10));
    const startMs = Math.min(fromMs, options.stormEndMs);
    const endMs = Math.min(startMs + 1_000 * random.whole(10, 28), options.stormEndMs);
    return { fault: { kind: 'person-pauses', forMs: 600_000 }, startMs, endMs };
  });
  const spells = options.spells.filter(({ fault }) => !fault.kind.startsWith('store-'));
  return { ...options, spells: [...spells, ...pauses] };
}

const SEEDS = Array.from({ length: COUNT }, (_, index) => `pauses ${index + 1}`);

test(`${COUNT} storms with pauses: nothing is written in one, and after each the calm is whole`, async () => {
  const failures: string[] = [];
  for (const seed of SEEDS) {
    const { violations, report } = await runStorm(seed, withPauses(seed));
    if (violations.length > 0) failures.push(report(20));
  }
  expect(failures).toEqual([]);
}, 600_000);

test('without the rule and its step some storm writes in a pause', async () => {
  let broken: string | null = null;
  for (const seed of SEEDS) {
    const { violations } = await runStormWithoutCalm(seed, withoutRule('paused'), withPauses(seed));
    if (!violations.some(({ rule }) => rule === 'paused')) continue;
    broken = seed;
    break;
  }
  expect(broken).not.toBeNull();
}, 600_000);
