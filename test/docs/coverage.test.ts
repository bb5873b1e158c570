/** Goal: docs/coverage.md names findings and tests that exist. Method: its rows against the catalogue and the files. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FINDINGS } from '../../lib/core/findings/catalogue.ts';
import { COVERAGE, coverageTables } from './coverage.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROWS = COVERAGE.flatMap(({ rows }) => rows);

test.each(ROWS.map((row) => [`${row.of}: ${row.fails}`, row] as const))(
  '%s: its findings are in the catalogue, and its tests are there',
  async (_, { reasons, tests, missing }) => {
    for (const reason of reasons) expect(Object.keys(FINDINGS)).toContain(reason);
    for (const file of tests) await expect(access(join(ROOT, file))).resolves.toBeUndefined();
    // What is whole is held by a test; what no test holds says what is not there.
    expect(missing === null && tests.length === 0).toBe(false);
    // Seen in a whole account, a capture or beside real daemons, not in a function's arguments alone.
    const isWhole = tests.some((file) => /^test\/(?:cases|examples|lab|storm)\//.test(file));
    expect(isWhole || missing?.includes('A capture holds no')).toBe(true);
  },
);

test('no text has a sign that would end its cell', () => {
  const lines = coverageTables()
    .split('\n')
    .filter((line) => line.startsWith('| '));
  expect(lines.length).toBeGreaterThan(ROWS.length);
  for (const line of lines) expect(line.split('|')).toHaveLength(8);
});
