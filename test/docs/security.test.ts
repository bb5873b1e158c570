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

test('it has fifteen actors and more, and as many lines that name their tests', () => {
  const [, threats = '', tests = ''] =
    /## Threat model\n([^]+?)## Which test holds which line\n([^]+?)\n## /.exec(page) ?? [];
  const actors = [...threats.matchAll(/^\| (?!attacker|---)([^|]+) \|/gm)].map(
    ([, actor]) => actor,
  );
  const held = [...tests.matchAll(/^\| (?!line|---)[^|]+ \| (`test\/[^|]+) \|$/gm)];
  expect(actors.length).toBeGreaterThanOrEqual(15);
  expect(held.length).toBeGreaterThanOrEqual(15);
});

/** What IAM does with a request of somebody who is not the network team: Deny wins. Only what these statements use. */
function isDenied(
  statements: readonly Statement[],
  action: string,
  tagKeys: readonly string[],
): boolean {
  return statements.some(({ Action, Condition }) => {
    const like = Condition['ForAnyValue:StringLike']?.['aws:TagKeys'];
    const isNull = Condition['Null']?.['aws:TagKeys'];
    return (
      [Action].flat().includes(action) &&
      (like === undefined || tagKeys.some((key) => key.startsWith(like.replace(/\*$/, '')))) &&
      (isNull === undefined || (isNull === 'true') === (tagKeys.length === 0))
    );
  });
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const guard: readonly Statement[] = JSON.parse(
  /```json\n([^]+?)```/.exec(page)?.[1] ?? '',
).Statement;

test.each([
  ['ec2:CreateTags', ['vpn-medic:group'], true],
  ['ec2:CreateTags', ['Name', 'vpn-medic:members'], true],
  ['ec2:CreateTags', ['Name'], false],
  ['ec2:DeleteTags', ['vpn-medic:ignore'], true],
  ['ec2:DeleteTags', ['Name'], false],
  ['ec2:DeleteTags', [], true],
  ['autoscaling:CreateOrUpdateTags', ['vpn-medic:group'], true],
  ['autoscaling:CreateAutoScalingGroup', ['vpn-medic:pool'], true],
  ['autoscaling:DeleteTags', ['vpn-medic:group'], true],
  ['autoscaling:CreateAutoScalingGroup', [], false],
  ['ec2:RunInstances', [], false],
])('the tag guard: %s with %j is denied: %s', (action, keys, isRefused) => {
  expect(isDenied(guard, action, keys)).toBe(isRefused);
});

test('without its second statement the guard would let tags be deleted without naming them', () => {
  expect(isDenied(guard.slice(0, 1), 'ec2:DeleteTags', [])).toBe(false);
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
