/** Goal: a new parameter is one row; what is generated from it is up to date. Method: compare, and check each row. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PARAMETERS, type Parameter } from '../../lib/parameters.ts';
import { parametersPage, serverlessDefaults } from '../docs/parameterTexts.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFile(join(ROOT, file), 'utf8');
const rows: readonly (readonly [string, Parameter])[] = Object.entries(PARAMETERS);

test('serverless.yml has exactly the defaults of the rows: npm run docs:parameters', async () => {
  const text = await read('serverless.yml');
  const block = text.slice(text.indexOf('params:'), text.indexOf('provider:'));
  expect(block).toBe(`params:\n  default:\n${serverlessDefaults()}\n`);
});

test('docs/parameters.md is the table of the rows: npm run docs:parameters', async () => {
  expect(await read('docs/parameters.md')).toBe(parametersPage());
});

test.each(rows.filter(([, { default: value }]) => !value.startsWith('$')))(
  'the default of %s is one of its values',
  (name, row) => {
    expect(row.kind.is(row.default)).toBe(true);
    expect(row.meaning).toMatch(/^\S.*\.$/);
    expect(name).toMatch(/^[a-z][A-Za-z]+$/);
  },
);

test('the check before a deployment names no parameter besides pairs', async () => {
  const text = await read('deploy/parameters.ts');
  const named = Object.keys(PARAMETERS).filter((name) => text.includes(`'${name}'`));
  expect(named.every((name) => /Subnets|Groups|^crl/.test(name))).toBe(true);
});
