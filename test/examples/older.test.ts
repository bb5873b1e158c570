/** Goal: a capture of another version, which lacks some reads, shows no fault that is not there. Method: each operation of the healthy examples is left out, one after the other. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseCapture } from '../cases/parse.ts';
import { playCaptures } from '../cases/play.ts';
import { EXAMPLES, FOLDER } from './captures.ts';

const linesOf = (file: string): readonly string[] =>
  readFileSync(FOLDER + file, 'utf8')
    .trimEnd()
    .split('\n');

const nameOf = (line: string): string => {
  const { service, operation } = JSON.parse(line);
  return service === undefined ? '' : `${service}:${operation}`;
};

/** Each operation once, in the first example that has it. */
const CASES = [
  ...new Map(
    EXAMPLES.toReversed().flatMap(({ file }) =>
      linesOf(file)
        .slice(1)
        .map((line) => [nameOf(line), file] as const),
    ),
  ),
].filter(([name]) => name !== 'medic:End');

test.each(CASES)(
  'without %s in %s: what it would say is unknown, and nothing is notified or done',
  async (name, file) => {
    const others = linesOf(file).filter((line) => nameOf(line) !== name);
    const { timeline } = await playCaptures([parseCapture(others.join('\n'), file)]);
    expect(timeline.filter(({ kind }) => kind === 'notified' || kind === 'action')).toEqual([]);
  },
);
