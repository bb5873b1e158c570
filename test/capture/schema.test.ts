/** Goal: docs/capture.schema.json describes what capture writes and what replay reads, and nothing else. Method: every line of every capture in the repository, and lines that are none. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { EXAMPLES, takenOf } from '../examples/captures.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const validate = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(read('docs/capture.schema.json')),
);
const faultsOf = (value: unknown): unknown => (validate(value) ? [] : validate.errors);

const FOLDERS = ['appliances', 'crl', 'managed'].map((name) => `test/cases/${name}/`);
const FILES = ['examples/captures/', ...FOLDERS].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => folder + name),
);

test.each(FILES)('%s: every line is one of the schema', (file) => {
  for (const line of read(file).trim().split('\n')) expect(faultsOf(JSON.parse(line))).toEqual([]);
});

test('a capture that is taken and anonymised now: every line is one of the schema', async () => {
  for (const made of EXAMPLES) {
    const lines = (await takenOf(made, { anonymise: true })).trim().split('\n');
    for (const line of lines) expect(faultsOf(JSON.parse(line))).toEqual([]);
  }
});

const answer = { service: 'ec2', operation: 'DescribeTags', input: {}, output: {} };

test.each([
  ['another version', { vpnMedicCapture: 2, account: '111122223333', region: 'eu-west-1' }],
  ['an account of 11 digits', { vpnMedicCapture: 1, account: '11112222333', region: 'eu-west-1' }],
  ['neither output nor error', { ...answer, output: undefined }],
  ['both', { ...answer, error: { name: 'X' } }],
  ['a list as output', { ...answer, output: [] }],
  ['another bucket', { ...answer, service: 's3', input: { Bucket: 'mine', Key: 'a' } }],
  [
    'a probe that is perhaps',
    { ...answer, service: 'probe', input: { address: 'a', port: 1 }, output: { kind: 'perhaps' } },
  ],
])('%s is none', (_what, value) => {
  expect(validate(JSON.parse(JSON.stringify(value)))).toBe(false);
});
