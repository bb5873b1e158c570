/** Goal: what the completion offers is what the program takes. Method: the script run by bash itself, and the lists of help. */
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { cli } from './open.ts';

/** What bash offers after the words of `typed`. */
async function offered(typed: readonly string[]): Promise<readonly string[]> {
  const { exit, out } = await cli(['completion', 'bash']);
  expect(exit).toBe(0);
  const script = `${out}
COMP_WORDS=(vpn-medic "$@"); COMP_CWORD=$#; _vpn_medic; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...typed], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

test.each([
  [['che'], ['check']],
  [
    ['maintenance', 'st'],
    ['start', 'stop'],
  ],
  [['check', '--no-'], ['--no-probes']],
  [['drain', 'hq-a', '--ca'], ['--cancel']],
  // A value of an option that is also a command's name leads nowhere else.
  [['plan', '--fail', 'check', '--fa'], ['--fail']],
  [['crl', 'check', '--is'], ['--issuer']],
])('after %j bash offers %j, and nothing else', async (typed, expected) => {
  expect(await offered(typed)).toEqual(expected);
});

test('what no command begins with is left to the names of files', async () => {
  expect(await offered(['replay', 'capture'])).toEqual(['']);
});

test('every shell gets every command; another shell is refused with the names of the three', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await cli(['completion', shell]);
    for (const name of ['check', 'incidents', 'maintenance', 'forget', 'completion'])
      expect(out).toContain(name);
  }
  const { exit, err } = await cli(['completion', 'csh']);
  expect(exit).toBe(1);
  expect(err).toMatch(/bash, zsh, fish/);
});
