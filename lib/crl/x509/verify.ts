/** Verifies a CRL's signature against the pinned issuers: name, key, algorithm, key usage and validity. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { type Instant, toIso } from '../../core/time.ts';
import type { SignatureReason } from '../rules/refusal.ts';
import { type Algorithm, readAlgorithm } from './algorithm.ts';
import type { Issuer } from './issuer.ts';
import { isSameName, nameText, typesText } from './name.ts';
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
  let best: Refused | null = null;
  for (const issuer of issuers) {
    if (!isSameName(issuer.name, crl.issuer)) continue;
    const verified = verifyBy(issuer, crl, read.algorithm, now);
    if (verified.ok) return verified;
    if (best === null || STEPS.indexOf(verified.reason) > STEPS.indexOf(best.reason))
      best = verified;
  }
  return best ?? refused('IssuerUnknown', unknownIssuer(crl, issuers));
}

type Refused = Extract<Verified, { ok: false }>;
const refused = (reason: SignatureReason, why: string): Refused => ({ ok: false, reason, why });

/** In the order of the checks: the later, the nearer to a yes. */
const STEPS: readonly SignatureReason[] = [
  'IssuerUnknown',
  'AlgorithmUnknown',
  'KeyUnfit',
  'WeakAlgorithm',
  'SignatureWrong',
  'AuthorityKeyOther',
  'IssuerMayNotSign',
  'IssuerNotYetValid',
  'IssuerExpired',
];

const PINNED_NOTIFIED_MAX = 4;

function unknownIssuer(crl: Crl, issuers: readonly Issuer[]): string {
  const mine = nameText(crl.issuer);
  const isTwin = issuers.some(({ name }) => nameText(name) === mine);
  const types = (name: Buffer) => (isTwin ? ` [${typesText(name)}]` : '');
  const pinned = issuers.map(
    ({ name, fileName }) => `"${nameText(name)}"${types(name)} (${fileName})`,
  );
  const more =
    pinned.length > PINNED_NOTIFIED_MAX ? ` and ${pinned.length - PINNED_NOTIFIED_MAX} more` : '';
  const names =
    pinned.length === 0 ? 'none' : pinned.slice(0, PINNED_NOTIFIED_MAX).join(', ') + more;
  return `the CRL is issued by "${mine}"${types(crl.issuer)}; pinned: ${names}`;
}

function verifyBy(issuer: Issuer, crl: Crl, algorithm: Algorithm, now: Instant): Verified {
  const { fileName, key } = issuer;
  const curve = unsupportedCurve(algorithm, key);
  if (curve !== null)
    return refused(
      'AlgorithmUnknown',
      `the key of ${fileName} is on the curve ${curve}, which is not supported`,
    );
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
  const other = otherAuthority(crl, issuer);
  if (other !== null) return refused('AuthorityKeyOther', `${other}, not of ${fileName}`);
  if (!issuer.maySignCrls)
    return refused('IssuerMayNotSign', `${fileName} has a key usage without cRLSign`);
  if (now < issuer.notBeforeAt)
    return refused('IssuerNotYetValid', `${fileName} is valid from ${toIso(issuer.notBeforeAt)}`);
  if (now > issuer.notAfterAt)
    return refused('IssuerExpired', `${fileName} was valid until ${toIso(issuer.notAfterAt)}`);
  return { ok: true, issuer };
}

/** As OpenSSL checks it (X509_check_akid): with another key or certificate in it, its clients do not use the CRL. */
function otherAuthority({ extensions }: Crl, issuer: Issuer): string | null {
  const { authorityKey: said } = extensions;
  if (said === null) return null;
  const { subjectKeyId, serial, issuerName } = issuer;
  if (said.keyId !== null && subjectKeyId !== null && said.keyId !== subjectKeyId)
    return `its authority key identifier is that of another key (${said.keyId.slice(0, 40)})`;
  if (said.serial !== null && said.serial !== serial)
    return `its authority key identifier names the certificate of serial number ${said.serial.slice(0, 40)}`;
  if (said.issuerName !== null && !isSameName(said.issuerName, issuerName))
    return `its authority key identifier names a certificate issued by "${nameText(said.issuerName)}"`;
  return null;
}

// Those of 256 bits and more that Node's OpenSSL verifies by.
const CURVES: ReadonlySet<string> = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'secp256k1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

/** Null: the key is on a curve that is supported, or on none. */
function unsupportedCurve({ kind }: Algorithm, key: KeyObject): string | null {
  if (kind !== 'ecdsa' || key.asymmetricKeyType !== 'ec') return null;
  const name = key.asymmetricKeyDetails?.namedCurve ?? 'of its own parameters';
  return CURVES.has(name) ? null : name;
}

function fits(algorithm: Algorithm, key: KeyObject): boolean {
  const type = key.asymmetricKeyType;
  switch (algorithm.kind) {
    case 'rsa':
      return type === 'rsa';
    case 'pss':
      return type === 'rsa' || type === 'rsa-pss';
    case 'ecdsa':
      return type === 'ec';
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
