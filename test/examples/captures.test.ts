/** Goal: the captures that ship are what the command writes today, and show healthy accounts. Method: taken again, compared, and replayed. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseCapture } from '../cases/parse.ts';
import { playCaptures } from '../cases/play.ts';
import { EXAMPLES, FOLDER, takenOf } from './captures.ts';

const textOf = (file: string): string => readFileSync(FOLDER + file, 'utf8');

test.each(EXAMPLES.map((made) => [made.file, made] as const))(
  '%s is what capture writes of its account (npm run docs:captures)',
  async (file, made) => {
    expect(answersIn(await takenOf(made))).toEqual(answersIn(textOf(file)));
  },
);

/** What was answered to what, without which filters asked for it: a version that reads one more tag asks otherwise. */
const answersIn = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { service, operation, output, error } = JSON.parse(line);
      return { service, operation, output, error };
    });

test('npm start rehearses one of them', () => {
  const { scripts } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const files = EXAMPLES.map(({ file }) => `examples/captures/${file}`);
  expect(files).toContain(scripts.start.split(' --capture ')[1]);
});

test.each([
  ['small-office', ['small-office.jsonl']],
  ['hub', ['hub.jsonl']],
  ['client-vpn', ['client-vpn.eu-west-1.jsonl', 'client-vpn.us-east-1.jsonl']],
])('%s: of a healthy account nothing is notified', async (_name, files) => {
  const captures = files.map((file) => parseCapture(textOf(file), file));
  const { timeline } = await playCaptures(captures);
  expect(timeline).toEqual([]);
});
