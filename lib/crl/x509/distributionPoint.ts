/** The issuing distribution point of a CRL: its addresses, and the certificates in its scope. */
import { type Cursor, close, content, open, openAny, peek, TAG, truth } from './der.ts';

export interface DistributionPoint {
  /** It names where the CRL is: then it is for certificates alone that name the same place. */
  readonly hasName: boolean;
  /** URIs of the full name, in the CRL's order. */
  readonly uris: readonly string[];
  readonly isUsersOnly: boolean;
  readonly isAuthoritiesOnly: boolean;
  readonly isSomeReasonsOnly: boolean;
  readonly isIndirect: boolean;
  readonly isAttributesOnly: boolean;
  /** The whole value as hex: two points are equal when these are. */
  readonly der: string;
}

/** Reads an IssuingDistributionPoint. Context tags come in their order, each at most once, as DER has it. */
export function distributionPoint(cursor: Cursor, end: number): DistributionPoint {
  const der = cursor.bytes.subarray(cursor.at, end).toString('hex');
  const until = open(cursor, TAG.sequence, end);
  const hasName = peek(cursor, until) === 0xa0;
  const uris = hasName ? pointUris(cursor, until) : [];
  const isUsersOnly = flag(cursor, 0x81, until);
  const isAuthoritiesOnly = flag(cursor, 0x82, until);
  const isSomeReasonsOnly = peek(cursor, until) === 0x83;
  if (isSomeReasonsOnly) content(cursor, 0x83, until);
  const isIndirect = flag(cursor, 0x84, until);
  const isAttributesOnly = flag(cursor, 0x85, until);
  close(cursor, until, 'issuing distribution point');
  return {
    hasName,
    uris,
    isUsersOnly,
    isAuthoritiesOnly,
    isSomeReasonsOnly,
    isIndirect,
    isAttributesOnly,
    der,
  };
}

/** The addresses of a certificate's CRLDistributionPoints that a client fetches: LDAP and directory names are left out. */
export function certificateUris(cursor: Cursor, end: number): readonly string[] {
  const until = open(cursor, TAG.sequence, end);
  const uris: string[] = [];
  while (cursor.at < until) {
    const point = open(cursor, TAG.sequence, until);
    if (peek(cursor, point) === 0xa0) uris.push(...pointUris(cursor, point));
    // Reasons and the issuer of the CRL.
    cursor.at = point;
  }
  close(cursor, until, 'CRL distribution points');
  return uris.filter((uri) => /^https?:/i.test(uri));
}

const flag = (cursor: Cursor, tag: number, end: number): boolean =>
  peek(cursor, end) === tag && truth(cursor, tag, end);

function pointUris(cursor: Cursor, end: number): readonly string[] {
  const point = open(cursor, 0xa0, end);
  // A full name (0xa0), or a name relative to the issuer's (0xa1), which holds no URI.
  const isFull = peek(cursor, point) === 0xa0;
  const names = open(cursor, isFull ? 0xa0 : 0xa1, point);
  const uris: string[] = [];
  while (cursor.at < names) {
    const isUri = isFull && peek(cursor, names) === 0x86;
    const until = openAny(cursor, names);
    if (isUri) uris.push(cursor.bytes.toString('latin1', cursor.at, until));
    cursor.at = until;
  }
  close(cursor, point, 'distribution point name');
  return uris;
}
