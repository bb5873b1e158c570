/** Which serial numbers an older CRL has and a newer one does not. Pure. */
import { eachSerial, SerialWalk } from './entries.ts';
import type { Crl } from './parse.ts';

/** Serial numbers (lower-case hex) of `older` that `newer` lacks, each once, in the order of `older`. */
export function missingSerials(older: Crl, newer: Crl): readonly string[] {
  // Nearly always: CAs append, or keep their order, and then neither a table nor a hash is needed.
  if (holdsInOrder(newer.entries, older.entries)) return [];
  const table = tabulate(older);
  let unmet = table.count;
  eachSerial(newer.entries, (from, until) => {
    if (mark(table, newer.entries, from, until)) unmet -= 1;
  });
  if (unmet === 0) return [];
  const missing: string[] = [];
  eachSerial(older.entries, (from, until) => {
    if (mark(table, older.entries, from, until))
      missing.push(older.entries.toString('hex', from, until));
  });
  return missing;
}

/** Whether `many` has all serial numbers of `few`, in their order, maybe with others in between. */
function holdsInOrder(many: Buffer, few: Buffer): boolean {
  const wanted = new SerialWalk(few);
  const found = new SerialWalk(many);
  while (wanted.next()) {
    do {
      if (!found.next()) return false;
    } while (!isEqual(few, wanted, many, found));
  }
  return true;
}

function isEqual(one: Buffer, a: SerialWalk, other: Buffer, b: SerialWalk): boolean {
  const length = a.until - a.from;
  if (b.until - b.from !== length) return false;
  for (let i = 0; i < length; i++) if (one[a.from + i] !== other[b.from + i]) return false;
  return true;
}

/**
 * A hash table of places in `entries`: no string and no object for any of maybe 500,000 serial numbers. It is filled
 * from the CRL that was published already, so that an upload cannot choose what collides.
 */
interface Table {
  readonly entries: Buffer;
  /** Where a serial number begins and ends; an end of 0: free. At least half are free, so a search ends. */
  readonly froms: Int32Array;
  readonly untils: Int32Array;
  /** 1: met. */
  readonly marks: Uint8Array;
  /** Different serial numbers. */
  readonly count: number;
}

function tabulate({ entries, survey }: Crl): Table {
  const size = 2 ** Math.ceil(Math.log2(survey.count * 2 + 1));
  const untils = new Int32Array(size);
  const froms = new Int32Array(size);
  const table: Table = { entries, froms, untils, marks: new Uint8Array(size), count: 0 };
  let count = 0;
  eachSerial(entries, (from, until) => {
    const cachedReading = find(table, entries, from, until);
    if (untils[cachedReading] === 0) count += 1;
    untils[cachedReading] = until;
    froms[cachedReading] = from;
  });
  return { ...table, count };
}

/** Marks a serial number of the table; whether it is in there and was not marked before. */
function mark(table: Table, bytes: Buffer, from: number, until: number): boolean {
  const cachedReading = find(table, bytes, from, until);
  if (table.untils[cachedReading] === 0 || table.marks[cachedReading] === 1) return false;
  table.marks[cachedReading] = 1;
  return true;
}

/** Where these bytes are, or the free slot where they would go. */
function find(table: Table, bytes: Buffer, from: number, until: number): number {
  const last = table.untils.length - 1;
  let cachedReading = hash(bytes, from, until) & last;
  while (table.untils[cachedReading] !== 0 && !isAt(table, cachedReading, bytes, from, until))
    cachedReading = (cachedReading + 1) & last;
  return cachedReading;
}

function isAt(
  table: Table,
  cachedReading: number,
  bytes: Buffer,
  from: number,
  until: number,
): boolean {
  const start = table.froms[cachedReading] ?? 0;
  if ((table.untils[cachedReading] ?? 0) - start !== until - from) return false;
  for (let i = from; i < until; i++) if (bytes[i] !== table.entries[start + i - from]) return false;
  return true;
}

/** FNV-1a, its high bits folded into the low ones that are used. */
function hash(bytes: Buffer, from: number, until: number): number {
  let mixed = 0x811c9dc5;
  for (let i = from; i < until; i++) mixed = Math.imul(mixed ^ (bytes[i] ?? 0), 0x01000193);
  return mixed ^ (mixed >>> 15);
}
