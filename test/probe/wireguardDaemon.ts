/** A WireGuard daemon's half of the handshake, for scripted far sides; keys are made on the spot. */
import { createCipheriv, createDecipheriv, diffieHellman, randomBytes } from 'node:crypto';
import { blake2s, hmac } from '../../lib/probe/wireguard/blake2s.ts';
import { cookieKeyOf, hChaCha20 } from '../../lib/probe/wireguard/cookie.ts';
import {
  type KeyPair,
  keyPairOf,
  newKeyPair,
  publicKeyOf,
} from '../../lib/probe/wireguard/noise.ts';

export interface WireguardDaemon {
  /** As the owner writes it for the probe's peer. */
  readonly keyText: string;
  /** The answer; null to a peer that it does not know, to a replay, and to garbage. */
  answer(packet: Buffer): Buffer | null;
  /** A cookie in place of the answer. */
  cookie(packet: Buffer): Buffer;
}

/** `takesOld`: also an initiation that is not later than the last one. */
export function wireguardDaemon(takesOld = false): WireguardDaemon {
  const peerSecret = randomBytes(32);
  const peer = keyPairOf(peerSecret);
  const own = newKeyPair();
  const psk = randomBytes(32);
  let lastTimestamp: Buffer = Buffer.alloc(12);
  return {
    keyText: [
      '[Interface]',
      `PrivateKey = ${peerSecret.toString('base64')}`,
      '[Peer]',
      `PublicKey = ${own.publicKey.toString('base64')}`,
      `PresharedKey = ${psk.toString('base64')}`,
    ].join('\n'),
    answer(packet) {
      if (packet.length !== 148 || packet.readUInt32LE(0) !== 1) return null;
      const macKey = blake2s([Buffer.from('mac1----'), own.publicKey]);
      if (!blake2s([packet.subarray(0, 116)], 16, macKey).equals(packet.subarray(116, 132))) {
        return null;
      }
      // Read it: e, es, s, ss.
      const e = packet.subarray(8, 40);
      let hash = blake2s([blake2s([blake2s([NAME]), PROLOGUE]), own.publicKey]);
      hash = blake2s([hash, e]);
      const [c0 = NONE] = kdf(blake2s([NAME]), e);
      const [c1 = NONE, k1 = NONE] = kdf(c0, sharedWith(own, e));
      const s = open(k1, packet.subarray(40, 88), hash);
      if (s === null || !s.equals(peer.publicKey)) return null;
      hash = blake2s([hash, packet.subarray(40, 88)]);
      const [c2 = NONE, k2 = NONE] = kdf(c1, sharedWith(own, s));
      const timestamp = open(k2, packet.subarray(88, 116), hash);
      if (timestamp === null) return null;
      if (!takesOld && timestamp.compare(lastTimestamp) <= 0) return null;
      lastTimestamp = timestamp;
      hash = blake2s([hash, packet.subarray(88, 116)]);
      // Write the answer: e, ee, se, psk.
      const reply = newKeyPair();
      hash = blake2s([hash, reply.publicKey]);
      const [c3 = NONE] = kdf(c2, reply.publicKey);
      const [c4 = NONE] = kdf(c3, sharedWith(reply, e));
      const [c5 = NONE] = kdf(c4, sharedWith(reply, s));
      const [, mixed = NONE, key = NONE] = kdf(c5, psk);
      hash = blake2s([hash, mixed]);
      const answer = Buffer.alloc(92);
      answer.writeUInt32LE(2, 0);
      randomBytes(4).copy(answer, 4);
      packet.copy(answer, 8, 4, 8);
      answer.set(reply.publicKey, 12);
      answer.set(seal(key, Buffer.alloc(12), NONE, hash), 44);
      const answerMacKey = blake2s([Buffer.from('mac1----'), peer.publicKey]);
      answer.set(blake2s([answer.subarray(0, 60)], 16, answerMacKey), 60);
      return answer;
    },
    cookie(packet) {
      const nonce = randomBytes(24);
      const key = hChaCha20(cookieKeyOf(own.publicKey), nonce.subarray(0, 16));
      const short = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
      const sealed = seal(key, short, randomBytes(16), packet.subarray(116, 132));
      return Buffer.concat([Buffer.of(3, 0, 0, 0), packet.subarray(4, 8), nonce, sealed]);
    },
  };
}

const NAME = Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s');
const PROLOGUE = Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com');
const NONE: Buffer = Buffer.alloc(0);

function kdf(chain: Buffer, input: Buffer): readonly Buffer[] {
  const secret = hmac(chain, [input]);
  const first = hmac(secret, [Buffer.of(1)]);
  const second = hmac(secret, [first, Buffer.of(2)]);
  return [first, second, hmac(secret, [second, Buffer.of(3)])];
}

const sharedWith = ({ privateKey }: KeyPair, publicKey: Buffer): Buffer =>
  diffieHellman({ privateKey, publicKey: publicKeyOf(publicKey) });

function seal(key: Buffer, nonce: Buffer, text: Buffer, aad: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: text.length });
  const sealed = cipher.update(text);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

function open(key: Buffer, sealed: Buffer, aad: Buffer): Buffer | null {
  const decipher = createDecipheriv('chacha20-poly1305', key, Buffer.alloc(12), {
    authTagLength: 16,
  });
  decipher.setAAD(aad, { plaintextLength: sealed.length - 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  const text = decipher.update(sealed.subarray(0, -16));
  try {
    decipher.final();
    return text;
  } catch {
    return null;
  }
}
