/** Goal: what the judge says of the suite's lists is what was expected of each, and the page that says so is not stale. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PKITS_DOC, pkitsDoc, pkitsRows } from './pkitsTable.ts';

test('each of the 173 lists gets the verdict that was expected of it', () => {
  const rows = pkitsRows();
  expect(rows.length).toBe(173);
  expect(rows.filter(({ expected, got }) => expected !== got)).toEqual([]);
  expect(rows.filter(({ got }) => got !== 'published').length).toBe(19);
});

test('docs/crl-pkits.md is what `node test/crl/x509/pkitsTable.ts` writes', () => {
  expect(readFileSync(PKITS_DOC, 'utf8')).toBe(pkitsDoc());
});
