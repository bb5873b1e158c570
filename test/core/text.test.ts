/** Foreign text made harmless: in commands, mails and chat. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseGroup, parseGroups } from '../../lib/core/tags.ts';
import { plain, plainCommand, shellQuoted } from '../../lib/core/text.ts';

describe('a word of a command that people copy', () => {
  test('whatever it holds, a shell reads it as one word and runs nothing of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), {
          minLength: 1,
          maxLength: 20,
        }),
        (words) => {
          const shown = execFileSync('sh', [
            '-c',
            `printf '%s\\n' ${words.map(shellQuoted).join(' ')}`,
          ]);
          expect(shown.toString().split('\n').slice(0, -1)).toEqual(words);
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });

  test.each(['hub;curl${IFS}x|sh', '$(reboot)', '`id`', "a'b", 'a b', '-rf'])(
    'a group "%s" is refused, as one name or among others',
    (name) => {
      expect(parseGroup(name)).toMatchObject({ ok: false });
      expect(parseGroups(`hq ${name}`).ok).toBe(name === 'a b');
    },
  );

  test.each(['hq', 'hq-1', 'büro/süd', 'a.b:c=d@e+f_g'])('a group "%s" is accepted', (name) => {
    expect(parseGroup(name)).toEqual({ ok: true, value: name });
  });
});

describe('in mails and chat no link is made of', () => {
  test.each([
    ['evil.example.com/login', 'evil[.]example[.]com/login'],
    ['https://evil.example.com', 'https: //evil[.]example[.]com'],
    ['evil.com.zip', 'evil[.]com[.]zip'],
    ['evil.zip', 'evil[.]zip'],
    ['EVIL.MOV?x', 'EVIL[.]MOV?x'],
    ['ana@evil.bank:8443', 'ana@evil[.]bank:8443'],
    ['vpn.eu', 'vpn[.]eu'],
    ['evil.com.', 'evil[.]com.'],
    ['evil.com-', 'evil[.]com-'],
    ['evil.com_x', 'evil[.]com_x'],
    ['злой.рф', 'злой[.]рф'],
    ['evil.xn--p1ai', 'evil[.]xn--p1ai'],
    ['evil\u3002com', 'evil[.]com'],
    ['evil.localhosting', 'evil[.]localhosting'],
  ])('%s: it reads %s', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  test('whatever ends like a host name, of any letters', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}[a-z0-9]$/),
        fc
          .stringMatching(/^[a-z]{2,12}$/)
          .filter((end) => !/^(cer|crl|crt|der|issued|internal|local|pem|service)$/.test(end)),
        (name, end) => {
          expect(plain(`at ${name}.${end} or so`)).toBe(`at ${name}[.]${end} or so`);
        },
      ),
    );
  });

  test('a command of it, which a shell reads as before, inside quotes and outside', () => {
    const words = [
      'http://evil.zip',
      'a b.com',
      "www.x'y.mov",
      'mailto:ana@evil.bank',
      'vpn.eu',
      'hq',
    ];
    const command = plainCommand(words.map(shellQuoted).join(' '));
    expect(command).not.toMatch(/:\/\/|www\.|mailto:|\w\.[a-z]{2}/);
    const read = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`]);
    expect(read.toString().split('\n').slice(0, -1)).toEqual(words);
  });

  test.each([
    '10.0.0.1',
    '10.20.0.0/16',
    'vpn.eu-west-1',
    'hq-a.internal',
    'hq.local',
    'ca.crl',
    'strongswan.service',
    'v2.5s',
    'A sentence. Another.',
    'e.g. this',
    '3.5 s',
  ])('%s, which reads as it is', (text) => {
    expect(plain(text)).toBe(text);
  });
});
