/** Where a capture is written: standard output, or one new file that only its owner may read. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { type Terminal, Unable } from '../terminal.ts';

export interface CaptureSink {
  line(value: object): void;
  close(): void;
}

const OWNER_ONLY = 0o600;

/** @throws {Unable} when the file is there already, or cannot be made: nothing is ever overwritten. */
export function openSink(file: string | undefined, terminal: Pick<Terminal, 'out'>): CaptureSink {
  if (file === undefined) {
    return { line: (value) => terminal.out(`${JSON.stringify(value)}\n`), close: () => {} };
  }
  const open = opened(file);
  return {
    // Whole lines, at once: what was written stays of use however this process ends.
    line: (value) => {
      writeSync(open, `${JSON.stringify(value)}\n`);
    },
    close: () => closeSync(open),
  };
}

function opened(file: string): number {
  try {
    return openSync(file, 'wx', OWNER_ONLY);
  } catch (error) {
    const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
    const why = typeof code === 'string' ? WHYS.get(code) : undefined;
    if (why === undefined) throw error;
    throw new Unable(`--out ${file}: ${why}`);
  }
}

const WHYS: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'it exists, and is not overwritten; name another'],
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'its folder does not exist'],
  ['EISDIR', 'it is a directory; name a file'],
  ['EACCES', 'this user may not write there'],
  ['EROFS', 'this user may not write there'],
]);
