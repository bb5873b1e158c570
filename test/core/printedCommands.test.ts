/**
 * Goal: a command that a notification or a report prints can be pasted into a shell, whatever names the account has.
 * Method: every template in lib that begins a command; each value in it is quoted, or is of a kind that AWS or vpn-medic
 * itself forms.
 */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PARAMETERS } from '../../lib/parameters.ts';

/** Each command has an example, under its name. */
const NAMES = [
  ...readFileSync('lib/cli/examples.ts', 'utf8').matchAll(/^ {2}'?([a-z]+)[^:\n]*: \[/gm),
].map(([, name = '']) => name);

/** `vpn-medic ack ...`, `aws ec2 ...` and `sls ...` up to the end of the template, without nested templates. */
const COMMAND = new RegExp(
  `(?:vpn-medic (?:${NAMES.join('|')})|aws [a-z0-9-]+ [a-z]+-[a-z-]+|sls [a-z]+) [^\`\\n]*\\$\\{[^\`\\n]*`,
  'g',
);
const VALUE = /\$\{([^}]*(?:\{[^}]*\}[^}]*)*)\}/g;

/**
 * Ids of AWS, regions, addresses, role words (`parseRole`), numbers, and words of ours. Not `id`: that of an incident or of
 * a subject may hold a group's or a file's name.
 */
const FORMED =
  /^(?:(?:\w+\.)*(?:\w+I[dp]|ids|region|movedTo|role)(?:\.join\(' '\))?|tried\.at\(-1\) \?\? 'reboot'|nth < openings\.length \? nth \+ 1 : 1)$/;

const commands = globSync('lib/**/*.ts').flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(COMMAND)].map(([command]) => ({ path, command })),
);

test('every value of a printed command is quoted for a shell, or has a form that needs no quotes', () => {
  expect(NAMES).toEqual(expect.arrayContaining(['ack', 'crl', 'drill', 'failback', 'setup']));
  expect(commands.length).toBeGreaterThan(15);
  const bare = commands.flatMap(({ path, command }) =>
    [...command.matchAll(VALUE)].flatMap(([, value = '']) =>
      value.includes('shellQuoted(') || FORMED.test(value) ? [] : [`${path}: ${value}`],
    ),
  );
  expect(bare).toEqual([]);
});

/** `deploy with probeTimeoutMs=900`, `--param mode=observe`, ``deploy parameter `probeKeyNames` ``. */
const NAMED =
  /(?:[Dd]eploy(?:ed)? (?:again )?with(?:out)? (?:--param |a greater |the right )*`?|--param |parameter `)([a-z]+(?:[A-Z]\w*|(?==)))/g;
const parametersIn = (text: string): readonly string[] =>
  [...text.matchAll(NAMED)].map(([, name = '']) => name);

test('every deploy parameter that a text names is one', () => {
  const named = globSync('lib/**/*.ts').flatMap((path) => parametersIn(readFileSync(path, 'utf8')));
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((name) => !Object.hasOwn(PARAMETERS, name))).toEqual([]);
  expect(parametersIn('deploy with a greater watcherMemoryMb')).toEqual(['watcherMemoryMb']);
});
