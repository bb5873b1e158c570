/**
 * Goal: deploying over the first edition keeps what holds data. Method: the names and the replacing properties of its
 * stateful resources, as it packaged them, beside the files that deploy them now.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readWindows } from '../../lib/core/maintenance.ts';
import { parsePins } from '../../lib/core/pin.ts';
import { readAllowance, readMark } from '../../lib/crl/state.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const FIRST: Readonly<Record<string, Resource>> = JSON.parse(
  read('test/fixtures/firstEdition.template.json'),
).Resources;
const FILES = readdirSync(new URL('../../deploy', import.meta.url))
  .filter((name) => name.endsWith('.yml') && !name.includes('.template.'))
  .map((name) => read(`deploy/${name}`));

/** The lines of a resource, from its logical id to the next one. */
const blockOf = (id: string): string | null =>
  FILES.map((text) =>
    new RegExp(`^ +${id}:\\n( +)Type: .*\\n(?:(?:\\1.*)?\\n)*`, 'm').exec(text),
  ).find((match) => match !== null)?.[0] ?? null;

describe.each(Object.entries(FIRST).filter(([, { Type }]) => Type !== 'AWS::Logs::LogGroup'))(
  '%s',
  (id, { Type, DeletionPolicy, Properties }) => {
    const block = blockOf(id) ?? '';

    test('is deployed under the same logical id, type and deletion policy', () => {
      expect(block).toContain(`Type: ${Type}\n`);
      expect(/DeletionPolicy: (\w+)/.exec(block)?.[1]).toBe(DeletionPolicy);
    });

    test('has no name of its own, then as now: a name would replace it', () => {
      const names = ['TableName', 'BucketName', 'TopicName', 'QueueName', 'FifoTopic', 'FifoQueue'];
      expect(Object.keys(Properties).filter((name) => names.includes(name))).toEqual([]);
      expect(names.filter((name) => block.includes(`${name}:`))).toEqual([]);
    });
  },
);

test('the table has the same key: another one would replace it', () => {
  const { KeySchema, AttributeDefinitions } = Object(FIRST['StateTable']?.Properties);
  expect(KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
  expect(AttributeDefinitions).toEqual([{ AttributeName: 'id', AttributeType: 'S' }]);
  const block = blockOf('StateTable');
  expect(block).toContain('KeySchema: [{ AttributeName: id, KeyType: HASH }]');
  expect(block).toContain('AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]');
});

test('logs go on in the same groups: each is named after its function, which keeps its key', () => {
  const keys = Object.entries(FIRST).flatMap(([, { Type, Properties }]) =>
    Type === 'AWS::Logs::LogGroup'
      ? [String(Properties['LogGroupName']).split('vpn-medic-prod-')[1] ?? '']
      : [],
  );
  expect(keys.length).toBeGreaterThanOrEqual(7);
  expect(keys.filter((key) => !FILES.some((text) => text.includes(`\n  ${key}:\n`)))).toEqual([]);
  expect(FILES.join('\n')).not.toMatch(/^ {4}name: /m);
});

/** As the first edition wrote them. */
describe('what is stored of people and of lists is read', () => {
  const [at, until] = [1_763_683_200_000, 1_763_690_400_000];

  test('pins', () => {
    const pin = { group: 'hub', routeKey: null, to: 'i-1', at, until, by: 'ann', why: 'noisy' };
    expect(parsePins({ pins: [pin] })).toEqual([pin]);
  });

  test('maintenance windows', () => {
    const window = { subjectId: 'hub', from: at, until, why: 'image', by: 'ann' };
    expect(readWindows({ windows: [window] })).toEqual([window]);
  });

  test('the high-water mark of a list, below which none is published, and an allowance', () => {
    const mark = { issuerName: '30', thisUpdateAt: at, sha256: 'ab' };
    expect(readMark({ ...mark, number: '41' })).toEqual({
      ok: true,
      highWater: { ...mark, number: 41n, entryCount: null },
      forgottenSha256: null,
    });
    expect(readAllowance({ mayShrinkUntil: until })).toBe(until);
  });
});
