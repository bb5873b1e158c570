/** Foreign text made harmless: in commands, mails and chat. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseGroup, parseGroups } from '../../lib/core/tags.ts';
import { plain, shellQuoted } from '../../lib/core/text.ts';

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

test.each([
  ['evil.example.com/login', 'evil.example[.]com/login'],
  ['https://evil.example.com', 'https: //evil.example[.]com'],
  ['10.0.0.1', '10.0.0.1'],
  ['hq-a.internal', 'hq-a.internal'],
  ['runbook.md', 'runbook.md'],
])('%s reads %s in mails, so that no link is made of it', (text, shown) => {
  expect(plain(text)).toBe(shown);
});
