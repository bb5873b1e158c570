/** Object identifiers as dotted text. */
import { type Cursor, content, FormFault, TAG } from './der.ts';

const OCTETS_MAX = 64;

/** Steps over an OBJECT IDENTIFIER and returns its dotted text. */
export function oid(cursor: Cursor, end: number): string {
  const { at } = cursor;
  const bytes = content(cursor, TAG.oid, end);
  const last = bytes.at(-1);
  if (last === undefined || last >= 0x80 || bytes.length > OCTETS_MAX)
    throw new FormFault('NotDer', `byte ${at}: an object identifier that is cut short or too long`);
  const arcs: bigint[] = [];
  let arc = 0n;
  let isStart = true;
  for (const byte of bytes) {
    if (isStart && byte === 0x80)
      throw new FormFault('NotDer', `byte ${at}: an object identifier with a padded arc`);
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    isStart = byte < 0x80;
    if (!isStart) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [joint = 0n, ...rest] = arcs;
  const root = joint < 40n ? 0n : joint < 80n ? 1n : 2n;
  return [root, joint - root * 40n, ...rest].join('.');
}
