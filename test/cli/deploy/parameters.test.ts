/** Goal: a deployment keeps what was chosen, and is refused before anything is made when a value is wrong. Method: small tables. */
import { describe, expect, test } from '@jest/globals';
import { givenParameters, parametersFor } from '../../../lib/cli/deploy/parameters.ts';
import { PARAMETERS } from '../../../lib/parameters.ts';

const KNOWN = new Map([
  ...Object.entries(PARAMETERS)
    .filter(([name]) => name !== 'regions')
    .map(([name, row]) => [name, { default: row.default }] as const),
  ['docsUrl', { default: 'https://github.com/x/blob/v2.0.0/docs' }] as const,
]);
const NOTHING = new Map<string, string>();
const given = (words: readonly string[], present = NOTHING) =>
  givenParameters(words, 'prod', KNOWN, present);

describe('what is asked for', () => {
  test('is name=value, with = and spaces after commas inside', () => {
    const url = 'https://example.com/a?b=c';
    const words = [
      `docsUrl=${url}`,
      'probeSubnets=subnet-0a1b2c3d, subnet-0a1b2c3e',
      'probeSecurityGroups=sg-0a1b2c3d',
    ];
    expect([...given(words)]).toEqual([
      ['docsUrl', url],
      ['probeSubnets', 'subnet-0a1b2c3d,subnet-0a1b2c3e'],
      ['probeSecurityGroups', 'sg-0a1b2c3d'],
    ]);
  });

  test('is refused with every fault at once', () => {
    const wrong = () => given(['fall=0', 'mode=heal', 'alertEmial=a@example.com']);
    expect(wrong).toThrow(/^3 wrong parameters:/);
    expect(wrong).toThrow(/fall="0".*[^]*mode="heal"|mode="heal"[^]*fall="0"/);
    expect(wrong).toThrow('alertEmial is no parameter');
  });

  test('regions is fixed, and the message says what to do', () => {
    expect(() => given(['regions=eu-west-1,us-east-1'])).toThrow(
      /1 wrong parameter:\n- regions is fixed in this template.*sls/,
    );
  });

  test('a pair counts together with what the stack has already', () => {
    const half = ['probeSubnets=subnet-0a1b2c3d'];
    expect(() => given(half)).toThrow('need each other');
    expect(() => given(half, new Map([['probeSecurityGroups', 'sg-0a1b2c3d']]))).not.toThrow();
  });
});

describe('what the template is given', () => {
  test('now, else the present value, else nothing: the default', () => {
    const present = new Map([
      ['mode', 'observe'],
      ['fall', '5'],
      ['rise', '30'],
    ]);
    expect([...parametersFor(KNOWN, present, new Map([['mode', 'act']]))]).toEqual([
      ['mode', 'act'],
      ['fall', null],
    ]);
  });

  test('a default that names the old version makes way; an address of your own stays', () => {
    const of = (docsUrl: string) => [
      ...parametersFor(KNOWN, new Map([['docsUrl', docsUrl]]), NOTHING),
    ];
    expect(of('https://github.com/x/blob/v1.9.3/docs')).toEqual([]);
    expect(of('https://docs.example.com/v1.9.3/docs')).toEqual([['docsUrl', null]]);
  });

  test('what this version does not know is left out', () => {
    expect([...parametersFor(KNOWN, new Map([['gone', 'x']]), NOTHING)]).toEqual([]);
  });
});
