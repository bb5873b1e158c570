/** docs/security.md names tests that are there, and a tag guard that is JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
/** First and last of the four cells. */
const ROW = /^\| (.+?) \|.+\| (.+?) \|$/gm;
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

test('every test that it names is there', () => {
  const named = [...page.matchAll(/`(test\/[\w/.]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

/** Of each line about an actor: the actor, and the tests that try it, by file and title. */
const actors = [...(/## Threat model\n([^]+?)\n## /.exec(page)?.[1] ?? '').matchAll(ROW)].flatMap(
  ([, actor = '', tried = '']) => (/^(attacker|---)/.test(actor) ? [] : [{ actor, tried }]),
);

test('it has twenty actors and more', () => {
  expect(actors.length).toBeGreaterThanOrEqual(20);
});

test.each(actors)('$actor: the tests that try it are there, by file and title', ({ tried }) => {
  const files = [...tried.matchAll(/`(test\/[\w/.]+)`((?:,? “[^”]+”)+)/g)];
  expect(files.length).toBeGreaterThan(0);
  // Nothing is named in another form, which would be passed over.
  expect(files.map(([all]) => all).join('; ')).toBe(tried);
  for (const [, path = '', titles = ''] of files) {
    const source = readFileSync(new URL(path, ROOT), 'utf8');
    for (const [, title] of titles.matchAll(/“([^”]+)”/g)) expect(source).toContain(title);
  }
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
