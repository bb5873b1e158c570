/** Distinguished names: as text for people, and compared as RFC 5280 section 7.1 and OpenSSL compare them. */
import { isUtf8 } from 'node:buffer';
import { type Cursor, FormFault, open, openAny, peek, TAG } from './der.ts';
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
const ATTRIBUTES_MAX = 256;
/** The string types that are compared as text, whichever of them it is. OpenSSL reads no name of another one, such as VisibleString. */
const STRING_TYPES: ReadonlyMap<number, string> = new Map([
  [0x0c, 'UTF8String'],
  [0x13, 'PrintableString'],
  [0x14, 'T61String'],
  [0x16, 'IA5String'],
  [0x1c, 'UniversalString'],
  [0x1e, 'BMPString'],
]);

/** `CN=Grüne CA, O=Example`, of one set `O=Example + OU=VPN`: one plain line (`shown`), at most 200 characters; hex of what cannot be read so. Never throws. */
export function nameText(name: Buffer): string {
  const parts = partsOf(name);
  if (parts === null) return clip(name.toString('hex', 0, LENGTH_MAX));
  const texts = parts.map((set) =>
    set.map((one) => `${idText(one)}=${valueText(one)}`).join(' + '),
  );
  return clip(texts.length === 0 ? '(empty name)' : texts.join(', '));
}

/** True where string types, the case of ASCII letters, and spaces at the ends or in a row are all that differs. */
export const isSameName = (one: Buffer, other: Buffer): boolean =>
  one.equals(other) || canonical(one) === canonical(other);

/** What two names may differ in where their text is the same: `CN T61String`, and letters beyond ASCII by number (`CN UTF8String Gru\u{308}n`). */
export function typesText(name: Buffer): string {
  const parts = partsOf(name)?.flat() ?? [];
  const types = parts.map((one) => {
    const type = STRING_TYPES.get(one.tag) ?? `type 0x${one.tag.toString(16)}`;
    const numbered = valueText(one).replaceAll(/\P{ASCII}/gu, numberOf);
    return `${idText(one)} ${type}${numbered === one.text ? '' : ` ${numbered}`}`;
  });
  return clip(types.join(', '));
}

const idText = ({ id }: Attribute): string => SHORT.get(id) ?? id;
const valueText = ({ text, content }: Attribute): string => text ?? content.toString('hex');
const numberOf = (letter: string): string => `\\u{${letter.codePointAt(0)?.toString(16)}}`;

interface Attribute {
  readonly id: string;
  readonly tag: number;
  /** Null: it is none in its type. */
  readonly text: string | null;
  readonly content: Buffer;
}

/** The same text for equal names: sets in order, each attribute by its text in lower case, or by its bytes if it is no text. */
export function canonical(name: Buffer): string {
  const parts = partsOf(name);
  if (parts === null) return name.toString('hex');
  return JSON.stringify(parts.map((set) => set.map(attributeKey).toSorted()));
}

const attributeKey = ({ id, tag, text, content }: Attribute): string =>
  text !== null && STRING_TYPES.has(tag)
    ? `${id}=${text
        .replaceAll(/[\t-\r ]+/g, ' ')
        .replaceAll(/^ | $/g, '')
        .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())}`
    : `${id}#${tag} ${content.toString('hex')}`;

/** The attributes of each set; null: it is no name. */
function partsOf(name: Buffer): readonly (readonly Attribute[])[] | null {
  try {
    return readParts(name);
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return null;
  }
}

function readParts(name: Buffer): readonly (readonly Attribute[])[] {
  const cursor: Cursor = { bytes: name, at: 0 };
  const end = open(cursor, TAG.sequence, name.length);
  const sets: Attribute[][] = [];
  let count = 0;
  while (cursor.at < end) {
    const until = open(cursor, TAG.set, end);
    const set: Attribute[] = [];
    while (cursor.at < until) {
      count += 1;
      if (count > ATTRIBUTES_MAX) throw new FormFault('NotDer', 'a name of too many attributes');
      set.push(readAttribute(cursor, until));
    }
    sets.push(set);
  }
  return sets;
}

function readAttribute(cursor: Cursor, end: number): Attribute {
  const pair = open(cursor, TAG.sequence, end);
  const id = oid(cursor, pair);
  const tag = peek(cursor, pair);
  const until = openAny(cursor, pair);
  const content = cursor.bytes.subarray(cursor.at, until);
  cursor.at = pair;
  return { id, tag, text: textOf(tag, content), content };
}

function textOf(tag: number, content: Buffer): string | null {
  switch (tag) {
    case 0x1e:
      return content.length % 2 === 0 ? wellFormed(utf16(content)) : null;
    case 0x1c:
      return content.length % 4 === 0 ? utf32(content) : null;
    case 0x13:
    case 0x14:
    case 0x16:
      // OpenSSL reads all of them as Latin-1, and so do the CAs that write more than ASCII into one.
      return content.toString('latin1');
    default:
      return isUtf8(content) ? content.toString('utf8') : null;
  }
}

const wellFormed = (text: string): string | null => (/\p{Surrogate}/u.test(text) ? null : text);
const utf16 = (content: Buffer): string => Buffer.from(content).swap16().toString('utf16le');

function utf32(content: Buffer): string | null {
  let text = '';
  for (let at = 0; at < content.length; at += 4) {
    const code = content.readUInt32BE(at);
    if (code > 0x10ffff) return null;
    text += String.fromCodePoint(code);
  }
  return wellFormed(text);
}

/**
 * Letters are kept. What is not seen, turns the direction of the line, or only looks like a space is "?"; of a word that
 * mixes Latin letters with Greek or Cyrillic ones, which look alike, the latter are written as numbers.
 */
const shown = (text: string): string =>
  text
    .replaceAll(/[^\P{C} ]|[^\P{Z} ]|\p{Default_Ignorable_Code_Point}/gu, '?')
    .replaceAll(/[\p{L}\p{M}\p{N}]+/gu, (word) =>
      /\p{Script=Latin}/u.test(word) ? word.replaceAll(LOOKALIKES, numberOf) : word,
    );
const LOOKALIKES = /[\p{Script=Greek}\p{Script=Cyrillic}]/gu;

/** Never half of a character. */
const clip = (text: string): string =>
  shown(text)
    .slice(0, LENGTH_MAX)
    .replace(/[\ud800-\udbff]$/, '');
