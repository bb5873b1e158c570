/** The entries of a CRL: checked in one pass without an object each, read as objects on demand. */
import type { Instant } from '../../core/time.ts';
import { type Cursor, close, FormFault, open, openInteger, peek, TAG } from './der.ts';
import { time } from './derTime.ts';
import { extensions } from './extensions.ts';

export interface Entry {
  /** Lower-case hex of the serial number's bytes as they stand in the CRL. */
  readonly serial: string;
  readonly revokedAt: Instant;
  /** RFC 5280, 5.3.1; null when none is given. */
  readonly reasonCode: number | null;
}

/** What one pass over the entries learns. */
export interface EntrySurvey {
  readonly count: number;
  /** Critical extensions that a reader may not pass over, each once. */
  readonly unknownCritical: readonly string[];
  /** Some entry names an issuer of its own: an indirect CRL. */
  readonly hasForeignEntry: boolean;
  /** Some entry takes an earlier one back, as only deltas do. */
  readonly hasRemoval: boolean;
}

// RFC 5280 has 20 bytes; certificates with longer ones exist, and must stay revocable.
const SERIAL_OCTETS_MAX = 64;
const OID = { reasonCode: '2.5.29.21', certificateIssuer: '2.5.29.29' } as const;
const UNDERSTOOD: ReadonlySet<string> = new Set([...Object.values(OID), '2.5.29.23', '2.5.29.24']);
const REMOVE_FROM_CRL = 8;
/** `300c 300a`, `0603 551d15`, `0403 0a01`: one extension, a reason code, not critical; the code itself follows. */
const PLAIN_REASON = Buffer.from('300c300a0603551d1504030a01', 'hex');

/** Checks every entry from the cursor to `end`. */
export function surveyEntries(cursor: Cursor, end: number, entryCountMax: number): EntrySurvey {
  const unknownCritical = new Set<string>();
  let count = 0;
  let hasForeignEntry = false;
  let hasRemoval = false;
  while (cursor.at < end) {
    if (count === entryCountMax)
      throw new FormFault('TooManyEntries', `more than ${entryCountMax} revoked certificates`);
    count++;
    const until = open(cursor, TAG.sequence, end);
    openInteger(cursor, until, SERIAL_OCTETS_MAX);
    time(cursor, until);
    if (cursor.at === until) continue;
    const plain = plainReason(cursor, until);
    if (plain >= 0) {
      hasRemoval ||= plain === REMOVE_FROM_CRL;
      continue;
    }
    for (const { oid, isCritical, value } of extensions(cursor, until)) {
      if (isCritical && !UNDERSTOOD.has(oid)) unknownCritical.add(oid);
      hasForeignEntry ||= oid === OID.certificateIssuer;
      const isRemoval = oid === OID.reasonCode && reasonOf(value) === REMOVE_FROM_CRL;
      hasRemoval ||= isRemoval;
    }
    close(cursor, until, 'revoked certificate');
  }
  return { count, unknownCritical: [...unknownCritical], hasForeignEntry, hasRemoval };
}

/** Each entry of a section that has been surveyed, made as it is asked for. */
export function* readEntries(section: Buffer): Generator<Entry, void> {
  const cursor = { bytes: section, at: 0 };
  while (cursor.at < section.length) {
    const until = open(cursor, TAG.sequence, section.length);
    const from = openInteger(cursor, until, SERIAL_OCTETS_MAX);
    const serial = section.toString('hex', from, cursor.at);
    const revokedAt = time(cursor, until);
    const found = cursor.at < until ? extensions(cursor, until) : [];
    const reason = found.find((each) => each.oid === OID.reasonCode);
    yield { serial, revokedAt, reasonCode: reason === undefined ? null : reasonOf(reason.value) };
  }
}

/** Hands over where each serial number of a surveyed section begins and ends: no object for any of them. */
export function eachSerial(
  section: Buffer,
  runScript: (from: number, until: number) => void,
): void {
  const cursor = { bytes: section, at: 0 };
  while (cursor.at < section.length) {
    const until = open(cursor, TAG.sequence, section.length);
    const from = openInteger(cursor, until, SERIAL_OCTETS_MAX);
    runScript(from, cursor.at);
    cursor.at = until;
  }
}

/** Stands on one serial number after the other of a surveyed section: for walking two CRLs side by side. */
export class SerialWalk {
  /** Where the serial number that it stands on begins and ends. */
  from = 0;
  until = 0;
  readonly #cursor: Cursor;

  constructor(section: Buffer) {
    this.#cursor = { bytes: section, at: 0 };
  }

  /** False: there are no more. */
  next(): boolean {
    const cursor = this.#cursor;
    const { length } = cursor.bytes;
    if (cursor.at >= length) return false;
    const end = open(cursor, TAG.sequence, length);
    this.from = openInteger(cursor, end, SERIAL_OCTETS_MAX);
    this.until = cursor.at;
    cursor.at = end;
    return true;
  }
}

/** The reason code when that is the only extension and not critical, as nearly always; else -1 and no step. */
function plainReason(cursor: Cursor, end: number): number {
  const { bytes, at } = cursor;
  const length = PLAIN_REASON.length;
  if (end - at !== length + 1) return -1;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== PLAIN_REASON[i]) return -1;
  cursor.at = end;
  return checkReason(bytes[end - 1]);
}

function reasonOf(value: Buffer): number {
  const cursor = { bytes: value, at: 0 };
  if (peek(cursor, value.length) !== TAG.enumerated || value.length !== 3 || value[1] !== 1)
    throw new FormFault('ExtensionUnfit', 'a reason code that is no small number');
  return checkReason(value[2]);
}

function checkReason(code: number | undefined): number {
  if (code === undefined || code > 10 || code === 7)
    throw new FormFault('ExtensionUnfit', `reason code ${code} does not exist`);
  return code;
}
