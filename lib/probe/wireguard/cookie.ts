/** The cookie that a WireGuard daemon under load sends in place of an answer, sealed by XChaCha20-Poly1305. */
import { blake2s } from './blake2s.ts';
import { opens } from './noise.ts';

const NONCE_AT = 8;
const COOKIE_AT = 32;
const REPLY_BYTES = 64;

/** Whether it is a cookie reply to the packet with this first MAC, by a sender that knows the daemon's public key. */
export function isCookieReply(packet: Buffer, key: Buffer, mac1: Buffer): boolean {
  if (packet.length !== REPLY_BYTES) return false;
  const nonce = packet.subarray(NONCE_AT, COOKIE_AT);
  const subkey = hChaCha20(key, nonce.subarray(0, 16));
  const shortNonce = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  return opens(subkey, shortNonce, packet.subarray(COOKIE_AT), mac1);
}

/** The key by which the daemon with this public key seals its cookies. */
export const cookieKeyOf = (peerPublicKey: Buffer): Buffer =>
  blake2s([Buffer.from('cookie--'), peerPublicKey]);

/**
 * A key of 32 bytes from a key and a nonce of 16.
 * @see https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha-03#section-2.2 (read 2026-11-29)
 */
export function hChaCha20(key: Buffer, nonce: Buffer): Buffer {
  const state = new Uint32Array(16);
  const input = Buffer.concat([Buffer.from('expand 32-byte k'), key, nonce]);
  for (let index = 0; index < 16; index += 1) state[index] = input.readUInt32LE(4 * index);
  for (let round = 0; round < 10; round += 1) {
    for (const [a, b, c, d] of QUARTERS) quarterRound(state, a, b, c, d);
  }
  const output = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((from, index) =>
    output.writeUInt32LE(state[from] ?? 0, 4 * index),
  );
  return output;
}

/** Columns, then diagonals. */
const QUARTERS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  const step = (to: number, from: number, turned: number, by: number) => {
    state[to] = (state[to] ?? 0) + (state[from] ?? 0);
    const word = (state[turned] ?? 0) ^ (state[to] ?? 0);
    state[turned] = (word << by) | (word >>> (32 - by));
  };
  step(a, b, d, 16);
  step(c, d, b, 12);
  step(a, b, d, 8);
  step(c, d, b, 7);
}
