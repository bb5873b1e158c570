/** What a file is that was taken for a CRL or a certificate, and is neither or the other. Pure. */
import { type Cursor, FormFault, open, peek, TAG, take } from './der.ts';
import { oid } from './oid.ts';

const PKCS7 = '1.2.840.113549.1.7.';

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
      return 'a private key or a PKCS #12 file: do not upload it, and replace the key if it has been read by others';
    case TAG.sequence:
      return signedKind(cursor, open(cursor, TAG.sequence, end));
    default:
      return null;
  }
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
