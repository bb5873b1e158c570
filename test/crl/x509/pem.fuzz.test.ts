/**
 * Goal: whatever is around a list, it is read or named for what it is, in one pass. Method: right lists in wrappings that
 * fast-check draws, and the same with some bytes changed. Bounded by the number of runs.
 */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseCrl } from '../../../lib/crl/x509/parse.ts';
import { anAuthority } from '../builders/authority.ts';
import { pem } from '../builders/derWriter.ts';
import { aList, serials } from '../builders/list.ts';

const ca = anAuthority();
const list = aList(ca, { serials: serials(20) });
const block = pem('X509 CRL', list);

/** Text as tools write it before and after a block: never a block of its own. */
const text = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '0', ' ', '\t', '\n', '-', ':', '=', '<', '\u00fc'),
    maxLength: 200,
  })
  .map((each) => each.replaceAll('-----', '----'));
const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 5 });

const wrapped: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constant(list),
  fc.tuple(text, text).map(([before, after]) => Buffer.from(`${before}\n${block}${after}`)),
  space.map((each) => Buffer.from(`${each}${list.toString('base64')}${each}`)),
  fc
    .tuple(space, space)
    .map(([a, b]) =>
      Buffer.from(
        block.replaceAll('\n', () => `${a}\n${b}`).replace(`X509 CRL-----${a}`, 'X509 CRL-----'),
      ),
    ),
  fc.constant(Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(block)])),
  fc.constant(Buffer.from(`\ufeff${block}`, 'utf16le')),
  fc.constant(Buffer.from(`\ufeff${block}`, 'utf16le').swap16()),
);

test('a list in any wrapping is read, and is the list', () => {
  fc.assert(
    fc.property(wrapped, (file) => {
      const parsed = parseCrl(file);
      expect(parsed.ok ? parsed.crl.der.equals(list) : parsed.why).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('a wrapping with changed bytes is read, or refused with a sentence, and is not written to', () => {
  const changed = fc
    .tuple(
      wrapped,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([file, changes]) => {
      const copy = Buffer.from(file);
      for (const [at, byte] of changes) copy[at % copy.length] = byte;
      return copy;
    });
  fc.assert(
    fc.property(changed, (file) => {
      const before = Buffer.from(file);
      const parsed = parseCrl(file);
      expect(file.equals(before)).toBe(true);
      expect(parsed.ok || parsed.why.length > 10).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('text that begins with the byte of a SEQUENCE is text all the same', () => {
  expect(parseCrl(Buffer.from(`0\u00fc\n${block}`)).ok).toBe(true);
});

test('any bytes at all get an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const parsed = parseCrl(bytes);
      expect(parsed.ok || parsed.why !== '').toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
