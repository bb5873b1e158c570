/** Verifies a CRL's signature against the pinned issuers: name, key, algorithm, key usage and validity. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { type Instant, toIso } from '../../core/time.ts';
import type { SignatureReason } from '../rules/refusal.ts';
import { type Algorithm, readAlgorithm } from './algorithm.ts';
import type { Issuer } from './issuer.ts';
import { nameText } from './name.ts';
import type { Crl } from './parse.ts';

export type Verified =
  | { readonly ok: true; readonly issuer: Issuer }
  | { readonly ok: false; readonly reason: SignatureReason; readonly why: string };

/**
 * The issuer that signed `crl`, or why none did: of several issuers with its name (a renewed key), what is said is
 * said of the one that came furthest.
 */
export function verifyCrl(crl: Crl, issuers: readonly Issuer[], now: Instant): Verified {
  const read = readAlgorithm(crl.algorithm);
  if (!read.ok) return { ok: false, reason: 'AlgorithmUnknown', why: read.why };
  let best = refused('IssuerUnknown', unknownIssuer(crl, issuers));
  for (const issuer of issuers) {
    if (!issuer.name.equals(crl.issuer)) continue;
    const verified = verifyBy(issuer, crl, read.algorithm, now);
    if (verified.ok) return verified;
    if (STEPS.indexOf(verified.reason) > STEPS.indexOf(best.reason)) best = verified;
  }
  return best;
}

type Refused = Extract<Verified, { ok: false }>;
const refused = (reason: SignatureReason, why: string): Refused => ({ ok: false, reason, why });

/** In the order of the checks: the later, the nearer to a yes. */
const STEPS: readonly SignatureReason[] = [
  'AlgorithmUnknown',
  'IssuerUnknown',
  'KeyUnfit',
  'WeakAlgorithm',
  'SignatureWrong',
  'IssuerMayNotSign',
  'IssuerNotYetValid',
  'IssuerExpired',
];

const PINNED_NOTIFIED_MAX = 4;

function unknownIssuer(crl: Crl, issuers: readonly Issuer[]): string {
  const pinned = issuers.map((issuer) => `"${nameText(issuer.name)}" (${issuer.fileName})`);
  const more =
    pinned.length > PINNED_NOTIFIED_MAX ? ` and ${pinned.length - PINNED_NOTIFIED_MAX} more` : '';
  const names =
    pinned.length === 0 ? 'none' : pinned.slice(0, PINNED_NOTIFIED_MAX).join(', ') + more;
  return `the CRL is issued by "${nameText(crl.issuer)}"; pinned: ${names}`;
}

function verifyBy(issuer: Issuer, crl: Crl, algorithm: Algorithm, now: Instant): Verified {
  const { fileName, key } = issuer;
  if (!fits(algorithm, key))
    return refused(
      'KeyUnfit',
      `signed with ${describe(algorithm)}, ${fileName} has a key of ${keyText(key)}`,
    );
  if (algorithm.isWeak && !issuer.mayUseWeakAlgorithms)
    return refused(
      'WeakAlgorithm',
      `signed with ${describe(algorithm)}, not allowed to ${fileName}`,
    );
  if (!isSignedBy(key, algorithm, crl))
    return refused('SignatureWrong', `the signature is not by the key of ${fileName}`);
  if (!issuer.maySignCrls)
    return refused('IssuerMayNotSign', `${fileName} has a key usage without cRLSign`);
  if (now < issuer.notBeforeAt)
    return refused('IssuerNotYetValid', `${fileName} is valid from ${toIso(issuer.notBeforeAt)}`);
  if (now > issuer.notAfterAt)
    return refused('IssuerExpired', `${fileName} was valid until ${toIso(issuer.notAfterAt)}`);
  return { ok: true, issuer };
}

const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function fits(algorithm: Algorithm, key: KeyObject): boolean {
  const type = key.asymmetricKeyType;
  switch (algorithm.kind) {
    case 'rsa':
      return type === 'rsa';
    case 'pss':
      return type === 'rsa' || type === 'rsa-pss';
    case 'ecdsa':
      return type === 'ec' && CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? '');
    case 'dsa':
    case 'ed25519':
    case 'ed448':
      return type === algorithm.kind;
    default:
      return algorithm satisfies never;
  }
}

const describe = ({ kind, hash }: Algorithm): string => (hash === null ? kind : `${kind} ${hash}`);
const keyText = (key: KeyObject): string =>
  `${key.asymmetricKeyType} ${key.asymmetricKeyDetails?.namedCurve ?? ''}`.trimEnd();

function isSignedBy(key: KeyObject, algorithm: Algorithm, crl: Crl): boolean {
  const input =
    algorithm.kind === 'pss'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltOctets }
      : { key, dsaEncoding: 'der' as const };
  try {
    return verify(algorithm.hash, crl.tbs, input, crl.signature);
  } catch (cause) {
    // OpenSSL throws, rather than says no, where key and parameters contradict each other (a PSS key bound to a hash).
    if (cause instanceof Error && 'code' in cause) return false;
    throw cause;
  }
}
