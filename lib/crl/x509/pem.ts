/**
 * The DER in a file as CAs' tools write it: DER, PEM with text around it, base64 without armour, with a byte order mark.
 * One pass over bytes: what is decoded is at most as large as the file, and nothing is made a string.
 */
import { FormFault, openAny } from './der.ts';

const BEGIN = Buffer.from('-----BEGIN ');
const DASHES = Buffer.from('-----');
const LABEL_MAX = 64;

/** The DER of `file`: itself, or what its only block of this label holds. */
export function derOf(file: Buffer, label: string): Buffer {
  const blocks = blocksOf(file, label, 2);
  const [first] = blocks;
  if (first !== undefined && blocks.length === 1) return first;
  throw new FormFault(
    'NotOnePemBlock',
    `more than one PEM block "${label}": upload each in a file of its own`,
  );
}

/** The DER of each block of this label, in their order, at most `countMax`; DER itself is one. At least one. */
export function blocksOf(file: Buffer, label: string, countMax: number): readonly Buffer[] {
  const text = withoutMark(file);
  if (isDer(text)) return [withoutTail(text)];
  const head = Buffer.from(`-----BEGIN ${label}-----`);
  const tail = Buffer.from(`-----END ${label}-----`);
  const blocks: Buffer[] = [];
  let at = text.indexOf(head);
  while (at >= 0 && blocks.length < countMax) {
    const from = at + head.length;
    const until = text.indexOf(tail, from);
    if (until < 0)
      throw new FormFault('NotOnePemBlock', `the PEM block "${label}" is cut short: it has no end`);
    const inside = text.subarray(from, until);
    // A backslash: the value of a JSON field.
    const json = inside.includes(0x5c) ? ' (line ends written as \\n, as in JSON: jq -r)' : '';
    blocks.push(decode(inside, `inside the PEM block "${label}"${json}`));
    at = text.indexOf(head, until + tail.length);
  }
  if (blocks.length > 0) return blocks;
  return [withoutArmour(text, label)];
}

/** The label of the first PEM block that is a secret key: `RSA PRIVATE KEY`; null: there is none. */
export function secretLabel(file: Buffer): string | null {
  const text = withoutMark(file);
  if (isDer(text)) return null;
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + BEGIN.length)) {
    const label = labelAt(text, at);
    if (/PRIVATE KEY|STATIC KEY|TLS-CRYPT/i.test(label)) return label;
  }
  return null;
}

/** Of the block that begins at `at`; empty: none that is short. */
function labelAt(text: Buffer, at: number): string {
  const start = at + BEGIN.length;
  const end = text.subarray(start, start + LABEL_MAX).indexOf(DASHES);
  return printable(text.toString('latin1', start, start + Math.max(0, end)));
}

/** A line end that a tool has written behind DER is no part of it. */
function withoutTail(der: Buffer): Buffer {
  const cursor = { bytes: der, at: 0 };
  let end: number;
  try {
    end = openAny(cursor, der.length);
  } catch (fault) {
    // Said where it is read.
    if (fault instanceof FormFault) return der;
    throw fault;
  }
  return der.subarray(end).every(isSpace) ? der.subarray(0, end) : der;
}

/**
 * Without a byte order mark. UTF-16, as PowerShell redirects output, is narrowed to the ASCII that it holds; without a
 * mark it is known by the dashes or the "M" that PEM and base64 begin with.
 */
function withoutMark(file: Buffer): Buffer {
  if (file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf) return file.subarray(3);
  const [first, second] = file;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isLittle = (first === 0xff && second === 0xfe) || (beginsText(first) && second === 0);
  if (!hasMark && !isLittle && !(first === 0 && beginsText(second))) return file;
  const from = hasMark ? 2 : 0;
  const narrow = Buffer.alloc(Math.floor((file.length - from) / 2));
  for (let i = 0; i < narrow.length; i++) {
    const at = from + 2 * i;
    const high = file[isLittle ? at + 1 : at] ?? 0;
    // No base64: refused where it is decoded.
    narrow[i] = high === 0 ? (file[isLittle ? at : at + 1] ?? 0) : 0xff;
  }
  return narrow;
}

/** "-" of PEM, "M" of base64. */
const beginsText = (byte: number | undefined): boolean => byte === 0x2d || byte === 0x4d;

/** A SEQUENCE with a length of up to four bytes: text that begins with "0" goes on with something else. */
function isDer(file: Buffer): boolean {
  const [tag, length = 0] = file;
  if (tag !== 0x30) return false;
  return length < 0x80 ? !isPrintable(length) || file.length === 2 + length : length <= 0x84;
}

const isPrintable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || isSpace(byte);
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Base64 and nothing else is decoded; anything else is named for what it is. */
function withoutArmour(text: Buffer, label: string): Buffer {
  let from = 0;
  while (from < text.length && isSpace(text[from] ?? 0)) from++;
  // "M": the first six bits of a SEQUENCE.
  if (text[from] === 0x4d) return decode(text.subarray(from), `where a "${label}" was expected`);
  const other = text.indexOf(BEGIN);
  if (other >= 0) {
    const found = JSON.stringify(labelAt(text, other));
    throw new FormFault('NotOnePemBlock', `it holds a PEM block ${found}, and none "${label}"`);
  }
  if (from === text.length) throw new FormFault('NotDer', 'nothing is in it but white space');
  const begin = text.subarray(from, from + 24);
  if (!begin.every(isPrintable)) return text;
  throw new FormFault(
    'NotDer',
    `it is text that begins ${JSON.stringify(printable(begin.toString('latin1')))}, and no "${label}" in DER, PEM or base64`,
  );
}

const printable = (text: string): string => text.replaceAll(/[^ -~]/g, ' ').trim();

const BAD = 255;
const SPACE = 254;
const PAD = 253;
const VALUES: Uint8Array = base64Values();

function base64Values(): Uint8Array {
  const values = new Uint8Array(256).fill(BAD);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  for (const space of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) values[space] = SPACE;
  values['='.charCodeAt(0)] = PAD;
  return values;
}

/** Strict base64 with white space: whole groups of four, padding only at the end, no bits left over. */
function decode(text: Buffer, where: string): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil((text.length * 3) / 4));
  let size = 0;
  let bits = 0;
  let digits = 0;
  let pads = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text[i] ?? 0] ?? BAD;
    if (value === SPACE) continue;
    if (value === PAD) {
      pads++;
      continue;
    }
    if (value === BAD || pads > 0) throw notBase64(where);
    bits = ((bits << 6) | value) & 0xffffff;
    digits++;
    if (digits % 4 === 0) {
      out[size++] = bits >> 16;
      out[size++] = (bits >> 8) & 0xff;
      out[size++] = bits & 0xff;
    }
  }
  const rest = digits % 4;
  if (rest === 1 || pads !== (rest === 0 ? 0 : 4 - rest)) throw notBase64(where);
  const unused = rest === 2 ? bits & 0xf : rest === 3 ? bits & 0x3 : 0;
  if (unused !== 0) throw notBase64(where);
  if (rest === 2) out[size++] = (bits >> 4) & 0xff;
  if (rest === 3) {
    out[size++] = (bits >> 10) & 0xff;
    out[size++] = (bits >> 2) & 0xff;
  }
  return out.subarray(0, size);
}

const notBase64 = (where: string): FormFault =>
  new FormFault('NotOnePemBlock', `more or other than base64 ${where}`);

/** One PEM block "X509 CRL" of 64-character lines, as Client VPN imports it. */
export const pemOf = (der: Uint8Array): string =>
  `-----BEGIN X509 CRL-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END X509 CRL-----\n`;

/** The same bytes, whatever the line breaks. */
export const isSamePem = (one: string, other: string): boolean => bare(one) === bare(other);

const bare = (pem: string): string => pem.replaceAll(/\s+/g, '');
