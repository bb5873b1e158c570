/** Goal: Lambda can read the zip. Method: read back by the lab's reader, which knows the format and not the writer. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { zipOf } from '../../../lib/cli/deploy/zip.ts';
import { readZip } from '../../lab/stack/zip.ts';
import { makeTempFolder } from '../../tempFolder.ts';

const folder = makeTempFolder();
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a text of 1 MB', Buffer.from('export const handler = () => 1;\n'.repeat(32_000))],
])('%s comes back under its path, the same each time', async (_, bytes) => {
  const zip = zipOf('dist/probe/index.mjs', bytes);
  const path = join(folder, `${bytes.length}.zip`);
  await writeFile(path, zip);
  expect([...(await readZip(path))]).toEqual([['dist/probe/index.mjs', bytes]]);
  expect(Buffer.compare(zip, zipOf('dist/probe/index.mjs', bytes))).toBe(0);
});
