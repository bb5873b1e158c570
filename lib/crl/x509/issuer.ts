/** Pinned issuer certificates: their name byte by byte, their key, and what they may do. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Instant } from '../../core/time.ts';
import { type Cursor, close, content, FormFault, open, peek, TAG, take } from './der.ts';
import { time } from './derTime.ts';
import { extensions, meaning } from './extensions.ts';
import { derOf } from './pem.ts';

export interface Issuer {
  /** The file that it is pinned by. */
  readonly fileName: string;
  /** The subject's Name: equal names have equal bytes. */
  readonly name: Buffer;
  readonly key: KeyObject;
  /** Key usage cRLSign, or no key usage at all. */
  readonly maySignCrls: boolean;
  readonly notBeforeAt: Instant;
  readonly notAfterAt: Instant;
  /** An operator has said so of this issuer: MD5, SHA-1 and DSA are taken. */
  readonly mayUseWeakAlgorithms: boolean;
}

export interface PinnedFile {
  readonly fileName: string;
  /** One certificate, DER or PEM. */
  readonly bytes: Uint8Array;
  readonly mayUseWeakAlgorithms: boolean;
}

export type ReadIssuer =
  | { readonly ok: true; readonly issuer: Issuer }
  | { readonly ok: false; readonly why: string };

const OCTETS_MAX = 64 * 1024;
const KEY_USAGE = '2.5.29.15';
const CRL_SIGN_BIT = 0x02;

/** The certificate in `file`, or why there is none. Never throws, whatever the bytes. */
export function readIssuer(file: PinnedFile): ReadIssuer {
  const { bytes, fileName, mayUseWeakAlgorithms } = file;
  if (bytes.length > OCTETS_MAX)
    return { ok: false, why: `${fileName}: ${bytes.length} bytes, at most ${OCTETS_MAX} are read` };
  try {
    const der = derOf(Buffer.from(bytes), 'CERTIFICATE');
    const facts = readFacts(der);
    const key = keyOf(der);
    return { ok: true, issuer: { fileName, key, mayUseWeakAlgorithms, ...facts } };
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return { ok: false, why: `${fileName}: ${fault.message}` };
  }
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
  take(cursor, TAG.integer, end);
  take(cursor, TAG.sequence, end);
  take(cursor, TAG.sequence, end);
  const validity = open(cursor, TAG.sequence, end);
  const notBeforeAt = time(cursor, validity);
  const notAfterAt = time(cursor, validity);
  close(cursor, validity, 'validity');
  const name = take(cursor, TAG.sequence, end);
  take(cursor, TAG.sequence, end);
  // Unique identifiers, of old, may stand before the extensions.
  for (const tag of [0x81, 0x82]) if (peek(cursor, end) === tag) take(cursor, tag, end);
  const maySignCrls = peek(cursor, end) === 0xa3 ? readMaySign(cursor, end) : true;
  close(cursor, end, 'certificate');
  return { name, maySignCrls, notBeforeAt, notAfterAt };
}

function readMaySign(cursor: Cursor, end: number): boolean {
  const until = open(cursor, 0xa3, end);
  const all = extensions(cursor, until);
  close(cursor, until, 'extensions of the certificate');
  const bits = meaning(all, KEY_USAGE, (of, to) => content(of, TAG.bitString, to));
  // The first byte counts unused bits; cRLSign is bit 6 of the next.
  return bits === null || ((bits[1] ?? 0) & CRL_SIGN_BIT) !== 0;
}
