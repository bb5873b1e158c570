/** The same order and the same counts on every machine. */

/** Code-unit order, whatever the locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Null for none. */
export const latest = (ats: readonly number[]): number | null =>
  ats.reduce<number | null>((last, at) => (last === null || at > last ? at : last), null);

export const addOne = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
