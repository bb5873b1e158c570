/**
 * Goal: every command that a page shows can be typed. Method: those of vpn-medic are run as they stand, without an account:
 * none may end because a command, an option or an argument is not there; scripts are looked up in package.json.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cli } from '../cli/open.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

const PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'terraform/README.md',
    ...readdirSync(new URL('docs', ROOT))
      // Stories are generated, and show what notifications hold.
      .filter((name) => name.endsWith('.md') && name !== 'notices.md')
      .map((name) => `docs/${name}`),
  ].map((path) => [path, read(path)]),
);

/** In a line of a code block, or between backticks. */
const commandsIn = (text: string): readonly string[] => {
  const blocks = [...text.matchAll(/```\w*\n([^]*?)```/g)].map(([, code = '']) => code);
  const inline = [...text.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`\n]+)`/g)];
  const lines = [
    ...blocks.flatMap((block) => block.split('\n')),
    ...inline.map(([, code = '']) => code),
  ];
  return lines.flatMap((line) => {
    const command = /^\s*(?:npx )?vpn-medic ((?!Incident)[^#|>]+)/.exec(line)?.[1]?.trim() ?? '';
    return command === '' || /…|\.\.\./.test(command) ? [] : [command];
  });
};

/** As a shell would: what is between quotes is one word. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, one, two, three]) => one ?? two ?? three ?? '',
  );

/** These go on until somebody ends them, or for seconds, or write files; each has tests of its own. */
const IS_ELSEWHERE = /^rehearse|^template|^capture|--out|--watch|--every|--serve/;

const WRONG =
  /unknown (?:command|option)|missing required argument|argument missing|too many arguments|required option|is invalid|not specified/;

/** A sentence may name a command without its arguments. */
const isWrong = (command: string, said: string): boolean =>
  WRONG.test(said) && !(/^[a-z ]+$/.test(command) && said.includes('missing required argument'));

describe.each(Object.entries(PAGES))('%s', (_, text) => {
  test('shows no command that there is not', async () => {
    const wrong: string[] = [];
    for (const command of new Set(commandsIn(text))) {
      if (IS_ELSEWHERE.test(command)) continue;
      // Without an account it ends later: where an AWS client is opened.
      const said = await cli(wordsOf(command)).catch(() => null);
      if (said !== null && isWrong(command, said.err))
        wrong.push(`${command}: ${said.err.split('\n')[0]}`);
    }
    expect(wrong).toEqual([]);
  });

  test('names no npm script that there is not', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

test('a command that is not there is found', async () => {
  expect(commandsIn('```sh\nnpx vpn-medic look --now # x\n```\n`vpn-medic check`')).toEqual([
    'look --now',
    'check',
  ]);
  const { err } = await cli(['check', '--nothing']);
  expect(err).toMatch(WRONG);
});
