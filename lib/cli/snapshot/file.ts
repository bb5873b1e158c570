/** A snapshot out of a file, as `vpn-medic check --json` wrote it: bare, or within the whole report. */

import { readFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import * as v from 'valibot';
import { parseJson } from '../../core/json.ts';
import { parseSnapshot, type Snapshot } from '../../simulator/snapshot.ts';
import { Unable } from '../terminal.ts';

/** @throws {Unable} that lists what is wrong with the file. */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const parsed = parseSnapshot(unwrap(path, await readText(path)));
  if (parsed.ok) return parsed.snapshot;
  const [only, ...more] = parsed.faults;
  throw new Unable(
    more.length === 0
      ? `the snapshot ${path} cannot be used: ${only ?? ''}`
      : `the snapshot ${path} cannot be used:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
    const why = typeof code === 'string' ? WHYS.get(code) : undefined;
    if (why === undefined) throw error;
    throw new Unable(`the snapshot ${path} cannot be read: ${why}`);
  }
}

const WHYS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file; write one with vpn-medic check --json > FILE'],
  ['EISDIR', 'it is a directory; name a file'],
  ['EACCES', 'this user may not read it'],
]);

const Report = v.object({ snapshot: v.unknown() });

/** The text of the snapshot within a report of check; any other text as it is. */
function unwrap(path: string, text: string): string {
  // The parser of snapshots says what is wrong with text that is not JSON.
  const json = parseJson(text);
  if (!v.is(Report, json)) return text;
  if (json.snapshot === null) {
    throw new Unable(
      `${path} holds no snapshot, because that check could not read the whole account; run it again when it can`,
    );
  }
  return JSON.stringify(json.snapshot);
}
