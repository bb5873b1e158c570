/** A distinguished name as text for people. Names are compared by their bytes, never by this text. */
import { type Cursor, FormFault, open, openAny, TAG } from './der.ts';
import { oid } from './oid.ts';

const SHORT: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);
const LENGTH_MAX = 200;
const BMP_STRING = 0x1e;

/** `CN=Example CA, O=Example`: printable ASCII, at most 200 characters; hex of what cannot be read so. Never throws. */
export function nameText(name: Buffer): string {
  try {
    const parts = [...readParts(name)];
    return clip(parts.length === 0 ? '(empty name)' : parts.join(', '));
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return clip(name.toString('hex', 0, LENGTH_MAX));
  }
}

function* readParts(name: Buffer): Generator<string, void> {
  const cursor: Cursor = { bytes: name, at: 0 };
  const end = open(cursor, TAG.sequence, name.length);
  while (cursor.at < end) {
    const set = open(cursor, TAG.set, end);
    while (cursor.at < set) {
      const pair = open(cursor, TAG.sequence, set);
      const id = oid(cursor, pair);
      const isWide = name[cursor.at] === BMP_STRING;
      const until = openAny(cursor, pair);
      const value = name.subarray(cursor.at, until);
      yield `${SHORT.get(id) ?? id}=${isWide ? wideText(value) : value.toString('utf8')}`;
      cursor.at = pair;
    }
  }
}

/** Big-endian two-byte characters. */
const wideText = (value: Buffer): string =>
  value.length % 2 === 0 ? Buffer.from(value).swap16().toString('utf16le') : value.toString('hex');

const clip = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, LENGTH_MAX);
