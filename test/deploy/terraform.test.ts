/** Goal: the Terraform module deploys the template with parameters that it has. Method: names read off the module and its page. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { openTemplate } from '../../deploy/openTemplate.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../terraform/${name}`, import.meta.url), 'utf8');
const NAMES = Object.keys(
  Object(openTemplate({ Resources: {} }, new Map(), '1.2.3').template['Parameters']),
);

test('what it gives by itself, and what its page gives, are parameters of the template', () => {
  const own = /parameters = merge\(var\.parameters, \{([^}]*)\}/.exec(read('main.tf'))?.[1] ?? '';
  const shown = /parameters = \{([^}]*)\}/.exec(read('README.md'))?.[1] ?? '';
  const given = [...`${own}${shown}`.matchAll(/^ *(\w+) *=/gm)].map(([, name]) => name);
  expect(given).toEqual(['stage', 'codeBucket', 'alertEmail', 'mode']);
  expect(given.filter((name) => !NAMES.includes(name ?? ''))).toEqual([]);
});

test('every variable that it uses is declared, and every declared one is used', () => {
  const declared = [...read('variables.tf').matchAll(/^variable "(\w+)"/gm)].map(
    ([, name]) => name,
  );
  const text = read('main.tf') + read('variables.tf');
  const used = [...text.matchAll(/var\.(\w+)/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(declared));
});
