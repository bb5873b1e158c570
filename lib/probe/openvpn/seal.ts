/**
 * How the packets of OpenVPN's control channel are sealed with a key that both sides share: `tls-auth`, `tls-crypt` and
 * `tls-crypt-v2`. A server drops what is not sealed, unanswered. Source: openvpn(8) and doc/tls-crypt-v2.txt of 2.6.14,
 * read 2026-11-29; the lab asks that server.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { systemClock } from '../../core/time.ts';

export interface Seal {
  /** The opcode of a client's first packet under this seal. */
  readonly hardReset: number;
  /** `packet`: opcode and key (1 byte), session (8), the rest. Each call takes a new number: none is a replay. */
  seal(packet: Buffer): Buffer;
  /** The packet without its seal; null: it was not sealed with the server's key. Never throws. */
  open(sealed: Buffer): Buffer | null;
}

/** Of one direction, 64 bytes each, of which an algorithm uses as many as it needs. */
export interface DirectionKeys {
  readonly cipher: Buffer;
  readonly hmac: Buffer;
}

export interface SealKeys {
  readonly toServer: DirectionKeys;
  readonly toClient: DirectionKeys;
}

const HARD_RESET_CLIENT_V2 = 7;
const HARD_RESET_CLIENT_V3 = 10;

/** Of a server without any of the three. */
export const NO_SEAL: Seal = {
  hardReset: HARD_RESET_CLIENT_V2,
  seal: (packet) => packet,
  open: (packet) => packet,
};

/** Seals of one session each: signed, not encrypted. `digest`: the server's `auth`, as Node names it. */
export function tlsAuth({ toServer, toClient }: SealKeys, digest: string): () => Seal {
  const macBytes = createHmac(digest, '').digest().length;
  const idAt = HEADER_BYTES + macBytes;
  const own = keyOf(toServer.hmac, macBytes);
  const others = keyOf(toClient.hmac, macBytes);
  const sealBy = (nextId: () => Buffer): Seal => ({
    hardReset: HARD_RESET_CLIENT_V2,
    seal: (packet) => {
      const { header, rest } = parted(packet, HEADER_BYTES);
      const id = nextId();
      return Buffer.concat([header, hmacOf(digest, own, id, header, rest), id, rest]);
    },
    open: (sealed) => {
      if (sealed.length < idAt + ID_BYTES) return null;
      const { header } = parted(sealed, HEADER_BYTES);
      const rest = sealed.subarray(idAt + ID_BYTES);
      const mac = hmacOf(digest, others, sealed.subarray(idAt, idAt + ID_BYTES), header, rest);
      if (!timingSafeEqual(mac, sealed.subarray(HEADER_BYTES, idAt))) return null;
      return Buffer.concat([header, rest]);
    },
  });
  return () => sealBy(numbersFrom(1));
}

/** Signed and encrypted: AES-256-CTR, whose first block is the beginning of the HMAC-SHA256. */
export function tlsCrypt(keys: SealKeys): () => Seal {
  const sealBy = encrypted(keys);
  return () => ({ hardReset: HARD_RESET_CLIENT_V2, ...sealBy(numbersFrom(1)) });
}

/**
 * As `tlsCrypt`, with a key of the client's own; `wrappedKey` is the same under a key that only the server has, and
 * follows the first packet.
 */
export function tlsCryptV2(keys: SealKeys, wrappedKey: Buffer): () => Seal {
  const sealBy = encrypted(keys);
  return () => {
    const { seal, open } = sealBy(numbersFrom(EARLY_NEGOTIATION));
    return {
      hardReset: HARD_RESET_CLIENT_V3,
      seal: (packet) => Buffer.concat([seal(packet), wrappedKey]),
      open,
    };
  };
}

/** By such a number a client says that it takes a cookie: a server of 2.6 then keeps no state for it. */
const EARLY_NEGOTIATION = 0x0f00_0001;

function encrypted({
  toServer,
  toClient,
}: SealKeys): (nextId: () => Buffer) => Omit<Seal, 'hardReset'> {
  const own = { cipher: keyOf(toServer.cipher, KEY_BYTES), hmac: keyOf(toServer.hmac, KEY_BYTES) };
  const others = {
    cipher: keyOf(toClient.cipher, KEY_BYTES),
    hmac: keyOf(toClient.hmac, KEY_BYTES),
  };
  return (nextId) => ({
    seal: (packet) => {
      const { header, rest } = parted(packet, HEADER_BYTES);
      const known = Buffer.concat([header, nextId()]);
      const tag = hmacOf('sha256', own.hmac, known, rest);
      const cipher = createCipheriv('aes-256-ctr', own.cipher, tag.subarray(0, IV_BYTES));
      return Buffer.concat([known, tag, cipher.update(rest)]);
    },
    open: (sealed) => {
      const tagAt = HEADER_BYTES + ID_BYTES;
      if (sealed.length < tagAt + TAG_BYTES) return null;
      const tag = sealed.subarray(tagAt, tagAt + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-ctr', others.cipher, tag.subarray(0, IV_BYTES));
      const rest = decipher.update(sealed.subarray(tagAt + TAG_BYTES));
      const expected = hmacOf('sha256', others.hmac, sealed.subarray(0, tagAt), rest);
      if (!timingSafeEqual(expected, tag)) return null;
      return Buffer.concat([sealed.subarray(0, HEADER_BYTES), rest]);
    },
  });
}

/** Opcode and key, session. */
const HEADER_BYTES = 1 + 8;
/** A number and the time, 4 each. */
const ID_BYTES = 8;
const TAG_BYTES = 32;
const IV_BYTES = 16;

/** Of AES-256 and HMAC-SHA256. */
const KEY_BYTES = 32;

/** An object of Node's, made once: bytes would be made one at each use, which takes longer than the use. */
const keyOf = (bytes: Buffer, length: number): KeyObject =>
  createSecretKey(bytes.subarray(0, length));

function hmacOf(digest: string, key: KeyObject, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(digest, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

const parted = (
  packet: Buffer,
  at: number,
): { readonly header: Buffer; readonly rest: Buffer } => ({
  header: packet.subarray(0, at),
  rest: packet.subarray(at),
});

/** The next number with the time in seconds: by both a server knows a packet that was seen before. */
function numbersFrom(first: number): () => Buffer {
  let next = first;
  return () => {
    const id = Buffer.alloc(ID_BYTES);
    id.writeUInt32BE(next, 0);
    id.writeUInt32BE(Math.floor(systemClock.now() / 1_000), 4);
    next += 1;
    return id;
  };
}
