/** Goal: no tag is read that the reference does not have, and the README says nothing else. Method: the words of the source itself. */
import { readFileSync } from 'node:fs';
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

/** What carries a tag and its key, by each row of a table. */
const carriersIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ *\| ([^|]+) \| `(vpn-medic:[a-z-]+)`/gm)].flatMap(([, on = '', key]) =>
    on.split(', ').map((carrier) => `${carrier}: ${key}`),
  );
const strangersIn = (text: string): readonly string[] => {
  const known = new Set(
    TAG_TABLE.flatMap(({ on, key }) => on.split(', ').map((carrier) => `${carrier}: ${key}`)),
  );
  return carriersIn(text).filter((one) => !known.has(one));
};

test('the README puts each tag on what the reference puts it on, and nothing else', () => {
  const readme = readFileSync(join(LIB, '../README.md'), 'utf8');
  expect(carriersIn(readme).length).toBeGreaterThan(15);
  expect(strangersIn(readme)).toEqual([]);
  expect(strangersIn('| subnet, instance | `vpn-medic:probe` = x |')).toEqual([
    'subnet: vpn-medic:probe',
  ]);
});
