/** Goal: no secret, no escape and no second line gets from a machine into a notice or a log. Method: planted ones, each beside an innocent twin. */
import { expect, test } from '@jest/globals';
import { assert as assertAll, property, string } from 'fast-check';
import { lastLines, plainText, safeLine } from '../../lib/core/safeLine.ts';

// Made up here, and in no form that any service would accept.
const KEY_44 = `${'aB3d'.repeat(10)}xyZ=`;

test.each([
  ['a password', 'password=hunter2secret', 'hunter2secret'],
  ['a quoted password', 'db_password: "hunter 2 secret"', 'hunter 2 secret'],
  ['a shared key of ipsec.secrets', '198.51.100.1 : PSK "far side"', 'far side'],
  ['a shared key in base64', ': PSK 0sFsAvB1AhcGLAk', '0sFsAvB1AhcGLAk'],
  ['a WireGuard key', `private key: ${KEY_44}`, KEY_44],
  ['a bare key', `peer ${KEY_44} is gone`, KEY_44],
  ['a token', 'using token=abc.def', 'abc.def'],
  ['a web token', 'sent eyJhbGciOi.eyJzdWIiOi.sig to it', 'eyJzdWIiOi'],
  ['an access key id', `key AKIA${'Z'.repeat(16)} denied`, `AKIA${'Z'.repeat(16)}`],
  ['a long number in hex', `cookie ${'0123456789abcdef'.repeat(3)}`, '0123456789abcdef'],
  ['a URL with a password', 'GET https://user:pass1234@host/', 'pass1234'],
  ['a header', 'Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  [
    'a private key',
    `-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----`,
    'c2VjcmV0',
  ],
])('%s is redacted', (_what, text, secret) => {
  expect(safeLine(text)).toContain('(redacted)');
  expect(safeLine(text)).not.toContain(secret);
});

test.each([
  'sudo: a password is required',
  'Failed to start strongSwan IPsec IKEv1/IKEv2 daemon using swanctl.',
  'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  'openvpn-server@hq.service: Main process exited, code=killed, status=9/KILL',
  'tls-crypt unwrap error: packet too short',
])('"%s" stays as it is', (text) => {
  expect(safeLine(text)).toBe(text);
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007shown', 'shown'],
  ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b]never ends', ''],
  ['\u009b2Jcleared', 'cleared'],
  ['one\rtwo\nthree\u0000', 'one two three'],
  ['\u202eabc\u200b', 'abc'],
])('%j is shown as %j', (text, shown) => {
  expect(safeLine(text)).toBe(shown);
});

test('200 characters are whole, 201 are cut', () => {
  expect(safeLine('a b '.repeat(50).trim()).length).toBe(199);
  expect(safeLine('ab '.repeat(100))).toMatch(/\.\.\.$/);
  expect(safeLine('ab '.repeat(100))).toHaveLength(200);
});

test('the last lines that say anything', () => {
  expect(lastLines('one\n\n\u001b[0m\ntwo\r\nthree\n', 2)).toEqual(['two', 'three']);
});

test('of any text nothing that a terminal would obey is left', () => {
  assertAll(
    property(string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(safeLine(text)).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
      expect(safeLine(text).length).toBeLessThanOrEqual(200);
      expect(plainText(text)).not.toContain('\u001b');
    }),
  );
});
