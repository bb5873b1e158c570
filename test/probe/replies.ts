/** What honest daemons answer, byte for byte, for the tests of probes. */
import { createHash } from 'node:crypto';

interface IkeReply {
  readonly spi?: Uint8Array;
  readonly version?: number;
  readonly exchange?: number;
  readonly flags?: number;
  readonly messageId?: number;
  readonly lengthOffset?: number;
  readonly firstPayload?: number;
  readonly payloads?: Buffer;
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

/** RFC 7296, 3.10: one notify payload, the last of its message. */
export const notify = (type: number, data: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.of(0, 0), u16(8 + data.length), Buffer.of(0, 0), u16(type), data]);

export const NO_PROPOSAL_CHOSEN = notify(14);
export const INVALID_KE_PAYLOAD = notify(17, u16(19));
export const COOKIE = notify(16_390, Buffer.alloc(24, 7));

/** SA, KE and nonce: what a daemon that says yes answers. Their contents do not matter to a knock. */
export const ACCEPTED: Buffer = Buffer.concat([
  Buffer.concat([Buffer.of(34, 0), u16(48), Buffer.alloc(44)]),
  Buffer.concat([Buffer.of(40, 0), u16(72), Buffer.alloc(68)]),
  Buffer.concat([Buffer.of(0, 0), u16(36), Buffer.alloc(32)]),
]);

/** An IKE_SA_INIT response to `request` (without a non-ESP marker); what is given replaces the honest value. */
export function ikeReply(request: Buffer, reply: IkeReply = {}): Buffer {
  const payloads = reply.payloads ?? NO_PROPOSAL_CHOSEN;
  const header = Buffer.alloc(28);
  header.set(reply.spi ?? request.subarray(0, 8), 0);
  header.writeUInt8(reply.firstPayload ?? 41, 16);
  header.writeUInt8(reply.version ?? 0x20, 17);
  header.writeUInt8(reply.exchange ?? 34, 18);
  header.writeUInt8(reply.flags ?? 0x20, 19);
  header.writeUInt32BE(reply.messageId ?? 0, 20);
  header.writeUInt32BE(28 + payloads.length + (reply.lengthOffset ?? 0), 24);
  return Buffer.concat([header, payloads]);
}

interface OpenvpnReply {
  readonly opcode?: number;
  readonly keyId?: number;
  readonly session?: Uint8Array;
  readonly acks?: readonly number[];
  readonly tail?: Buffer;
}

/** A server's hard reset for a client's (`packet` without a length before it); what is given replaces the honest value. */
export function openvpnReply(packet: Buffer, reply: OpenvpnReply = {}): Buffer {
  const acks = reply.acks ?? [0];
  const ackWords = acks.map((id) => {
    const word = Buffer.alloc(4);
    word.writeUInt32BE(id);
    return word;
  });
  return Buffer.concat([
    Buffer.of(((reply.opcode ?? 8) << 3) | (reply.keyId ?? 0)),
    Buffer.alloc(8, 0xab),
    Buffer.of(acks.length),
    ...ackWords,
    reply.session ?? packet.subarray(1, 9),
    reply.tail ?? Buffer.alloc(4),
  ]);
}

export const framed = (packet: Buffer): Buffer => Buffer.concat([u16(packet.length), packet]);

interface RadiusReply {
  readonly code?: number;
  readonly identifier?: number;
}

/** The answer to `request` without attributes, signed with the secret; what is given replaces the honest value. */
export function radiusReply(request: Buffer, secret: string, reply: RadiusReply = {}): Buffer {
  const head = Buffer.of(reply.code ?? 2, reply.identifier ?? request.readUInt8(1), 0, 20);
  const sum = createHash('md5').update(head).update(request.subarray(4, 20)).update(secret);
  return Buffer.concat([head, sum.digest()]);
}
