/** Pinned issuer certificates: their name, their key, and what they may do. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Instant } from '../../core/time.ts';
import { type Cursor, close, content, FormFault, open, peek, TAG, take } from './der.ts';
import { time } from './derTime.ts';
import { certificateUris } from './distributionPoint.ts';
import { type Extension, extensions, meaning } from './extensions.ts';
import { foreignKind, isSecretKind } from './foreign.ts';
import { blocksOf, secretLabel } from './pem.ts';

export interface Issuer {
  /** The file that it is pinned by. */
  readonly fileName: string;
  /** The subject's Name. */
  readonly name: Buffer;
  /** The Name of the one that issued this certificate. */
  readonly issuerName: Buffer;
  /** Lower-case hex. */
  readonly serial: string;
  /** Lower-case hex; null: the certificate has none. */
  readonly subjectKeyId: string | null;
  readonly key: KeyObject;
  /** Key usage cRLSign, or no key usage at all. */
  readonly maySignCrls: boolean;
  readonly notBeforeAt: Instant;
  readonly notAfterAt: Instant;
  /** The file names that its CRLs may be published under; null: no file beside the certificate says so. */
  readonly names: readonly string[] | null;
  /** An operator has said so of this issuer: MD5, SHA-1 and DSA are taken. */
  readonly mayUseWeakAlgorithms: boolean;
}

export interface PinnedFile {
  readonly fileName: string;
  /** A certificate, or a chain of PEM blocks: each is pinned. */
  readonly bytes: Uint8Array;
  readonly mayUseWeakAlgorithms: boolean;
  /** As the file beside it says; null: there is none. */
  readonly names?: readonly string[] | null;
}

export type ReadIssuer = { readonly ok: true; readonly issuer: Issuer } | NoIssuer;

export interface NoIssuer {
  readonly ok: false;
  readonly fileName: string;
  readonly why: string;
  /** It is a secret key, alone or beside certificates that are pinned all the same. */
  readonly isSecret: boolean;
}

const OCTETS_MAX = 64 * 1024;
const KEY_USAGE = '2.5.29.15';
const SUBJECT_KEY_ID = '2.5.29.14';
const CRL_SIGN_BIT = 0x02;

/** Every certificate in `file`, or why one cannot be used, and whether a secret key lies beside them; at least one answer. Never throws, whatever the bytes. */
export function readIssuers(file: PinnedFile): readonly ReadIssuer[] {
  const { bytes, fileName } = file;
  if (bytes.length > OCTETS_MAX)
    return [noIssuer(fileName, `${bytes.length} bytes, at most ${OCTETS_MAX} are read`)];
  const label = secretLabel(Buffer.from(bytes));
  const secrets =
    label === null ? [] : [noIssuer(fileName, `it holds a PEM block "${label}"`, true)];
  try {
    const ders = blocksOf(Buffer.from(bytes), 'CERTIFICATE', CHAIN_MAX + 1);
    if (ders.length > CHAIN_MAX)
      throw new FormFault('NotOnePemBlock', `more than ${CHAIN_MAX} certificates`);
    return [...ders.map((der, index) => readOne(der, file, index)), ...secrets];
  } catch (fault) {
    return secrets.length > 0 ? secrets : [unreadable(fault, fileName)];
  }
}

const CHAIN_MAX = 16;

const noIssuer = (fileName: string, why: string, isSecret = false): NoIssuer => ({
  ok: false,
  fileName,
  why: `${fileName}: ${why}`,
  isSecret,
});

function readOne(
  der: Buffer,
  { fileName, mayUseWeakAlgorithms, names = null }: PinnedFile,
  index: number,
): ReadIssuer {
  const name = index === 0 ? fileName : `${fileName} (certificate ${index + 1})`;
  try {
    const { all: _all, ...facts } = readFacts(der);
    const issuer = { fileName: name, key: keyOf(der), mayUseWeakAlgorithms, names, ...facts };
    return { ok: true, issuer };
  } catch (fault) {
    const kind = fault instanceof FormFault ? foreignKind(der) : null;
    const isOther = kind !== null && kind !== 'a certificate';
    if (!isOther) return unreadable(fault, name);
    return noIssuer(name, `instead of a certificate it is ${kind}`, isSecretKind(kind));
  }
}

function unreadable(fault: unknown, name: string): NoIssuer {
  if (!(fault instanceof FormFault)) throw fault;
  return noIssuer(name, fault.message);
}

function keyOf(der: Buffer): KeyObject {
  try {
    return new X509Certificate(der).publicKey;
  } catch (cause) {
    // OpenSSL's own words for a certificate or key that it cannot take; they come without a class of their own.
    throw new FormFault(
      'NotDer',
      `OpenSSL refuses it: ${cause instanceof Error ? cause.message : ''}`,
    );
  }
}

function readFacts(der: Buffer) {
  const cursor: Cursor = { bytes: der, at: 0 };
  const whole = open(cursor, TAG.sequence, der.length);
  if (whole !== der.length) throw new FormFault('TrailingBytes', 'bytes behind the certificate');
  const end = open(cursor, TAG.sequence, whole);
  if (peek(cursor, end) === 0xa0) take(cursor, 0xa0, end);
  const serial = content(cursor, TAG.integer, end).toString('hex');
  take(cursor, TAG.sequence, end);
  const issuerName = take(cursor, TAG.sequence, end);
  const validity = open(cursor, TAG.sequence, end);
  const notBeforeAt = time(cursor, validity);
  const notAfterAt = time(cursor, validity);
  close(cursor, validity, 'validity');
  const name = take(cursor, TAG.sequence, end);
  take(cursor, TAG.sequence, end);
  // Unique identifiers, of old, may stand before the extensions.
  for (const tag of [0x81, 0x82]) if (peek(cursor, end) === tag) take(cursor, tag, end);
  const all = peek(cursor, end) === 0xa3 ? readExtensions(cursor, end) : [];
  close(cursor, end, 'certificate');
  const subjectKeyId = meaning(all, SUBJECT_KEY_ID, (of, to) => content(of, TAG.octetString, to));
  return {
    name,
    issuerName,
    serial,
    subjectKeyId: subjectKeyId?.toString('hex') ?? null,
    maySignCrls: maySign(all),
    notBeforeAt,
    notAfterAt,
    all,
  };
}

/** Where a certificate says that its CRL is: http and https addresses, in its order; null: the bytes are no certificate. Never throws, whatever the bytes. */
export function crlAddressesOf(bytes: Uint8Array): readonly string[] | null {
  if (bytes.length > OCTETS_MAX) return null;
  try {
    const [der] = blocksOf(Buffer.from(bytes), 'CERTIFICATE', CHAIN_MAX);
    if (der === undefined) return null;
    const { all } = readFacts(der);
    return meaning(all, CRL_POINTS, certificateUris) ?? [];
  } catch (fault) {
    if (fault instanceof FormFault) return null;
    throw fault;
  }
}

const CRL_POINTS = '2.5.29.31';

function readExtensions(cursor: Cursor, end: number): readonly Extension[] {
  const until = open(cursor, 0xa3, end);
  const all = extensions(cursor, until);
  close(cursor, until, 'extensions of the certificate');
  return all;
}

function maySign(all: readonly Extension[]): boolean {
  const bits = meaning(all, KEY_USAGE, (of, to) => content(of, TAG.bitString, to));
  // The first byte counts unused bits; cRLSign is bit 6 of the next.
  return bits === null || ((bits[1] ?? 0) & CRL_SIGN_BIT) !== 0;
}
