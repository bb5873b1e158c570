/** Asking the same of many, a few at a time. */

/** What `ask` makes of each, in their order; at most `atOnce` are under way. */
export async function eachOf<I, T>(
  items: readonly I[],
  atOnce: number,
  ask: (item: I) => Promise<T>,
): Promise<readonly T[]> {
  const answers: T[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) answers[index] = await ask(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return answers;
}
