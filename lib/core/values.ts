/** What the text of a parameter or of an environment variable may be. */

export interface ValueKind {
  /** For people, after "write": `a whole number from 1 to 30`. */
  readonly range: string;
  readonly is: (value: string) => boolean;
  /** What a CloudFormation parameter can check of it; undefined: nothing. */
  readonly shape?: ValueShape;
}

/** `pattern`: a regular expression for the whole value. */
export type ValueShape =
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'whole'; readonly min: number; readonly max: number };

/** Null: the value is valid. Else a sentence that names the setting and the fix. */
export function valueFault({ is, range }: ValueKind, called: string, value: string): string | null {
  if (is(value)) return null;
  return `${value === '' ? `${called} is not set` : `${called}="${value}" is not valid`}: write ${range}`;
}

export const matching = (pattern: RegExp, range: string): ValueKind => ({
  range,
  is: (value) => pattern.test(value),
  shape: { kind: 'pattern', pattern: pattern.source },
});

/** Both ends inclusive; decimal digits only. */
export const whole = (min: number, max: number): ValueKind => ({
  range: `a whole number from ${min} to ${max}`,
  is: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
  shape: { kind: 'whole', min, max },
});

export const oneOf = (...words: readonly string[]): ValueKind => ({
  range: `one of ${words.join(' ')}`,
  is: (value) => words.includes(value),
  shape: { kind: 'words', words },
});

/** At least one part; every part matches. */
export const listOf = (part: RegExp, range: string): ValueKind => ({
  range,
  is: (value) => value.split(',').every((one) => part.test(one.trim())),
  shape: { kind: 'pattern', pattern: `^${unanchored(part)}(,${unanchored(part)})*$` },
});

/** Without the `^` and `$` around it. */
const unanchored = ({ source }: RegExp): string => `(?:${source.slice(1, -1)})`;

export const orNothing = ({ range, is, shape }: ValueKind): ValueKind => ({
  range: `${range}, or nothing`,
  is: (value) => value === '' || is(value),
  ...(shape?.kind === 'pattern' && {
    shape: { kind: 'pattern', pattern: `^$|${shape.pattern}` },
  }),
});
