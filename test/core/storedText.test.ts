/** Goal: no stored text takes a reader's memory: a few kilobytes of packed brackets would be a hundred megabytes of objects. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseStored } from '../../lib/core/storedText.ts';

const ROOT = join(import.meta.dirname, '../..');

/** In a process with the heap of the functions, which a larger item would end. */
function readLargest(...args: readonly string[]): unknown {
  const environment = readFileSync(join(ROOT, 'deploy/environment.yml'), 'utf8');
  const [, options = ''] = /^NODE_OPTIONS: (.*)$/m.exec(environment) ?? [];
  expect(options).toContain('--max-old-space-size=96');
  const program = join(import.meta.dirname, 'readLargestMain.ts');
  return JSON.parse(
    execFileSync(process.execPath, [...options.split(' '), program, ...args], { encoding: 'utf8' }),
  );
}

test('the largest item of each shape is read within the heap of a function', () => {
  expect(readLargest()).toEqual([
    'numbers',
    'empty objects',
    'lists in lists',
    'an object with a large index',
    'objects of a key each',
    'long texts',
    '15,000 routes',
  ]);
});

test('one value more, and one letter more, are read in none', () => {
  expect(readLargest('more')).toEqual([]);
});

test('signs inside of texts are no values', () => {
  const text = ',{['.repeat(400_000);
  expect(parseStored(JSON.stringify([text]))).toEqual([text]);
});
