/** Looking for a storm that breaks without a rule. */
import { seedCount } from './counts.ts';

/** The fixed storms: storm.test.ts shows that the whole product breaks nothing in them. */
export const FIXED_SEEDS: readonly string[] = Array.from(
  { length: seedCount({ quick: 40, all: 150 }) },
  (_, index) => String(index + 1),
);

/**
 * The first seed for which `breaks` is true, `found` before the others; null: none is.
 */
export async function firstBroken(
  found: string,
  breaks: (seed: string) => Promise<boolean>,
): Promise<string | null> {
  for (const seed of [found, ...SEARCHED]) if (await breaks(seed)) return seed;
  return null;
}

/** Whether the whole product breaks there, by `breaks`; of a fixed storm storm.test.ts shows that it does not. */
export const breaksWhole = async (
  seed: string,
  breaks: (seed: string) => Promise<boolean>,
): Promise<boolean> => !FIXED_SEEDS.includes(seed) && breaks(seed);

const SEARCHED: readonly string[] = Array.from({ length: 300 }, (_, index) => String(index + 1));
