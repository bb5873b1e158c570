/** The entries of a CRL: checked in one pass without an object each, read as objects on demand. */
import type { Instant } from '../../core/time.ts';
import { type Cursor, close, content, FormFault, open, openInteger, TAG } from './der.ts';
import { time } from './derTime.ts';
import { extensions } from './extensions.ts';

export interface Entry {
  /** Lower-case hex of the serial number's bytes as they stand in the CRL. */
  readonly serial: string;
  readonly revokedAt: Instant;
  /** RFC 5280, 5.3.1; null when none is given, or none that exists. */
  readonly reasonCode: number | null;
}

/** What one pass over the entries learns. */
export interface EntrySurvey {
  readonly count: number;
  /** Critical extensions that a reader may not pass over, each once, with the first entry that has it; at most `UNKNOWN_KEPT`. */
  readonly unknownCritical: readonly string[];
  /** Some entry names an issuer of its own: an indirect CRL. */
  readonly hasForeignEntry: boolean;
  /** Some entry takes an earlier one back, as only deltas do. */
  readonly hasRemoval: boolean;
  /** Entries that revoke all the same, and that something is odd about. */
  readonly oddCount: number;
  /** The first of them, at most `ODD_KEPT`: `serial 1a2b: reason code 7 does not exist`. */
  readonly odd: readonly string[];
}

const ODD_KEPT = 5;
/** Each entry of a hostile list may have one of its own. */
const UNKNOWN_KEPT = 16;

// RFC 5280 has 20 bytes; certificates with longer ones exist, and must stay revocable.
const SERIAL_OCTETS_MAX = 64;
const OID = { reasonCode: '2.5.29.21', certificateIssuer: '2.5.29.29' } as const;
/** What OpenSSL takes when it is critical; RFC 5280 says of the others that they are not. */
const UNDERSTOOD: ReadonlySet<string> = new Set([OID.certificateIssuer]);
const REMOVE_FROM_CRL = 8;
/** `300c 300a`, `0603 551d15`, `0403 0a01`: one extension, a reason code, not critical; the code itself follows. */
const PLAIN_REASON = Buffer.from('300c300a0603551d1504030a01', 'hex');

interface Survey {
  count: number;
  hasForeignEntry: boolean;
  hasRemoval: boolean;
  oddCount: number;
  /** By identifier: with the first entry that has it. */
  readonly unknownCritical: Map<string, string>;
  readonly odd: string[];
}

/** Checks every entry from the cursor to `end`. */
export function surveyEntries(cursor: Cursor, end: number, entryCountMax: number): EntrySurvey {
  const survey: Survey = {
    count: 0,
    hasForeignEntry: false,
    hasRemoval: false,
    oddCount: 0,
    unknownCritical: new Map(),
    odd: [],
  };
  while (cursor.at < end) {
    if (survey.count === entryCountMax)
      throw new FormFault('TooManyEntries', `more than ${entryCountMax} revoked certificates`);
    survey.count++;
    const from = cursor.at;
    try {
      surveyEntry(cursor, end, survey);
    } catch (fault) {
      if (!(fault instanceof FormFault)) throw fault;
      const serial = serialAt(cursor.bytes, from, end) ?? '';
      const which = `the entry of serial number ${serial === '' ? `unknown, number ${survey.count}` : serial}`;
      throw new FormFault(fault.reason, `${which}: ${fault.message}`);
    }
  }
  return { ...survey, unknownCritical: [...survey.unknownCritical.values()] };
}

function surveyEntry(cursor: Cursor, end: number, survey: Survey): void {
  const until = open(cursor, TAG.sequence, end);
  const from = openInteger(cursor, until, SERIAL_OCTETS_MAX);
  const serialEnd = cursor.at;
  if (serialEnd - from === 1 && cursor.bytes[from] === 0)
    note(survey, '00', 'no certificate has serial number 0, so the entry revokes nothing');
  time(cursor, until);
  if (cursor.at === until) return;
  const plain = plainReason(cursor, until);
  if (plain >= 0) survey.hasRemoval ||= plain === REMOVE_FROM_CRL;
  else surveyExtensions(cursor, until, survey, () => cursor.bytes.toString('hex', from, serialEnd));
}

/** Of an entry that cannot be read: its serial number as it stands there, however long; null: not even that. */
function serialAt(bytes: Buffer, from: number, end: number): string | null {
  const cursor = { bytes, at: from };
  try {
    const until = open(cursor, TAG.sequence, end);
    return content(cursor, TAG.integer, until)
      .toString('hex')
      .slice(0, 2 * SERIAL_OCTETS_MAX);
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return null;
  }
}

/** An odd reason revokes as well as any: the entry is noted, and only what cannot be read at all is refused. */
function surveyExtensions(cursor: Cursor, end: number, survey: Survey, serial: () => string): void {
  if (isEmptySequence(cursor, end)) {
    note(survey, serial(), 'an empty list of extensions');
    cursor.at = end;
    return;
  }
  for (const { oid, isCritical, value } of extensions(cursor, end)) {
    const isNew = survey.unknownCritical.size < UNKNOWN_KEPT && !survey.unknownCritical.has(oid);
    if (isCritical && !UNDERSTOOD.has(oid) && isNew)
      survey.unknownCritical.set(oid, `${oid} (in the entry of serial number ${serial()})`);
    survey.hasForeignEntry ||= oid === OID.certificateIssuer;
    if (oid !== OID.reasonCode) continue;
    const code = codeOf(value);
    survey.hasRemoval ||= code === REMOVE_FROM_CRL;
    const fault = reasonFault(code);
    if (fault !== null) note(survey, serial(), fault);
  }
  close(cursor, end, 'revoked certificate');
}

function note(survey: Survey, serial: string, what: string): void {
  survey.oddCount++;
  if (survey.odd.length < ODD_KEPT) survey.odd.push(`serial ${serial}: ${what}`);
}

const isEmptySequence = ({ bytes, at }: Cursor, end: number): boolean =>
  end - at === 2 && bytes[at] === TAG.sequence && bytes[at + 1] === 0;

/** Each entry of a section that has been surveyed, made as it is asked for. */
export function* readEntries(section: Buffer): Generator<Entry, void> {
  const cursor = { bytes: section, at: 0 };
  while (cursor.at < section.length) {
    const until = open(cursor, TAG.sequence, section.length);
    const from = openInteger(cursor, until, SERIAL_OCTETS_MAX);
    const serial = section.toString('hex', from, cursor.at);
    const revokedAt = time(cursor, until);
    const isBare = cursor.at === until || isEmptySequence(cursor, until);
    const found = isBare ? [] : extensions(cursor, until);
    cursor.at = until;
    const reason = found.find((each) => each.oid === OID.reasonCode);
    const code = reason === undefined ? null : codeOf(reason.value);
    yield { serial, revokedAt, reasonCode: reasonFault(code ?? 0) === null ? code : null };
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

/** The reason code when that is the only extension, not critical, and one that exists, as nearly always; else -1 and no step. */
function plainReason(cursor: Cursor, end: number): number {
  const { bytes, at } = cursor;
  const length = PLAIN_REASON.length;
  if (end - at !== length + 1) return -1;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== PLAIN_REASON[i]) return -1;
  const code = bytes[end - 1] ?? 0;
  if (reasonFault(code) !== null) return -1;
  cursor.at = end;
  return code;
}

/** -1: no ENUMERATED of one byte. */
const codeOf = (value: Buffer): number =>
  value.length === 3 && value[0] === TAG.enumerated && value[1] === 1 ? (value[2] ?? -1) : -1;

/** Null: RFC 5280 has this reason. */
function reasonFault(code: number): string | null {
  if (code === -1) return 'its reason code is no small enumerated number';
  return code > 10 || code === 7 ? `reason code ${code} does not exist` : null;
}
