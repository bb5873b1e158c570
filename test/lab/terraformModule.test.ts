/**
 * Goal: the Terraform module is one that Terraform can read, and its example sets what there is. Method: a parser of its
 * language. Terraform itself and its provider cannot be installed from a package index: see terraform/README.md.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { PARAMETERS } from '../../lib/parameters.ts';
import { checkovPython } from './emulator/install.ts';

// A hang guard: checkov's first installation is 300 MB.
jest.setTimeout(900_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('it declares what it uses and nothing else; its example sets variables and parameters that there are', async () => {
  const module = here('../../terraform/');
  const args = [here('linters/terraformModule.py'), module, `${module}README.md`];
  const { stdout } = await promisify(execFile)(await checkovPython(), args);
  const { declared, used, set, parameters } = JSON.parse(stdout);
  expect(declared.length).toBeGreaterThan(3);
  expect(used).toEqual(declared);
  expect(declared).toEqual(expect.arrayContaining(set));
  expect(set).toEqual(expect.arrayContaining(['code_bucket', 'folder']));
  expect(Object.keys(PARAMETERS)).toEqual(expect.arrayContaining(parameters));
});
