/** Goal: no tag is read that the reference does not have. Method: the words of the source itself. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TAG_KEYS } from '../../lib/core/tags.ts';
import { TAG_TABLE } from '../../lib/core/tagTable.ts';

const LIB = join(import.meta.dirname, '../../lib');

test('every tag that the code names is in the reference, and every tag of the reference is named by the code', async () => {
  const files = (await readdir(LIB, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && file !== join('core', 'tagTable.ts'),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(LIB, file), 'utf8')));
  const named = new Set(
    texts.flatMap((text) => [...text.matchAll(/vpn-medic:[a-z][a-z-]*[a-z]/g)].map(([key]) => key)),
  );
  const listed = new Set(TAG_TABLE.map(({ key }) => key));
  expect([...named].filter((key) => !listed.has(key))).toEqual([]);
  expect([...listed].filter((key) => !named.has(key))).toEqual([]);
  expect(TAG_KEYS.filter((key) => !listed.has(key))).toEqual([]);
});
