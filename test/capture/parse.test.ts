/** Goal: the frozen format is read to the letter, and every fault of a file is one line with its place and its fix. */
import { describe, expect, test } from '@jest/globals';
import { openCapture } from '../../lib/capture/parse.ts';

const HEADER = {
  vpnMedicCapture: 1,
  account: '111122223333',
  region: 'eu-west-1',
  medicVersion: '2.0.0',
};
const ANSWER = {
  at: '2026-11-28T12:00:00Z',
  service: 'ec2',
  operation: 'DescribeVpnConnections',
  input: {},
  output: { VpnConnections: [] },
};

function read(...lines: readonly (object | string)[]) {
  const reader = openCapture('a.jsonl');
  for (const line of lines) reader.line(typeof line === 'string' ? line : JSON.stringify(line));
  return reader.end();
}

describe('a capture', () => {
  test('is its header and its answers', () => {
    expect(read(HEADER, ANSWER)).toEqual({
      captures: [
        {
          account: '111122223333',
          region: 'eu-west-1',
          medicVersion: '2.0.0',
          answers: [
            {
              at: Date.UTC(2026, 10, 28, 12),
              service: 'ec2',
              operation: 'DescribeVpnConnections',
              input: {},
              result: { kind: 'output', output: { VpnConnections: [] } },
            },
          ],
        },
      ],
      notes: [],
    });
  });

  test('may name operations as the AWS CLI does, and leave out what is empty', () => {
    const line = { service: 'EC2', operation: 'describe-vpn-connections', output: {} };
    const {
      captures: [capture],
    } = read({ vpnMedicCapture: 1, region: 'eu-west-1' }, line, ANSWER, '');
    expect(capture.account).toBe('000000000000');
    expect(capture.answers[0]).toMatchObject({
      service: 'ec2',
      operation: 'DescribeVpnConnections',
    });
  });

  test('a line without a time has that of the line before, and the first lines that of the first time', () => {
    const undated = { ...ANSWER, at: undefined };
    const later = { ...ANSWER, at: '2026-11-28T12:05:00Z' };
    const ats = read(HEADER, undated, ANSWER, later, undated).captures[0].answers.map(
      ({ at }) => at,
    );
    expect(ats.map((at) => new Date(at).getUTCMinutes())).toEqual([0, 0, 5, 5]);
  });

  test('lines out of order are played in the order of time, and that is noted once', () => {
    const later = { ...ANSWER, at: '2026-11-28T12:05:00Z' };
    const {
      captures: [capture],
      notes,
    } = read(HEADER, later, ANSWER, later, ANSWER);
    expect(capture.answers.map(({ at }) => new Date(at).getUTCMinutes())).toEqual([0, 0, 5, 5]);
    expect(notes).toEqual([expect.stringContaining('not in the order of "at"')]);
  });

  test('the same header again begins a further part of the same region', () => {
    expect(read(HEADER, ANSWER, HEADER, ANSWER).captures[0].answers).toHaveLength(2);
  });

  test('a header of another region begins its lines, and a header seen before goes on with its own', () => {
    const other = { ...HEADER, region: 'us-east-1' };
    const later = { ...ANSWER, at: '2026-11-28T12:05:00Z' };
    const { captures, notes } = read(HEADER, ANSWER, other, ANSWER, HEADER, later, other, ANSWER);
    expect(captures.map(({ region, answers }) => [region, answers.length])).toEqual([
      ['eu-west-1', 2],
      ['us-east-1', 2],
    ]);
    // Each region has an order of its own.
    expect(notes).toEqual([]);
  });

  test('a region whose header no answer follows is none of the file', () => {
    const { captures } = read({ ...HEADER, region: 'us-east-1' }, HEADER, ANSWER);
    expect(captures.map(({ region }) => region)).toEqual(['eu-west-1']);
  });

  test('names of JavaScript itself are plain names', () => {
    const line =
      '{"at":"2026-11-28T12:00:00Z","service":"__proto__","operation":"constructor","input":{"__proto__":{"a":1}},"output":{}}';
    expect(read(HEADER, line).captures[0].answers[0]?.operation).toBe('constructor');
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});

describe('what is no capture gets one line', () => {
  test.each<[string, readonly (object | string)[], string]>([
    ['an empty file', [], 'a.jsonl is no capture, it is empty'],
    ['text', ['hello'], 'a.jsonl is no capture, its first line is another one'],
    [
      'another JSON',
      [{ Reservations: [] }],
      'a.jsonl is no capture, its first line is another one',
    ],
    ['a later schema', [{ ...HEADER, vpnMedicCapture: 2 }], 'a.jsonl is a capture of schema 2'],
    ['no region', [{ ...HEADER, region: undefined }], 'a.jsonl: "region" is no region'],
    ['a path for a region', [{ ...HEADER, region: '../x' }], 'a.jsonl: "region" is no region'],
    [
      'a name for an account',
      [{ ...HEADER, account: 'prod' }],
      'a.jsonl: "account" is no account id',
    ],
    ['no answers', [HEADER], 'a.jsonl holds no answer with a time'],
    [
      'a line that is cut off',
      [HEADER, '{"at":"2026-'],
      'a.jsonl line 2: is no JSON: the file is cut off',
    ],
    ['a list for a line', [HEADER, '[]'], 'a.jsonl line 2: '],
    [
      'no service',
      [HEADER, { ...ANSWER, service: undefined }],
      'a.jsonl line 2: service is undefined',
    ],
    ['a wrong time', [HEADER, { ...ANSWER, at: 'noon' }], 'a.jsonl line 2: "at" is no time'],
    [
      'no answer',
      [HEADER, { ...ANSWER, output: undefined }],
      'a.jsonl line 2: has neither "output" nor "error"',
    ],
    [
      'two answers',
      [HEADER, { ...ANSWER, error: { name: 'X' } }],
      'a.jsonl line 2: has an output and an error',
    ],
    [
      'two accounts',
      [HEADER, ANSWER, { ...HEADER, account: '444455556666' }],
      'a.jsonl line 3: begins a capture of the account 444455556666 in a file of 111122223333: write one file for each account',
    ],
    [
      'an S3 bucket of another name',
      [
        HEADER,
        { ...ANSWER, service: 's3', operation: 'GetObject', input: { Bucket: 'b', Key: 'k' } },
      ],
      'a.jsonl line 2: an S3 object has the input',
    ],
    [
      'an S3 object that is no Base64',
      [
        HEADER,
        {
          ...ANSWER,
          service: 's3',
          operation: 'GetObject',
          input: { Bucket: 'inbox', Key: 'a.crl' },
          output: { BodyBase64: '!' },
        },
      ],
      'a.jsonl line 2: an S3 object has the output',
    ],
  ])('%s', (_name, lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });
});
