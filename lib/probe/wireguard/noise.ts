/**
 * The initiator's half of the handshake Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s (Noise specification, revision 34), as
 * WireGuard uses it. Nothing is sent with the keys that it would yield: an answer that opens is all that is wanted.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { digestOf, hmac } from './blake2s.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

/** What stays the same in all handshakes with one peer. */
export interface Session {
  readonly own: KeyPair;
  readonly peerKey: KeyObject;
  /** 32 bytes. */
  readonly peerPublicKey: Buffer;
  /** 32 bytes; zeros where none is agreed. */
  readonly psk: Buffer;
  /** Of the two static keys. */
  readonly shared: Buffer;
  readonly hash: Buffer;
}

export interface Initiation {
  readonly ephemeral: KeyPair;
  readonly sealedStatic: Buffer;
  readonly sealedPayload: Buffer;
  readonly chain: Buffer;
  readonly hash: Buffer;
}

/** @throws {Error} for keys that no handshake can use: a public key of low order. */
export function openSession(
  own: KeyPair,
  peerPublicKey: Buffer,
  psk: Buffer,
  prologue: Buffer,
): Session {
  const peerKey = publicKeyOf(peerPublicKey);
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: peerKey });
  const hash = digestOf([digestOf([NAME_HASH, prologue]), peerPublicKey]);
  return { own, peerKey, peerPublicKey, psk, shared, hash };
}

/** The first message, in its three parts, and what the answer is judged by. */
export function initiate(
  { own, peerKey, shared, hash: start }: Session,
  payload: Buffer,
  ephemeral: KeyPair = newKeyPair(),
): Initiation {
  const { publicKey } = ephemeral;
  let hash = digestOf([start, publicKey]);
  // With a pre-shared key in the pattern, an ephemeral key is mixed into the chain too (Noise, 9.2).
  const [chain0 = NOTHING] = derive(NAME_HASH, publicKey, 1);
  const es = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: peerKey });
  const [chain1 = NOTHING, key1 = NOTHING] = derive(chain0, es, 2);
  const sealedStatic = seal(key1, own.publicKey, hash);
  hash = digestOf([hash, sealedStatic]);
  const [chain = NOTHING, key2 = NOTHING] = derive(chain1, shared, 2);
  const sealedPayload = seal(key2, payload, hash);
  return { ephemeral, sealedStatic, sealedPayload, chain, hash: digestOf([hash, sealedPayload]) };
}

/** Whether the second message is the answer of the owner of the peer's key to this very initiation. Never throws. */
export function isAnswerTo(
  { ephemeral, chain, hash }: Initiation,
  { own, psk }: Session,
  answer: { readonly ephemeral: Buffer; readonly sealedPayload: Buffer },
): boolean {
  const agreed = agreeBoth(ephemeral.privateKey, own.privateKey, answer.ephemeral);
  if (agreed === null) return false;
  const [chain1 = NOTHING] = derive(chain, answer.ephemeral, 1);
  const [chain2 = NOTHING] = derive(chain1, agreed.first, 1);
  const [chain3 = NOTHING] = derive(chain2, agreed.second, 1);
  const [, mixed = NOTHING, key = NOTHING] = derive(chain3, psk, 3);
  const heard = digestOf([digestOf([hash, answer.ephemeral]), mixed]);
  return opens(key, ZERO_NONCE, answer.sealedPayload, heard);
}

/** Whether it was sealed by ChaCha20-Poly1305 with this key, nonce and additional data. */
export function opens(key: Buffer, nonce: Buffer, sealed: Buffer, aad: Buffer): boolean {
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad, { plaintextLength: sealed.length - TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
    return true;
  } catch {
    // The one way in which `final` reports a tag that does not fit.
    return false;
  }
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { privateKey, publicKey: rawOf(publicKey) };
}

/** From the 32 bytes of a private key. */
export function keyPairOf(bytes: Buffer): KeyPair {
  const der = Buffer.concat([PKCS8_HEAD, bytes]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: rawOf(createPublicKey(privateKey)) };
}

/** What comes before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

export const publicKeyOf = (bytes: Buffer): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });

/** Through the JWK: a SubjectPublicKeyInfo takes Node ten times as long. */
const rawOf = (publicKey: KeyObject): Buffer =>
  Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');

/** With one public key; null for a point of low order, which gives no secret. */
function agreeBoth(
  first: KeyObject,
  second: KeyObject,
  bytes: Buffer,
): { readonly first: Buffer; readonly second: Buffer } | null {
  try {
    const publicKey = publicKeyOf(bytes);
    return {
      first: diffieHellman({ privateKey: first, publicKey }),
      second: diffieHellman({ privateKey: second, publicKey }),
    };
  } catch {
    return null;
  }
}

const NAME_HASH = digestOf([Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s')]);
const NOTHING: Buffer = Buffer.alloc(0);
const ZERO_NONCE = Buffer.alloc(12);
const TAG_BYTES = 16;

/** HKDF with an empty info (RFC 5869): the first `count` outputs. */
function derive(chain: Buffer, input: Buffer, count: number): readonly Buffer[] {
  const secret = hmac(chain, [input]);
  const outputs: Buffer[] = [];
  for (let number = 1; number <= count; number += 1) {
    outputs.push(hmac(secret, [outputs.at(-1) ?? NOTHING, Buffer.of(number)]));
  }
  return outputs;
}

/** Every key seals one message only, so the nonce is always the first. */
function seal(key: Buffer, text: Buffer, aad: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, ZERO_NONCE, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad, { plaintextLength: text.length });
  const sealed = cipher.update(text);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}
