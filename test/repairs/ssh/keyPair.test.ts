/** Goal: no login fails because its own key cannot be read. */
import { expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../../lib/repairs/ssh/keyPair.ts';

test('each of 2,000 pairs is readable, where the library alone makes some nine that are not', () => {
  const unread = Array.from({ length: 2_000 }, newKeyPair).filter(
    (pair) => ssh2.utils.parseKey(pair.private) instanceof Error,
  );
  expect(unread).toEqual([]);
});
