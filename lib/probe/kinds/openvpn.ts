/**
 * OpenVPN: the daemon answers a first packet (P_CONTROL_HARD_RESET_CLIENT_V2 or V3) by acknowledging our session.
 *
 * A server with `tls-auth`, `tls-crypt` or `tls-crypt-v2` drops every packet that its key has not sealed. With the key
 * (`../openvpn/key.ts`) the probe is sealed as a client's, and the answer counts only when the server's key sealed it.
 *
 * OpenVPN 2.6 answers without keeping state, at most 100 first packets in 10 s from all peers together
 * (`connect-freq-initial`); older ones keep each for 60 s (`hand-window`). Both are far above one probe a second.
 */
import { randomBytes } from 'node:crypto';
import { good, type Parsed } from '../../core/tags.ts';
import { openDatagram } from '../datagram.ts';
import type { KindDefinition, OpenTo } from '../kind.ts';
import { readSeal } from '../openvpn/key.ts';
import { NO_SEAL, type Seal } from '../openvpn/seal.ts';
import { type Answered, openStream } from '../stream.ts';

const overUdp =
  (newSeal: () => Seal): OpenTo =>
  (target, timeoutMs) =>
  (attempt) => {
    const session = randomBytes(SESSION_BYTES);
    const seal = newSeal();
    const packet = () => seal.seal(hardReset(session, seal.hardReset));
    const isAnswer = (datagram: Buffer) => isOpenvpnAnswer(datagram, session, seal);
    return openDatagram(target, timeoutMs, { packet, isAnswer }, attempt);
  };

const overTcp =
  (newSeal: () => Seal): OpenTo =>
  (target) =>
  (attempt) => {
    const session = randomBytes(SESSION_BYTES);
    const seal = newSeal();
    const packet = seal.seal(hardReset(session, seal.hardReset));
    const length = Buffer.of(packet.length >> 8, packet.length & 0xff);
    const hello = Buffer.concat([length, packet]);
    const evaluate = (received: Buffer) => evaluateOpenvpnStream(received, session, seal);
    return openStream(target, { hello, evaluate }, attempt);
  };

const withSeal =
  (over: (newSeal: () => Seal) => OpenTo) =>
  (text: string): Parsed<OpenTo> => {
    const newSeal = readSeal(text);
    return newSeal.ok ? good(over(newSeal.value)) : newSeal;
  };

export const openvpn: KindDefinition = {
  protocol: 'udp',
  keyed: { isNeeded: false, read: withSeal(overUdp) },
  open: overUdp(() => NO_SEAL),
  sends:
    'a hard reset (UDP), sealed with the key that `vpn-medic:probe-key` names, if it names one',
  alive: "the server's hard reset to our session, under the same seal",
  caution:
    '**a server with `tls-auth`, `tls-crypt` or `tls-crypt-v2` is silent to a packet that is not sealed**: name its key. See "Probes with a key"',
};

export const openvpnTcp: KindDefinition = {
  protocol: 'tcp',
  keyed: { isNeeded: false, read: withSeal(overTcp) },
  open: overTcp(() => NO_SEAL),
  sends: 'the same over TCP',
  alive: 'the same',
  caution: 'the same; without a key `tcp:PORT` at least sees that the process accepts',
};

const SESSION_BYTES = 8;
const HARD_RESET_SERVER_V2 = 8;
const CONTROL_V1 = 4;
const ACK_V1 = 5;
/** An acknowledgement lists at most so many packets (RELIABLE_ACK_SIZE). */
const ACKS_MAX = 8;

/** Opcode and key 0, our session, no acknowledgements, our packet number 0. */
export const hardReset = (session: Uint8Array, opcode = NO_SEAL.hardReset): Buffer =>
  Buffer.concat([Buffer.of(opcode << 3), session, Buffer.alloc(5)]);

/**
 * Whether it is a server's control packet or acknowledgement for packet 0 of this session. Never throws.
 * Opcode and key (1 byte), server's session (8), number of acknowledgements (1), those (4 each), our session (8), and
 * except in a bare acknowledgement a packet number (4).
 */
export function isOpenvpnAnswer(sealed: Buffer, session: Uint8Array, seal = NO_SEAL): boolean {
  const packet = seal.open(sealed);
  if (packet === null) return false;
  const acksAt = 1 + SESSION_BYTES + 1;
  if (packet.length < acksAt) return false;
  const opcodeAndKey = packet.readUInt8(0);
  const opcode = opcodeAndKey >> 3;
  if (opcode !== HARD_RESET_SERVER_V2 && opcode !== CONTROL_V1 && opcode !== ACK_V1) return false;
  if ((opcodeAndKey & 0x07) !== 0) return false;
  const ackCount = packet.readUInt8(acksAt - 1);
  if (ackCount === 0 || ackCount > ACKS_MAX) return false;
  const sessionAt = acksAt + 4 * ackCount;
  const endAt = sessionAt + SESSION_BYTES + (opcode === ACK_V1 ? 0 : 4);
  if (packet.length < endAt) return false;
  const acks = Array.from({ length: ackCount }, (_, index) =>
    packet.readUInt32BE(acksAt + 4 * index),
  );
  return acks.includes(0) && packet.subarray(sessionAt, sessionAt + SESSION_BYTES).equals(session);
}

/** Longer than any packet that OpenVPN sends before a session is up (its control channel's MTU is 1,250). */
const PACKET_BYTES_MAX = 2_048;

/** Over TCP each packet follows its length in two bytes. Packets that are not for us are passed over. */
export function evaluateOpenvpnStream(
  received: Buffer,
  session: Uint8Array,
  seal = NO_SEAL,
): Answered {
  let at = 0;
  while (at + 2 <= received.length) {
    const length = received.readUInt16BE(at);
    if (length === 0 || length > PACKET_BYTES_MAX) return 'alien';
    const endAt = at + 2 + length;
    if (endAt > received.length) return 'more';
    if (isOpenvpnAnswer(received.subarray(at + 2, endAt), session, seal)) return 'alive';
    at = endAt;
  }
  return 'more';
}
