/** What left a list, against the plainest way to say it: two sets. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { missingSerials } from '../../../lib/crl/x509/missing.ts';
import type { Crl } from '../../../lib/crl/x509/parse.ts';
import { anAuthority } from '../builders/authority.ts';
import { integer } from '../builders/derWriter.ts';
import { aList, serials } from '../builders/list.ts';
import { readList } from '../builders/readList.ts';

const ca = anAuthority();
const listOf = (numbers: readonly bigint[]): Crl => readList(aList(ca, { serials: numbers }));
const hex = (serial: bigint): string => integer(serial).subarray(2).toString('hex');

test('what is missing is told in the order of the older list, each once', () => {
  const missing = missingSerials(listOf([9n, 300n, 5n, 9n, 7n]), listOf([7n, 1n]));
  expect(missing).toEqual(['09', '012c', '05']);
});

test('nothing is missing from an empty list, and everything from an emptied one', () => {
  expect(missingSerials(listOf([]), listOf([1n]))).toEqual([]);
  expect(missingSerials(listOf([]), listOf([]))).toEqual([]);
  expect(missingSerials(listOf([1n]), listOf([]))).toEqual(['01']);
});

test('serial numbers are equal when all of their bytes are, not their ends', () => {
  expect(missingSerials(listOf([0x0102n]), listOf([0x02n, 0x01n, 0x010203n, 0x030102n]))).toEqual([
    '0102',
  ]);
});

test('any two lists: the same as two sets say', () => {
  const numbers = fc.array(fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 2n ** 159n)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(numbers, numbers, (older, newer) => {
      const expected = [...new Set(older)].filter((each) => !newer.includes(each)).map(hex);
      expect(missingSerials(listOf(older), listOf(newer))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('20,000 serial numbers in a row, turned around: the one that left is found', () => {
  const all = serials(20_000);
  const left = all.filter((serial) => serial !== 12_345n).toReversed();
  expect(missingSerials(listOf(all), listOf(left))).toEqual(['3039']);
});
