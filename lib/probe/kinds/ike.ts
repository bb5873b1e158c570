/**
 * IKEv2 (RFC 7296): the daemon answers an IKE_SA_INIT that is correct in form and bound to be refused. Any answer to
 * it, also an error or a cookie, is life. A daemon with IKEv1 alone does not answer: probe something else there.
 *
 * Why refused: a daemon that says yes computes a Diffie-Hellman key and keeps the half-open SA for 30 s or so, and one
 * probe a second looks to it like an attack. Tried on charon 5.9.8 with an acceptable proposal: after 3 probes a
 * cookie demand for every one of them, and from 5 half-open SAs of one peer on the manual promises silence
 * (`block_threshold`), which would read as down. With the refused one: NO_PROPOSAL_CHOSEN every time, nothing
 * half-open, 0.25 ms of its CPU. Libreswan 4.10: the same, 0.1 ms against 1.7 ms.
 */
import { getDiffieHellman, randomFillSync } from 'node:crypto';
import { openDatagram } from '../datagram.ts';
import type { KindDefinition } from '../kind.ts';

export const ike: KindDefinition = {
  protocol: 'udp',
  open: (target, timeoutMs) => (attempt) => {
    const marker = target.port === NAT_PORT ? NON_ESP_MARKER : NO_MARKER;
    const request = ikeSaInit();
    const spi = request.subarray(0, 8);
    const packet = Buffer.concat([marker, request]);
    const isAnswer = (datagram: Buffer) =>
      datagram.subarray(0, marker.length).equals(marker) &&
      isIkeAnswer(datagram.subarray(marker.length), spi);
    return openDatagram(target, timeoutMs, { packet: () => packet, isAnswer }, attempt);
  },
  sends: 'an IKEv2 IKE_SA_INIT',
  alive: 'any well-formed reply to our SPI: a response, an error notify, a cookie',
  caution: 'on 4500 the non-ESP marker is added',
};

/** ESP shares port 4500 with IKE, whose messages therefore begin with four zero bytes there (RFC 3948, 2.2). */
const NAT_PORT = 4500;
const NON_ESP_MARKER = Buffer.alloc(4);
const NO_MARKER = Buffer.alloc(0);

const HEADER_BYTES = 28;
const VERSION = 0x20;
const IKE_SA_INIT = 34;
const FLAG_INITIATOR = 0x08;
const FLAG_RESPONSE = 0x20;
const payloadType = { sa: 33, ke: 34, nonce: 40, none: 0 } as const;

/** One IKE_SA_INIT request with a new SPI (its first 8 bytes) and a new nonce. */
export function ikeSaInit(): Buffer {
  const body = Buffer.concat([
    payload(payloadType.ke, PROPOSAL),
    payload(payloadType.nonce, Buffer.concat([u16(GROUP_MODP_2048), u16(0), publicKey()])),
    payload(payloadType.none, randomFillSync(Buffer.alloc(32))),
  ]);
  const header = Buffer.alloc(HEADER_BYTES);
  randomFillSync(header, 0, 8);
  // An SPI must not be zero.
  header.writeUInt8(header.readUInt8(0) | 1, 0);
  header.writeUInt8(payloadType.sa, 16);
  header.writeUInt8(VERSION, 17);
  header.writeUInt8(IKE_SA_INIT, 18);
  header.writeUInt8(FLAG_INITIATOR, 19);
  header.writeUInt32BE(HEADER_BYTES + body.length, 24);
  return Buffer.concat([header, body]);
}

/** Whether it is a well-formed IKE_SA_INIT response to the request with this initiator SPI. Never throws. */
export function isIkeAnswer(datagram: Buffer, spi: Uint8Array): boolean {
  if (datagram.length <= HEADER_BYTES || !datagram.subarray(0, 8).equals(spi)) return false;
  const isResponse =
    datagram.readUInt8(17) >> 4 === VERSION >> 4 &&
    datagram.readUInt8(18) === IKE_SA_INIT &&
    (datagram.readUInt8(19) & (FLAG_RESPONSE | FLAG_INITIATOR)) === FLAG_RESPONSE &&
    datagram.readUInt32BE(20) === 0 &&
    datagram.readUInt32BE(24) === datagram.length;
  return isResponse && hasWholePayloads(datagram);
}

/** The chain of payloads fills the message exactly; each is 4 bytes or more, so the walk is bounded. */
function hasWholePayloads(datagram: Buffer): boolean {
  let type = datagram.readUInt8(16);
  let at = HEADER_BYTES;
  while (type !== payloadType.none && at + 4 <= datagram.length) {
    type = datagram.readUInt8(at);
    const length = datagram.readUInt16BE(at + 2);
    if (length < 4) return false;
    at += length;
  }
  return type === payloadType.none && at === datagram.length;
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

const payload = (nextType: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(nextType, 0), u16(4 + body.length), body]);

/** Every IKEv2 implementation must know it (RFC 8247, 2.4), so no daemon refuses the key exchange payload. */
const GROUP_MODP_2048 = 14;

/** Ordinary but for its cipher: NULL, which is for ESP; an IKE SA always encrypts, so no daemon may choose it. */
const PROPOSAL: Buffer = proposal([
  [1, 11],
  // HMAC-SHA2-256, and its 128-bit integrity tag.
  [2, 5],
  [3, 12],
  [4, GROUP_MODP_2048],
]);

/** One proposal for an IKE SA (RFC 7296, 3.3): each transform is its type and its id. */
function proposal(transforms: readonly (readonly [type: number, id: number])[]): Buffer {
  const more = 3;
  const encoded = transforms.map(([type, id], index) =>
    Buffer.concat([
      Buffer.of(index === transforms.length - 1 ? 0 : more, 0, 0, 8, type, 0),
      u16(id),
    ]),
  );
  const body = Buffer.concat(encoded);
  const ikeProtocol = 1;
  return Buffer.concat([
    u16(0),
    u16(8 + body.length),
    Buffer.of(1, ikeProtocol, 0, transforms.length),
    body,
  ]);
}

/** Making a key costs 0.3 ms, so one public key serves this many requests (RFC 7296, 2.12 allows it). */
const REQUESTS_PER_KEY = 1_000;
let key: Buffer = Buffer.alloc(0);
let keyUseCount = REQUESTS_PER_KEY;

/** A real public key. Its private half is dropped at once: no exchange is ever finished, so nothing needs it. */
function publicKey(): Buffer {
  if (keyUseCount === REQUESTS_PER_KEY) {
    const made = getDiffieHellman('modp14').generateKeys();
    // As long as the prime (RFC 7296, 3.4): leading zeros are kept.
    key = Buffer.concat([Buffer.alloc(256 - made.length), made]);
    keyUseCount = 0;
  }
  keyUseCount += 1;
  return key;
}
