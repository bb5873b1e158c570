/** Address ranges by arithmetic, IPv4 and IPv6 apart. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  canonicalCidr,
  covers,
  coverTogether,
  isHostLocal,
  overlap,
  prefixLength,
} from '../../lib/core/cidr.ts';

describe('covers', () => {
  test.each([
    ['10.0.0.0/8', '10.20.0.0/16', true],
    ['10.0.0.0/8', '10.20.0.5', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.20.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['10.0.0.0/9', '10.128.0.0/16', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.7', false],
    ['2001:db8::/32', '2001:db8:20::/48', true],
    ['2001:db8::/32', '2001:db9::/48', false],
    ['fd00::/8', 'fdff::1', true],
    ['pl-0a1b', '10.0.0.0/8', false],
    ['10.0.0.0/8', 'pl-0a1b', false],
    ['10.0.0.0/8', '', false],
  ])('%s covers %s: %s', (outer, inner, isCovered) => {
    expect(covers(outer, inner)).toBe(isCovered);
  });
});

describe('together', () => {
  test.each([
    [['10.0.0.0/9', '10.128.0.0/9'], '10.0.0.0/8', true],
    [['10.128.0.0/9', '10.0.0.0/10', '10.64.0.0/10'], '10.0.0.0/8', true],
    [['10.0.0.0/10', '10.128.0.0/9'], '10.0.0.0/8', false],
    [['10.0.0.0/9', '10.128.0.0/10', '10.192.0.0/11'], '10.0.0.0/8', false],
    [['0.0.0.0/1', '128.0.0.0/1'], '0.0.0.0/0', true],
    [['::/1', '8000::/1'], '::/0', true],
    [['::/0'], '10.0.0.0/8', false],
    [['10.0.0.0/8', '10.5.0.0/16'], '10.5.3.0/24', true],
    [['pl-1'], '10.0.0.0/8', false],
    [['0.0.0.0/0'], 'pl-1', false],
    [[], '10.0.0.1', false],
  ])('%s cover %s: %s', (cidrs, inner, areCovering) => {
    expect(coverTogether(cidrs, inner)).toBe(areCovering);
  });

  test('one that covers it alone does so together with whatever', () => {
    const cidr = fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([address, bits]) => canonicalCidr(`${address}/${bits}`) ?? '');
    fc.assert(
      fc.property(fc.array(cidr), cidr, (cidrs, inner) => {
        const isCovered = coverTogether(cidrs, inner);
        expect(isCovered || !cidrs.some((one) => covers(one, inner))).toBe(true);
        expect(isCovered && !cidrs.some((one) => overlap(one, inner))).toBe(false);
      }),
    );
  });
});

test.each([
  ['10.0.0.0/8', 8],
  ['10.0.0.5', 32],
  ['fd00::1', 128],
  ['0.0.0.0/0', 0],
  ['pl-0a1b', -1],
])('%s is %i bits specific', (cidr, bits) => {
  expect(prefixLength(cidr)).toBe(bits);
});

test.each([
  ['127.0.0.1', true],
  ['169.254.169.254', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['fe80::1', true],
  ['::ffff:127.0.0.1', true],
  ['224.0.0.1', true],
  ['ff02::1', true],
  ['255.255.255.255', true],
  ['10.0.0.1', false],
  ['203.0.113.7', false],
  ['fd00::1', false],
  ['localhost', false],
])('%s never leaves host or link: %s', (address, isLocal) => {
  expect(isHostLocal(address)).toBe(isLocal);
});

test('of any two ranges one covers the other or they are apart', () => {
  const cidr = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([address, bits]) => canonicalCidr(`${address}/${bits}`) ?? '');
  fc.assert(
    fc.property(cidr, cidr, (a, b) => {
      expect(overlap(a, b)).toBe(covers(a, b) || covers(b, a));
      expect(overlap(a, b)).toBe(overlap(b, a));
      expect(covers(a, b) && covers(b, a)).toBe(a === b);
    }),
  );
});
