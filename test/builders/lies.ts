/** Stored items that lie: mutated and random. */
import * as fc from 'fast-check';
import { NOW } from './facts.ts';

const EXTREMES = [
  null,
  true,
  -1,
  0,
  1e300,
  -1e300,
  8.64e15,
  9e15,
  NOW + 1e12,
  '',
  'x'.repeat(3_000),
  [],
  {},
  { __proto__: 1, constructor: [] },
  'i-b1',
  'rtb-1 10.0.0.0/8',
  'eni-a1',
] as const;
const junk = fc.oneof(fc.constantFrom(...EXTREMES), fc.jsonValue({ maxDepth: 3 }));

/** The body with one to four of its parts, picked anywhere, replaced by junk. */
const mutated = (body: unknown): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }), junk), {
      minLength: 1,
      maxLength: 4,
    })
    .map((changes) => {
      const copy: unknown = JSON.parse(JSON.stringify(body));
      for (const [picks, to] of changes) spoil(copy, picks, to);
      return JSON.stringify(copy);
    });

function spoil(root: unknown, picks: readonly number[], to: unknown): void {
  let holder: unknown = root;
  for (const [index, pick] of picks.entries()) {
    if (typeof holder !== 'object' || holder === null) return;
    const keys = Object.keys(holder);
    const key = keys[pick % Math.max(1, keys.length)];
    if (key === undefined) return;
    const part: unknown = Reflect.get(holder, key);
    const isLeaf = typeof part !== 'object' || part === null;
    if (isLeaf || index === picks.length - 1) {
      Reflect.set(holder, key, structuredClone(to));
      return;
    }
    holder = part;
  }
}

/** The text of a stored item that lies: mostly the body with parts of it replaced. */
export const anyLie = (body: unknown): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: mutated(body), weight: 8 },
    { arbitrary: fc.json({ maxDepth: 4 }), weight: 1 },
    { arbitrary: fc.string(), weight: 1 },
  );
