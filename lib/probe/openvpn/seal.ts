/**
 * How the packets of OpenVPN's control channel are sealed with a key that both sides share: `tls-auth`, `tls-crypt` and
 * `tls-crypt-v2`. A server drops what is not sealed, unanswered. Source: openvpn(8) and doc/tls-crypt-v2.txt of 2.6.14,
 * read 2026-11-29; the lab asks that server.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
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

/** Signed, not encrypted. `digest`: the server's `auth`, as Node names it. */
export function tlsAuth({ toServer, toClient }: SealKeys, digest: string): Seal {
  const macBytes = createHmac(digest, '').digest().length;
  const idAt = HEADER_BYTES + macBytes;
  const sign = ({ hmac }: DirectionKeys, id: Buffer, header: Buffer, rest: Buffer): Buffer =>
    hmacOf(digest, hmac.subarray(0, macBytes), id, header, rest);
  const nextId = numbersFrom(1);
  return {
    hardReset: HARD_RESET_CLIENT_V2,
    seal: (packet) => {
      const { header, rest } = parted(packet, HEADER_BYTES);
      const id = nextId();
      return Buffer.concat([header, sign(toServer, id, header, rest), id, rest]);
    },
    open: (sealed) => {
      if (sealed.length < idAt + ID_BYTES) return null;
      const { header } = parted(sealed, HEADER_BYTES);
      const rest = sealed.subarray(idAt + ID_BYTES);
      const mac = sign(toClient, sealed.subarray(idAt, idAt + ID_BYTES), header, rest);
      if (!timingSafeEqual(mac, sealed.subarray(HEADER_BYTES, idAt))) return null;
      return Buffer.concat([header, rest]);
    },
  };
}

/** Signed and encrypted: AES-256-CTR, whose first block is the beginning of the HMAC-SHA256. */
export function tlsCrypt(keys: SealKeys): Seal {
  const { seal, open } = encrypted(keys, numbersFrom(1));
  return { hardReset: HARD_RESET_CLIENT_V2, seal, open };
}

/**
 * As `tlsCrypt`, with a key of the client's own; `wrappedKey` is the same under a key that only the server has, and
 * follows the first packet.
 */
export function tlsCryptV2(keys: SealKeys, wrappedKey: Buffer): Seal {
  const { seal, open } = encrypted(keys, numbersFrom(EARLY_NEGOTIATION));
  return {
    hardReset: HARD_RESET_CLIENT_V3,
    seal: (packet) => Buffer.concat([seal(packet), wrappedKey]),
    open,
  };
}

/** By such a number a client says that it takes a cookie: a server of 2.6 then keeps no state for it. */
const EARLY_NEGOTIATION = 0x0f00_0001;

function encrypted(
  { toServer, toClient }: SealKeys,
  nextId: () => Buffer,
): Omit<Seal, 'hardReset'> {
  return {
    seal: (packet) => {
      const { header, rest } = parted(packet, HEADER_BYTES);
      const known = Buffer.concat([header, nextId()]);
      const tag = tagOf(toServer, known, rest);
      const cipher = createCipheriv('aes-256-ctr', aesKey(toServer), tag.subarray(0, IV_BYTES));
      return Buffer.concat([known, tag, cipher.update(rest)]);
    },
    open: (sealed) => {
      const tagAt = HEADER_BYTES + ID_BYTES;
      if (sealed.length < tagAt + TAG_BYTES) return null;
      const tag = sealed.subarray(tagAt, tagAt + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-ctr', aesKey(toClient), tag.subarray(0, IV_BYTES));
      const rest = decipher.update(sealed.subarray(tagAt + TAG_BYTES));
      if (!timingSafeEqual(tagOf(toClient, sealed.subarray(0, tagAt), rest), tag)) return null;
      return Buffer.concat([sealed.subarray(0, HEADER_BYTES), rest]);
    },
  };
}

/** Opcode and key, session. */
const HEADER_BYTES = 1 + 8;
/** A number and the time, 4 each. */
const ID_BYTES = 8;
const TAG_BYTES = 32;
const IV_BYTES = 16;

const aesKey = ({ cipher }: DirectionKeys): Buffer => cipher.subarray(0, 32);

const tagOf = ({ hmac }: DirectionKeys, known: Buffer, rest: Buffer): Buffer =>
  hmacOf('sha256', hmac.subarray(0, 32), known, rest);

function hmacOf(digest: string, key: Buffer, ...parts: readonly Buffer[]): Buffer {
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
