/** docs/security.md names tests that are there, and a tag guard that is JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

test('every test that it names is there', () => {
  const named = [...page.matchAll(/`(test\/[\w/.]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

test('the tag guard is a policy that denies the ways to write our tags, DeleteTags without keys too', () => {
  const policy = /```json\n([^]+?)```/.exec(page)?.[1] ?? '';
  const statements: unknown[] = JSON.parse(policy).Statement;
  expect(statements).toMatchObject([
    {
      Effect: 'Deny',
      Action: expect.arrayContaining([
        'ec2:CreateTags',
        'ec2:DeleteTags',
        'autoscaling:CreateOrUpdateTags',
      ]),
    },
    { Effect: 'Deny', Action: 'ec2:DeleteTags', Condition: { Null: { 'aws:TagKeys': 'true' } } },
  ]);
});
