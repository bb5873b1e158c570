/** Reads one X.509 v2 certificate revocation list (RFC 5280, section 5), bounded, and without a library. */
import type { Instant } from '../../core/time.ts';
import type { FormReason } from '../rules/refusal.ts';
import { type Cursor, close, FormFault, open, peek, TAG, take, wholeBits } from './der.ts';
import { time } from './derTime.ts';
import { type EntrySurvey, surveyEntries } from './entries.ts';
import { type ListExtensions, listExtensions } from './extensions.ts';
import { foreignKind, isSecretKind } from './foreign.ts';
import { blocksOf, derOf, secretLabel } from './pem.ts';

/** All buffers are views into one, which must not be written to. */
export interface Crl {
  /** The whole CRL. */
  readonly der: Buffer;
  /** What is signed. */
  readonly tbs: Buffer;
  /** The AlgorithmIdentifier, the same inside and outside of what is signed. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
  /** The issuer's Name. */
  readonly issuer: Buffer;
  readonly thisUpdateAt: Instant;
  readonly nextUpdateAt: Instant | null;
  readonly extensions: ListExtensions;
  /** The revoked certificates, for `readEntries` and `eachSerial`; empty when there are none. */
  readonly entries: Buffer;
  readonly survey: EntrySurvey;
}

export interface CrlLimits {
  /** Of the file as it comes, PEM included. */
  readonly octetsMax: number;
  readonly entryCountMax: number;
}

/** One pass over at most this much is what bounds the time: about 0.1 s. */
export const CRL_LIMITS: CrlLimits = { octetsMax: 10 * 1024 * 1024, entryCountMax: 1_000_000 };

export type ParsedCrl =
  | { readonly ok: true; readonly crl: Crl }
  | { readonly ok: false; readonly reason: FormReason; readonly why: string };

/** The CRL in `file` (DER, base64, or one PEM block with text around it), or why there is none. Never throws, whatever the bytes. */
export function parseCrl(file: Uint8Array, limits: CrlLimits = CRL_LIMITS): ParsedCrl {
  if (file.length > limits.octetsMax) {
    const why = `${file.length} bytes, at most ${limits.octetsMax} are read`;
    return { ok: false, reason: 'TooLarge', why };
  }
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const secret = secretLabel(bytes);
  if (secret !== null)
    return { ok: false, reason: 'PrivateKey', why: `it holds a PEM block "${secret}"` };
  let der: Buffer | null = null;
  try {
    der = derOf(bytes, 'X509 CRL');
    return { ok: true, crl: readCrl(der, limits) };
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    const kind = der === null ? null : foreignKind(der);
    if (kind !== null && kind !== 'a CRL') {
      const reason = isSecretKind(kind) ? 'PrivateKey' : 'NotDer';
      return { ok: false, reason, why: `instead of a CRL it is ${kind}` };
    }
    const isOther = der === null && fault.reason === 'NotOnePemBlock' && isMislabelled(bytes);
    const label = isOther ? '; in it is a CRL, which certutil -encode labels so' : '';
    return { ok: false, reason: fault.reason, why: fault.message + label };
  }
}

/** `certutil -encode` writes this label around whatever it is given. */
function isMislabelled(bytes: Buffer): boolean {
  try {
    const [der] = blocksOf(bytes, 'CERTIFICATE', 1);
    return der !== undefined && foreignKind(der) === 'a CRL';
  } catch (fault) {
    if (fault instanceof FormFault) return false;
    throw fault;
  }
}

function readCrl(der: Buffer, limits: CrlLimits): Crl {
  const cursor: Cursor = { bytes: der, at: 0 };
  const end = open(cursor, TAG.sequence, der.length);
  if (end !== der.length)
    throw new FormFault('TrailingBytes', `${der.length - end} bytes behind the end of the CRL`);
  const tbs = take(cursor, TAG.sequence, end);
  const algorithm = take(cursor, TAG.sequence, end);
  const signature = wholeBits(cursor, end);
  close(cursor, end, 'list');
  const { innerAlgorithm, ...body } = readBody(tbs, limits);
  if (!innerAlgorithm.equals(algorithm))
    throw new FormFault(
      'AlgorithmsDiffer',
      'the algorithm inside what is signed is not the one outside',
    );
  return { der, tbs, algorithm, signature, ...body };
}

function readBody(tbs: Buffer, limits: CrlLimits) {
  const cursor: Cursor = { bytes: tbs, at: 0 };
  const end = open(cursor, TAG.sequence, tbs.length);
  checkVersion(cursor, end);
  const innerAlgorithm = take(cursor, TAG.sequence, end);
  const issuer = take(cursor, TAG.sequence, end);
  const thisUpdateAt = time(cursor, end);
  const nextUpdateAt = isTime(peek(cursor, end)) ? time(cursor, end) : null;
  const { entries, survey } = readSection(cursor, end, limits);
  const extensions = peek(cursor, end) === 0xa0 ? readExtensions(cursor, end) : NO_EXTENSIONS;
  close(cursor, end, 'signed part');
  return { innerAlgorithm, issuer, thisUpdateAt, nextUpdateAt, extensions, entries, survey };
}

/** Version 2 is written as 1, and version 1 by leaving it out. */
function checkVersion(cursor: Cursor, end: number): void {
  if (peek(cursor, end) !== TAG.integer)
    throw new FormFault('VersionUnfit', 'a version 1 CRL, which has neither number nor extensions');
  const version = take(cursor, TAG.integer, end);
  if (version.length !== 3 || version[2] !== 1)
    throw new FormFault('VersionUnfit', `version ${version.toString('hex', 2)} is not version 2`);
}

const isTime = (tag: number): boolean => tag === TAG.utcTime || tag === TAG.generalizedTime;

function readSection(cursor: Cursor, end: number, limits: CrlLimits) {
  const until = peek(cursor, end) === TAG.sequence ? open(cursor, TAG.sequence, end) : cursor.at;
  const entries = cursor.bytes.subarray(cursor.at, until);
  return { entries, survey: surveyEntries(cursor, until, limits.entryCountMax) };
}

function readExtensions(cursor: Cursor, end: number): ListExtensions {
  const until = open(cursor, 0xa0, end);
  const extensions = listExtensions(cursor, until);
  close(cursor, until, 'extensions');
  return extensions;
}

const NO_EXTENSIONS: ListExtensions = {
  all: [],
  number: null,
  baseNumber: null,
  distributionPoint: null,
  authorityKey: null,
  nextPublishAt: null,
};
