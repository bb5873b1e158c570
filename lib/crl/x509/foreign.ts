/** What a file is that was taken for a CRL or a certificate, and is neither or the other. Pure. */
import { type Cursor, FormFault, open, peek, TAG, take } from './der.ts';
import { oid } from './oid.ts';

const PKCS7 = '1.2.840.113549.1.7.';
const PRIVATE_KEY = 'a private key';
const PKCS12 = 'a PKCS #12 file, which is made to hold a private key';

/** Of what `foreignKind` names: what must not be known to others. */
export const isSecretKind = (kind: string): boolean => kind === PRIVATE_KEY || kind === PKCS12;

/** `a certificate`, `gzip-compressed`; null: nothing that is known. Never throws. */
export function foreignKind(bytes: Buffer): string | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip-compressed: decompress it first';
  if (bytes.toString('latin1', 0, 4) === 'PK\u0003\u0004') return 'a ZIP archive: unpack it first';
  try {
    return derKind(bytes);
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return null;
  }
}

function derKind(bytes: Buffer): string | null {
  const cursor: Cursor = { bytes, at: 0 };
  const end = open(cursor, TAG.sequence, bytes.length);
  switch (peek(cursor, end)) {
    case TAG.oid:
      return oid(cursor, end).startsWith(PKCS7)
        ? 'a PKCS #7 file (.p7b): take what it holds out of it, with openssl pkcs7 -print_certs'
        : null;
    case TAG.integer:
      // A private key's version is 0, 1 or 2; that of PKCS #12 is 3.
      return take(cursor, TAG.integer, end).at(-1) === 3 ? PKCS12 : PRIVATE_KEY;
    case TAG.sequence:
      return sequenceKind(cursor, end);
    default:
      return null;
  }
}

/** An encrypted private key is an algorithm and bytes; a public key, an algorithm and bits. */
function sequenceKind(cursor: Cursor, end: number): string | null {
  const until = open(cursor, TAG.sequence, end);
  if (peek(cursor, until) !== TAG.oid) return signedKind(cursor, until);
  return peek({ ...cursor, at: until }, end) === TAG.octetString ? PRIVATE_KEY : 'a public key';
}

/** Version, algorithm and issuer come first in both; then a CRL has a time, and a certificate its validity. */
function signedKind(cursor: Cursor, end: number): string | null {
  // A certificate's version stands under a tag of its own.
  if (peek(cursor, end) === 0xa0) return 'a certificate';
  if (peek(cursor, end) === TAG.integer) take(cursor, TAG.integer, end);
  take(cursor, TAG.sequence, end);
  take(cursor, TAG.sequence, end);
  const next = peek(cursor, end);
  if (next === TAG.utcTime || next === TAG.generalizedTime) return 'a CRL';
  return next === TAG.sequence ? 'a certificate' : null;
}
