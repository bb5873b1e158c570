/** Waiting, for tests: for some time, or until something is so. */

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Resolves with the first value that is neither `null` nor `false`. The limit is a guard against hanging, never a
 * claim about speed.
 *
 * @throws after `msMax`, naming what was waited for and what was seen last.
 */
export async function until<T>(
  what: string,
  look: () => T | null | false | Promise<T | null | false>,
  msMax = 120_000,
): Promise<T> {
  const giveUpAt = Date.now() + msMax;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (Date.now() > giveUpAt) throw new Error(`waited ${msMax} ms for: ${what}`);
    await pause(25);
  }
}
