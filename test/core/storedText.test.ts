/** Goal: no stored text takes a reader's memory: a megabyte of brackets would be a hundred of objects. */
import { expect, test } from '@jest/globals';
import { parseStored } from '../../lib/core/storedText.ts';

const lists = (count: number) => `[${Array.from({ length: count }, () => '0').join()}]`;

test('a million values are read, and not one more, however short the text', () => {
  expect(parseStored(lists(1_000_000))).toHaveLength(1_000_000);
  expect(parseStored(lists(1_000_001))).toBeNull();
});

test('signs inside of texts are no values', () => {
  const text = ',{['.repeat(400_000);
  expect(parseStored(JSON.stringify([text]))).toEqual([text]);
});
