/** Certification authorities made at run time, one for each kind of key, with the certificate that is pinned. */
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Issuer } from '../../../lib/crl/x509/issuer.ts';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { bits, der, extension, integer, name, nothing, oid, sequence, time } from './derWriter.ts';

export interface Signer {
  readonly algorithm: Buffer;
  readonly sign: (tbs: Buffer) => Buffer;
  readonly publicKey: KeyObject;
}

export interface Authority extends Signer {
  readonly name: Buffer;
  readonly certificate: Buffer;
}

export interface CertificateSpec {
  readonly commonName?: string;
  /** The second byte of the key usage; null: no key usage. 0x06 is keyCertSign and cRLSign. */
  readonly keyUsage?: number | null;
  readonly notBeforeAt?: number;
  readonly notAfterAt?: number;
  readonly more?: readonly Uint8Array[];
}

export type Hash = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

const RSA_OIDS: Readonly<Record<Hash, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const HASH_OIDS: Readonly<Record<Exclude<Hash, 'md5'>, string>> = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const ECDSA_OIDS: Readonly<Record<Exclude<Hash, 'md5'>, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha224: '1.2.840.10045.4.3.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

let sharedRsa: ReturnType<typeof rsaPair> | null = null;
const rsaPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** All RSA signers of a test file share one key: making one takes a tenth of a second. */
export function rsa(hash: Hash, keys = (sharedRsa ??= rsaPair())): Signer {
  const { privateKey, publicKey } = keys;
  return {
    algorithm: sequence(oid(RSA_OIDS[hash]), nothing),
    sign: (tbs) => sign(hash, tbs, privateKey),
    publicKey,
  };
}

export interface PssSpec {
  readonly saltOctets?: number;
  readonly maskHash?: Exclude<Hash, 'md5'>;
  /** Leave out the parameters that are SHA-1's defaults. */
  readonly isBare?: boolean;
}

export function pss(hash: Exclude<Hash, 'md5'>, spec: PssSpec = {}): Signer {
  const { saltOctets = 32, maskHash = hash, isBare = false } = spec;
  const { privateKey: key, publicKey } = (sharedRsa ??= rsaPair());
  const hashId = (of: Exclude<Hash, 'md5'>) => sequence(oid(HASH_OIDS[of]), nothing);
  const parameters = isBare
    ? sequence()
    : sequence(
        der(0xa0, hashId(hash)),
        der(0xa1, sequence(oid('1.2.840.113549.1.1.8'), hashId(maskHash))),
        der(0xa2, integer(saltOctets)),
      );
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return {
    algorithm: sequence(oid('1.2.840.113549.1.1.10'), parameters),
    sign: (tbs) => sign(hash, tbs, { key, padding, saltLength: saltOctets }),
    publicKey,
  };
}

export function ecdsa(namedCurve: string, hash: Exclude<Hash, 'md5'>): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    algorithm: sequence(oid(ECDSA_OIDS[hash])),
    sign: (tbs) => sign(hash, tbs, privateKey),
    publicKey,
  };
}

export function edwards(kind: 'ed25519' | 'ed448'): Signer {
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
  return {
    algorithm: sequence(oid(kind === 'ed25519' ? '1.3.101.112' : '1.3.101.113')),
    sign: (tbs) => sign(null, tbs, privateKey),
    publicKey,
  };
}

/** A self-signed certificate around the signer's key. */
export function anAuthority(
  signer: Signer = edwards('ed25519'),
  spec: CertificateSpec = {},
): Authority {
  const {
    commonName = 'Test CA',
    keyUsage = 0x06,
    notBeforeAt = Date.UTC(2020, 0, 1),
    notAfterAt = Date.UTC(2040, 0, 1),
    more = [],
  } = spec;
  const subject = name(commonName);
  const extensions =
    keyUsage === null
      ? extension('2.5.29.19', sequence())
      : extension('2.5.29.15', der(0x03, Buffer.from([0, keyUsage])), true);
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(1),
    signer.algorithm,
    subject,
    sequence(time(notBeforeAt), time(notAfterAt)),
    subject,
    signer.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions, ...more)),
  );
  const certificate = sequence(tbs, signer.algorithm, bits(signer.sign(tbs)));
  return { ...signer, name: subject, certificate };
}

/** The authority as it is pinned. */
export function pinned(
  authority: Authority,
  { fileName = 'ca.pem', mayUseWeakAlgorithms = false } = {},
): Issuer {
  const [read] = readIssuers({ fileName, bytes: authority.certificate, mayUseWeakAlgorithms });
  if (read?.ok !== true) throw new Error(read?.why);
  return read.issuer;
}
