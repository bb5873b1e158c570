/**
 * Goal: every command that a page shows can be typed. Method: those of vpn-medic are run as they stand, without an account:
 * none may end because a command, an option or an argument is not there; scripts are looked up in package.json.
 */
import { describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../lib/parameters.ts';
import { cli } from '../cli/open.ts';
import { codeOf, PAGES, read } from './pages.ts';

const commandsIn = (text: string): readonly string[] =>
  codeOf(text).flatMap((line) => {
    const command = /^(?:npx )?vpn-medic ((?!Incident)[^#|>]+)/.exec(line)?.[1]?.trim() ?? '';
    return command === '' || /…|\.\.\./.test(command) ? [] : [command];
  });

/** Deployments from a clone. */
const slsIn = (text: string): readonly string[] =>
  codeOf(text).flatMap((line) => /^(?:npx )?sls ([a-z][^#|>]*)/.exec(line)?.[1]?.trim() ?? []);

/** As a shell would: what is between quotes is one word. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, one, two, three]) => one ?? two ?? three ?? '',
  );

/** Each is run by a test of its own, and why not here. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^rehearse/, 'plays for seconds, with --serve until it is ended: test/cli/rehearse.test.ts'],
  [/^template/, 'needs a built package: test/lab/newcomer.test.ts'],
  [/^state export/, 'writes a file: test/cli/state.test.ts'],
  [
    /^capture/,
    'writes a file, with --every for as long as --for says: test/cli/capture.test.ts, test/lab/capture.test.ts',
  ],
];
const isElsewhere = (command: string): boolean => ELSEWHERE.some(([one]) => one.test(command));

const WRONG =
  /unknown (?:command|option)|missing required argument|argument missing|too many arguments|required option|is invalid|not specified/;

/** The commands of osls that deploy; parameters are ours. Those of `aws` are looked up in the lab, which has its models. */
const SLS =
  /^(?:deploy list|deploy|package|remove|rollback)(?: --(?:stage|region|timestamp) \S+| --param \S+)*$/;
const wrongInSls = (command: string): readonly string[] => [
  ...(SLS.test(command) ? [] : [command]),
  ...[...command.matchAll(/--param (\w+)=/g)].flatMap(([, name = '']) =>
    Object.hasOwn(PARAMETERS, name) ? [] : [`${command}: there is no ${name}`],
  ),
];

/** A sentence may name a command without its arguments. */
const isWrong = (command: string, said: string): boolean =>
  WRONG.test(said) && !(/^[a-z ]+$/.test(command) && said.includes('missing required argument'));

describe.each(Object.entries(PAGES))('%s', (_, text) => {
  test('shows no command that there is not', async () => {
    const wrong: string[] = [];
    for (const command of new Set(commandsIn(text))) {
      if (isElsewhere(command)) continue;
      // Without an account it ends later: where an AWS client is opened.
      const said = await cli(wordsOf(command)).catch(() => null);
      if (said !== null && isWrong(command, said.err))
        wrong.push(`${command}: ${said.err.split('\n')[0]}`);
    }
    expect(wrong).toEqual([]);
  });

  test('deploys with no command and no parameter that there is not', () => {
    expect(slsIn(text).flatMap(wrongInSls)).toEqual([]);
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
  expect(slsIn('`npx sls deploy --stage prod --param mod=act`').flatMap(wrongInSls)).toEqual([
    'deploy --stage prod --param mod=act: there is no mod',
  ]);
  expect(slsIn('`sls undeploy`').flatMap(wrongInSls)).toEqual(['undeploy']);
});

test('what is not run here is on a page: no reason is left over', () => {
  const all = Object.values(PAGES).flatMap(commandsIn);
  expect(ELSEWHERE.filter(([one]) => !all.some((command) => one.test(command)))).toEqual([]);
});
