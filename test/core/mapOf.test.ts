/** Stored objects whose keys are names. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { mapOf } from '../../lib/core/mapOf.ts';
import { parseStored } from '../../lib/core/storedText.ts';

const schema = mapOf(v.pipe(v.string(), v.maxLength(20)), v.number());

test('whatever the names are, those of JavaScript among them, each comes back with its value', () => {
  const name = fc.oneof(
    fc.constantFrom('constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, fc.integer()), { selector: ([one]) => one }),
      (entries) => {
        const stored = parseStored(JSON.stringify(Object.fromEntries(entries)));
        const read = v.parse(schema, stored);
        expect(new Set(read)).toEqual(new Set(entries));
        expect(read.get('valueOf')).toBe(entries.find(([one]) => one === 'valueOf')?.[1]);
      },
    ),
  );
});

test.each([[{ a: 'x' }], [{ ['a'.repeat(21)]: 1 }], [null], ['a'], [7]])(
  '%j is refused',
  (stored) => {
    expect(v.safeParse(schema, stored).success).toBe(false);
  },
);
