/** Signature algorithms of CRLs: hash, kind of key, and whether it is still accepted. */
import { type Cursor, close, content, FormFault, natural, open, peek, TAG } from './der.ts';
import { oid } from './oid.ts';

export type Algorithm =
  | { readonly kind: 'rsa' | 'ecdsa' | 'dsa'; readonly hash: string; readonly isWeak: boolean }
  | {
      readonly kind: 'pss';
      readonly hash: string;
      readonly saltOctets: number;
      readonly isWeak: boolean;
    }
  | { readonly kind: 'ed25519' | 'ed448'; readonly hash: null; readonly isWeak: false };

type Plain = readonly [kind: 'rsa' | 'ecdsa' | 'dsa', hash: string];

// DSA is weak whatever its hash: FIPS 186-5 (2023) no longer has it.
const PLAIN: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ['1.2.840.113549.1.1.4', ['rsa', 'md5']],
  ['1.2.840.113549.1.1.5', ['rsa', 'sha1']],
  ['1.2.840.113549.1.1.14', ['rsa', 'sha224']],
  ['1.2.840.113549.1.1.11', ['rsa', 'sha256']],
  ['1.2.840.113549.1.1.12', ['rsa', 'sha384']],
  ['1.2.840.113549.1.1.13', ['rsa', 'sha512']],
  ['1.2.840.10045.4.1', ['ecdsa', 'sha1']],
  ['1.2.840.10045.4.3.1', ['ecdsa', 'sha224']],
  ['1.2.840.10045.4.3.2', ['ecdsa', 'sha256']],
  ['1.2.840.10045.4.3.3', ['ecdsa', 'sha384']],
  ['1.2.840.10045.4.3.4', ['ecdsa', 'sha512']],
  ['1.2.840.10040.4.3', ['dsa', 'sha1']],
  ['2.16.840.1.101.3.4.3.1', ['dsa', 'sha224']],
  ['2.16.840.1.101.3.4.3.2', ['dsa', 'sha256']],
]);
const ED25519 = '1.3.101.112';
const ED448 = '1.3.101.113';
const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const WEAK_HASHES: ReadonlySet<string> = new Set(['md5', 'sha1']);
const SALT_OCTETS_MAX = 512;

/** What an AlgorithmIdentifier means, or why it means nothing here. Never throws. */
export function readAlgorithm(
  der: Buffer,
):
  | { readonly ok: true; readonly algorithm: Algorithm }
  | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, algorithm: algorithmOf(der) };
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    return { ok: false, why: fault.message };
  }
}

function algorithmOf(der: Buffer): Algorithm {
  const cursor: Cursor = { bytes: der, at: 0 };
  const end = open(cursor, TAG.sequence, der.length);
  const id = oid(cursor, end);
  if (id === PSS) return pss(cursor, end);
  const plain = PLAIN.get(id);
  const isEdwards = id === ED25519 || id === ED448;
  if (plain === undefined && !isEdwards)
    throw new FormFault('NotDer', `signature algorithm ${id} is not known here`);
  // RFC 5758 has none with ECDSA; some CAs write NULL as with RSA, and OpenSSL takes it.
  if (plain !== undefined && cursor.at < end) nothing(cursor, end);
  close(cursor, end, `parameters of algorithm ${id}`);
  if (plain === undefined)
    return { kind: id === ED448 ? 'ed448' : 'ed25519', hash: null, isWeak: false };
  const [kind, hash] = plain;
  return { kind, hash, isWeak: kind === 'dsa' || WEAK_HASHES.has(hash) };
}

/** RFC 4055, 3.1: what is left out means SHA-1, MGF1 with SHA-1, 20 bytes of salt. */
function pss(cursor: Cursor, end: number): Algorithm {
  const until = open(cursor, TAG.sequence, end);
  const hash = explicit(cursor, 0xa0, until, hashName) ?? 'sha1';
  const maskHash = explicit(cursor, 0xa1, until, maskHashName) ?? 'sha1';
  const salt = explicit(cursor, 0xa2, until, (of, to) => natural(of, to, 2)) ?? 20n;
  const trailer = explicit(cursor, 0xa3, until, (of, to) => natural(of, to, 1)) ?? 1n;
  close(cursor, until, 'parameters of RSA-PSS');
  close(cursor, end, 'RSA-PSS');
  // OpenSSL could take two hashes, node:crypto takes one; no CA is known to sign CRLs with two.
  if (maskHash !== hash)
    throw new FormFault(
      'NotDer',
      `RSA-PSS with ${hash} and a mask of ${maskHash}: both must be the same`,
    );
  if (salt > SALT_OCTETS_MAX || trailer !== 1n)
    throw new FormFault('NotDer', `RSA-PSS with ${salt} bytes of salt and trailer ${trailer}`);
  return { kind: 'pss', hash, saltOctets: Number(salt), isWeak: WEAK_HASHES.has(hash) };
}

function explicit<T>(
  cursor: Cursor,
  tag: number,
  end: number,
  read: (cursor: Cursor, end: number) => T,
): T | null {
  if (peek(cursor, end) !== tag) return null;
  const until = open(cursor, tag, end);
  const value = read(cursor, until);
  close(cursor, until, 'parameter of RSA-PSS');
  return value;
}

function hashName(cursor: Cursor, end: number): string {
  const until = open(cursor, TAG.sequence, end);
  const id = oid(cursor, until);
  if (cursor.at < until) nothing(cursor, until);
  close(cursor, until, 'hash algorithm');
  const name = HASHES.get(id);
  if (name === undefined) throw new FormFault('NotDer', `hash algorithm ${id} is not known here`);
  return name;
}

function maskHashName(cursor: Cursor, end: number): string {
  const until = open(cursor, TAG.sequence, end);
  const id = oid(cursor, until);
  if (id !== MGF1) throw new FormFault('NotDer', `mask generation ${id} is not known here`);
  const name = hashName(cursor, until);
  close(cursor, until, 'mask generation');
  return name;
}

function nothing(cursor: Cursor, end: number): void {
  const value = content(cursor, TAG.null, end);
  if (value.length > 0) throw new FormFault('NotDer', 'a NULL with content');
}
