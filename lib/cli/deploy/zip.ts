/** A zip of one file: the same bytes for the same file, whenever and wherever it is made with one version of zlib. */
import { crc32, deflateRawSync } from 'node:zlib';

/** Readable by every user, as Lambda asks for. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (read 2026-11-29) */
export function zipOf(path: string, bytes: Uint8Array): Uint8Array {
  const name = Buffer.from(path);
  const packed = deflateRawSync(bytes, { level: 9 });
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(VERSION, 0);
  facts.writeUInt16LE(NAMES_ARE_UTF8, 2);
  facts.writeUInt16LE(DEFLATED, 4);
  facts.writeUInt16LE(0, 6);
  facts.writeUInt16LE(FIRST_OF_1980, 8);
  facts.writeUInt32LE(crc32(bytes), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(bytes.length, 18);
  facts.writeUInt16LE(name.length, 22);
  const file = Buffer.concat([LOCAL, facts, name, packed]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(READABLE_FILE, 6);
  const entry = Buffer.concat([CENTRAL, MADE_BY_UNIX, facts, attributes, name]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(file.length, 12);
  return Buffer.concat([file, entry, END, end]);
}

const LOCAL = Buffer.from('PK\u0003\u0004');
const CENTRAL = Buffer.from('PK\u0001\u0002');
const END = Buffer.from('PK\u0005\u0006');
const VERSION = 20;
const MADE_BY_UNIX = Buffer.from([VERSION, 3]);
const NAMES_ARE_UTF8 = 0x0800;
const DEFLATED = 8;
/** The earliest date that the format knows. */
const FIRST_OF_1980 = 0x0021;
/** -rw-r--r-- in the upper half. */
const READABLE_FILE = (0o100_644 << 16) >>> 0;
