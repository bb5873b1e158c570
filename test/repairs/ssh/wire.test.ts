/** Goal: the function inside the VPC takes only a proper visit, and never says a value of it aloud. Method: one right, each field wrong. */
import { expect, test } from '@jest/globals';
import { parseScriptAnswer, parseScriptRequest } from '../../../lib/repairs/ssh/wire.ts';

const request = {
  version: 1,
  addresses: ['10.0.0.10', 'fd00::1'],
  port: 22,
  user: 'ec2-user',
  privateKey: 'THE-PRIVATE-KEY',
  hostKeys: ['SHA256:x'],
  unit: 'strongswan.service',
};

test('a proper visit', () => {
  expect(parseScriptRequest(request)).toEqual(request);
});

test.each([
  { version: 2 },
  { addresses: [] },
  { addresses: ['vpn.example.com'] },
  { port: 0 },
  { user: 'a b' },
  { hostKeys: [] },
  { unit: 'a; reboot' },
  { privateKey: 'k'.repeat(1_001) },
])('%j is refused, and no key is in the words', (over) => {
  const parse = () => parseScriptRequest({ ...request, ...over });
  expect(parse).toThrow(/^reading a visit: \w+(\.\d+)? is not right$/);
});

test.each([
  '',
  'null',
  '{}',
  '{"kind":"done"}',
  `{"kind":"done","why":"${'x'.repeat(1_001)}","evidence":[]}`,
])('the answer %j has failed', (text) => {
  expect(parseScriptAnswer(text)).toMatchObject({ kind: 'failed', evidence: [] });
});

test('a proper answer', () => {
  const answer = { kind: 'done', why: 'restarted', evidence: ['before: nothing'] };
  expect(parseScriptAnswer(JSON.stringify(answer))).toEqual(answer);
});
