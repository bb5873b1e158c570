/** The ClientHello of a TLS probe: every daemon finds something in it to accept, and none has to compute for it. */
import { randomFillSync } from 'node:crypto';

/** One record, fresh for each probe in the two fields that must be. */
export function clientHello(): Buffer {
  const hello = Buffer.from(TEMPLATE);
  randomFillSync(hello, RANDOM_AT, RANDOM_BYTES);
  randomFillSync(hello, SESSION_AT, RANDOM_BYTES);
  return hello;
}

const RANDOM_BYTES = 32;
/** After the record's 5 bytes, the handshake's 4 and the version's 2. */
const RANDOM_AT = 11;
const SESSION_AT = RANDOM_AT + RANDOM_BYTES + 1;

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const withLength8 = (body: Buffer): Buffer => Buffer.concat([Buffer.of(body.length), body]);
const withLength16 = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.of(body.length >> 8, body.length & 0xff), body]);
const extension = (type: string, body: Buffer): Buffer =>
  Buffer.concat([hex(type), withLength16(body)]);

/** The last one stands for secure renegotiation, which some daemons insist on. */
const CIPHERS = hex(
  '1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c009 c013 c00a c014 009c 009d 002f 0035 00ff',
);
const VERSIONS = hex('0304 0303 0302 0301');
/** X25519, P-256, P-384, P-521, FFDHE-2048. */
const GROUPS = hex('001d 0017 0018 0019 0100');
/** ECDSA, EdDSA, RSA-PSS and RSA, each with SHA-2; then with SHA-1, for the old. */
const SIGNATURES = hex(
  '0403 0503 0603 0807 0804 0805 0806 0809 080a 080b 0401 0501 0601 0203 0201',
);

/**
 * TLS 1.3 down to 1.0. It names no server (RFC 6066 forbids an address there) and offers an empty key share, which
 * RFC 8446, 4.2.8 allows: a TLS 1.3 daemon then answers with HelloRetryRequest, which is a ServerHello that costs it
 * neither a key exchange nor a signature.
 */
const TEMPLATE: Buffer = template();

function template(): Buffer {
  const extensions = [
    extension('002b', withLength8(VERSIONS)),
    extension('000a', withLength16(GROUPS)),
    extension('000b', withLength8(hex('00'))),
    extension('000d', withLength16(SIGNATURES)),
    // Extended master secret.
    extension('0017', hex('')),
    extension('0033', withLength16(hex(''))),
  ];
  const body = Buffer.concat([
    hex('0303'),
    Buffer.alloc(RANDOM_BYTES),
    withLength8(Buffer.alloc(RANDOM_BYTES)),
    withLength16(CIPHERS),
    // No compression.
    withLength8(hex('00')),
    withLength16(Buffer.concat(extensions)),
  ]);
  const handshake = Buffer.concat([hex('01 00'), withLength16(body)]);
  return Buffer.concat([hex('16 0301'), withLength16(handshake)]);
}
