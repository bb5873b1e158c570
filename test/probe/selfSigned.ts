/** A self-signed certificate, made on the spot: `node:crypto` has keys and signatures, but no certificates. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** PEM texts for `node:tls`; valid from 2020 to 2049, or to that UTCTime. */
export function selfSigned(until = '491231235959Z'): {
  readonly key: string;
  readonly cert: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from('far side')))),
  );
  const validity = der(SEQUENCE, utcTime('200101000000Z'), utcTime(until));
  const version3 = der(0xa0, der(INTEGER, Buffer.of(2)));
  const tbs = der(
    SEQUENCE,
    version3,
    der(INTEGER, Buffer.of(1)),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(BIT_STRING, Buffer.of(0), sign('sha256', tbs, privateKey));
  const body = der(SEQUENCE, tbs, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

const utcTime = (text: string): Buffer => der(UTC_TIME, Buffer.from(text));

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}
