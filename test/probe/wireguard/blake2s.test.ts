/** BLAKE2s and its HMAC: published digests, and Node's own where it has the same. */
import { createHash, createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { blake2s, hmac } from '../../../lib/probe/wireguard/blake2s.ts';

test('"abc" has the digest of RFC 7693, appendix B', () => {
  expect(blake2s([Buffer.from('abc')]).toString('hex')).toBe(
    '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
  );
});

/** From the reference implementation's test file blake2-kat.json: the key is 00 01 … 1f, the input 00 01 …. */
test.each([
  [0, '48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49'],
  [1, '40d15fee7c328830166ac3f918650f807e7e01e177258cdc0a39b11f598066f1'],
])('with a key, %i bytes have the published digest', (length, digest) => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const input = Buffer.from(Array.from({ length }, (_, index) => index));
  expect(blake2s([input], 32, key).toString('hex')).toBe(digest);
});

test("any input, in any parts, has the digest and the HMAC that Node's own gives", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(bytes, { maxLength: 4 }),
      fc.uint8Array({ maxLength: 64 }),
      (parts, key) => {
        const whole = Buffer.concat(parts);
        expect(blake2s(parts)).toEqual(createHash('blake2s256').update(whole).digest());
        expect(hmac(key, parts)).toEqual(createHmac('blake2s256', key).update(whole).digest());
      },
    ),
  );
});

test('whole blocks of 64 bytes are no special case', () => {
  for (const length of [63, 64, 65, 127, 128, 129]) {
    const input = Buffer.alloc(length, 7);
    expect(blake2s([input])).toEqual(createHash('blake2s256').update(input).digest());
  }
});
