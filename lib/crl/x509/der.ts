/**
 * A cursor over DER bytes that makes no objects and refuses everything that is not strict DER.
 * It never recurses: a caller opens exactly the levels that its format has, so depth is bounded by the code.
 */
import type { FormReason } from '../rules/refusal.ts';

/** Bytes that are not what they should be. Thrown inside this folder only, and caught by the readers it exports. */
export class FormFault extends Error {
  readonly reason: FormReason;
  constructor(reason: FormReason, why: string) {
    super(why);
    this.name = 'FormFault';
    this.reason = reason;
  }
}

export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The next element's tag, or -1 at `end`. */
export const peek = (cursor: Cursor, end: number): number =>
  cursor.at < end ? (cursor.bytes[cursor.at] ?? -1) : -1;

/** Steps behind the header of the next element, which must have this tag and end by `end`; returns where it ends. */
export function open(cursor: Cursor, tag: number, end: number): number {
  const found = peek(cursor, end);
  if (found !== tag) {
    const what = found < 0 ? 'nothing' : `0x${found.toString(16)}`;
    throw new FormFault(
      'NotDer',
      `byte ${cursor.at}: tag 0x${tag.toString(16)} expected, ${what} found`,
    );
  }
  return openAny(cursor, end);
}

/** As `open`, for whatever tag comes. */
export function openAny(cursor: Cursor, end: number): number {
  const { bytes, at } = cursor;
  const first = at + 1 < end ? (bytes[at + 1] ?? 0x80) : 0x80;
  if (((bytes[at] ?? 0x1f) & 0x1f) === 0x1f)
    throw new FormFault('NotDer', `byte ${at}: a tag of several bytes`);
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    // 4 length bytes are 4 GiB; a CRL is far smaller.
    if (count === 0 || count > 4 || start + count > end)
      throw new FormFault('NotDer', `byte ${at}: a length that is missing, endless or cut short`);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0);
    if (length < 0x80 || length < 256 ** (count - 1))
      throw new FormFault('NotDer', `byte ${at}: a length that is longer than it needs to be`);
    start += count;
  }
  if (start + length > end)
    throw new FormFault('NotDer', `byte ${at}: ${length} bytes announced, ${end - start} left`);
  cursor.at = start;
  return start + length;
}

/** Steps over one whole element of this tag and returns it with its header. */
export function take(cursor: Cursor, tag: number, end: number): Buffer {
  const from = cursor.at;
  cursor.at = open(cursor, tag, end);
  return cursor.bytes.subarray(from, cursor.at);
}

/** Steps over one element of this tag and returns its content. */
export function content(cursor: Cursor, tag: number, end: number): Buffer {
  const until = open(cursor, tag, end);
  const from = cursor.at;
  cursor.at = until;
  return cursor.bytes.subarray(from, until);
}

/** Nothing may be left between the cursor and `end`. */
export function close(cursor: Cursor, end: number, what: string): void {
  if (cursor.at !== end)
    throw new FormFault('NotDer', `${what}: ${end - cursor.at} unexpected bytes at its end`);
}

/** Steps over an INTEGER of at most `octetsMax` content bytes, shortest form; returns where its content begins. */
export function openInteger(cursor: Cursor, end: number, octetsMax: number): number {
  const until = open(cursor, TAG.integer, end);
  const { bytes, at } = cursor;
  const length = until - at;
  if (length < 1 || length > octetsMax)
    throw new FormFault('NotDer', `byte ${at}: an integer of ${length} bytes (1 to ${octetsMax})`);
  const first = bytes[at];
  const isPadded = length > 1 && (first === 0x00 || first === 0xff);
  if (isPadded && ((bytes[at + 1] ?? 0) & 0x80) === (first === 0x00 ? 0 : 0x80))
    throw new FormFault('NotDer', `byte ${at}: an integer that is longer than it needs to be`);
  cursor.at = until;
  return at;
}

/** A number from 0 of at most `octetsMax` bytes, a leading zero for the sign not counted. */
export function natural(cursor: Cursor, end: number, octetsMax: number): bigint {
  const from = openInteger(cursor, end, octetsMax + 1);
  const bytes = cursor.bytes.subarray(from, cursor.at);
  const first = bytes[0] ?? 0;
  if (first >= 0x80) throw new FormFault('NotDer', `byte ${from}: a negative number`);
  if (bytes.length > octetsMax && first !== 0)
    throw new FormFault('NotDer', `byte ${from}: a number of more than ${octetsMax} bytes`);
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** A BOOLEAN's content under `tag`. */
export function truth(cursor: Cursor, tag: number, end: number): boolean {
  const { at } = cursor;
  const value = content(cursor, tag, end);
  if (value.length !== 1 || (value[0] !== 0x00 && value[0] !== 0xff))
    throw new FormFault('NotDer', `byte ${at}: neither true nor false`);
  return value[0] === 0xff;
}

/** The bytes of a BIT STRING of whole bytes. */
export function wholeBits(cursor: Cursor, end: number): Buffer {
  const { at } = cursor;
  const value = content(cursor, TAG.bitString, end);
  if (value[0] !== 0)
    throw new FormFault('NotDer', `byte ${at}: a bit string that ends within a byte`);
  return value.subarray(1);
}
