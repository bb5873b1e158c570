/** What the text of a parameter or of an environment variable may be. */

export interface ValueKind {
  /** For people, after "write": `a whole number from 1 to 30`. */
  readonly range: string;
  readonly is: (value: string) => boolean;
}

/** Null: the value is valid. Else a sentence that names the setting and the fix. */
export function valueFault({ is, range }: ValueKind, called: string, value: string): string | null {
  if (is(value)) return null;
  return `${value === '' ? `${called} is not set` : `${called}="${value}" is not valid`}: write ${range}`;
}

export const matching = (pattern: RegExp, range: string): ValueKind => ({
  range,
  is: (value) => pattern.test(value),
});

/** Both ends inclusive; decimal digits only. */
export const whole = (min: number, max: number): ValueKind => ({
  range: `a whole number from ${min} to ${max}`,
  is: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
});

export const oneOf = (...words: readonly string[]): ValueKind => ({
  range: `one of ${words.join(' ')}`,
  is: (value) => words.includes(value),
});

/** At least one part; every part matches. */
export const listOf = (part: RegExp, range: string): ValueKind => ({
  range,
  is: (value) => value.split(',').every((one) => part.test(one.trim())),
});

export const orNothing = ({ range, is }: ValueKind): ValueKind => ({
  range: `${range}, or nothing`,
  is: (value) => value === '' || is(value),
});
