/** Capture files, read line by line and bounded. */
import { createReadStream } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { CaptureError, openCapture, type ParsedCapture } from '../../capture/parse.ts';
import type { Capture } from '../../capture/types.ts';
import { describeMs, toIso } from '../../core/time.ts';
import { Unable } from '../terminal.ts';

/** Of all files together: their answers are held in memory. */
const OCTETS_MAX = 256 * 1024 * 1024;
const LINE_MAX = 32 * 1024 * 1024;

export interface ReadCaptures {
  /** At least one, all of one account. */
  readonly captures: readonly Capture[];
  readonly notes: readonly string[];
}

/** @throws {Unable} naming the file, the line and the fix. */
export async function readCaptures(files: readonly string[]): Promise<ReadCaptures> {
  const budget = { octetsLeft: OCTETS_MAX };
  const read: ParsedCapture[] = [];
  for (const file of files) read.push(await readCapture(file, budget));
  const captures = read.flatMap((one) => one.captures);
  const accounts = new Set(captures.map(({ account }) => account));
  if (accounts.size > 1) {
    throw new Unable(
      `captures of several accounts (${[...accounts].join(', ')}): replay each alone`,
    );
  }
  checkSpan(captures);
  return { captures, notes: read.flatMap(({ notes }) => notes) };
}

function checkSpan(captures: readonly Capture[]): void {
  const firstAt = Math.min(...captures.map(({ answers }) => answers[0]?.at ?? 0));
  const lastAt = Math.max(...captures.map(({ answers }) => answers.at(-1)?.at ?? 0));
  if (lastAt - firstAt <= SPAN_MS_MAX) return;
  throw new Unable(
    `the answers span ${describeMs(lastAt - firstAt)}, and a replay plays 31 days: look for a wrong "at" (first ${toIso(firstAt)}, last ${toIso(lastAt)})`,
  );
}

const SPAN_MS_MAX = 31 * 86_400_000;

async function readCapture(file: string, budget: { octetsLeft: number }): Promise<ParsedCapture> {
  const reader = openCapture(file);
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
      const text = String(chunk);
      budget.octetsLeft -= text.length;
      if (budget.octetsLeft < 0) {
        throw new Unable(`${file} is too large: replay reads 256 MiB; record a shorter time`);
      }
      // The new text alone is searched: a line of many chunks would be searched again with each.
      const [begun = '', ...others] = text.split('\n');
      const lines = others.length === 0 ? [] : [rest + begun, ...others.slice(0, -1)];
      rest = others.at(-1) ?? rest + begun;
      if (rest.length > LINE_MAX) {
        throw new Unable(`${file} has a line of more than 32 MiB: it is no capture`);
      }
      for (const line of lines) reader.line(line);
    }
    reader.line(rest);
    return reader.end();
  } catch (error) {
    if (error instanceof CaptureError) throw new Unable(error.message);
    const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
    const why = typeof code === 'string' ? WHYS.get(code) : undefined;
    if (why === undefined) throw error;
    throw new Unable(`the capture ${file} cannot be read: ${why}`);
  }
}

const WHYS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory; name a file'],
  ['EACCES', 'this user may not read it'],
]);
