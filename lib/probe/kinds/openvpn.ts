/**
 * OpenVPN: the daemon answers a first packet (P_CONTROL_HARD_RESET_CLIENT_V2) by acknowledging our session.
 *
 * A server with `tls-auth`, `tls-crypt` or `tls-crypt-v2` drops every packet that its key has not signed: it stays
 * silent by design, and this probe never answers there. Probe instead what such a server shows the world: its
 * management port, or a host behind it (`tcp:10.8.0.1:22`); with TCP, `tcp:PORT` at least sees its process accept.
 *
 * OpenVPN 2.6 answers without keeping state, at most 100 first packets in 10 s from all peers together
 * (`connect-freq-initial`); older ones keep each for 60 s (`hand-window`). Both are far above one probe a second.
 */
import { randomBytes } from 'node:crypto';
import { openDatagram } from '../datagram.ts';
import type { KindDefinition } from '../kind.ts';
import { type Answered, openStream } from '../stream.ts';

export const openvpn: KindDefinition = {
  protocol: 'udp',
  open: (target, timeoutMs) => (attempt) => {
    const session = randomBytes(SESSION_BYTES);
    const isAnswer = (datagram: Buffer) => isOpenvpnAnswer(datagram, session);
    const packet = hardReset(session);
    return openDatagram(target, timeoutMs, { packet: () => packet, isAnswer }, attempt);
  },
  sends: 'a hard reset (UDP)',
  alive: "the server's hard reset to our session",
  caution:
    '**`tls-auth` and `tls-crypt` servers are silent by design**: an unsigned packet gets no answer. Probe `openvpn-tcp` is silent there too; use `tcp:PORT` for TCP servers, or a host behind the tunnel',
};

export const openvpnTcp: KindDefinition = {
  protocol: 'tcp',
  open: (target) => (attempt) => {
    const session = randomBytes(SESSION_BYTES);
    const packet = hardReset(session);
    const hello = Buffer.concat([Buffer.of(0, packet.length), packet]);
    const evaluate = (received: Buffer) => evaluateOpenvpnStream(received, session);
    return openStream(target, { hello, evaluate }, attempt);
  },
  sends: 'the same over TCP',
  alive: 'the same',
  caution: 'the same',
};

const SESSION_BYTES = 8;
const HARD_RESET_CLIENT_V2 = 7;
const HARD_RESET_SERVER_V2 = 8;
const CONTROL_V1 = 4;
const ACK_V1 = 5;
/** An acknowledgement lists at most so many packets (RELIABLE_ACK_SIZE). */
const ACKS_MAX = 8;

/** Opcode and key 0, our session, no acknowledgements, our packet number 0. */
export const hardReset = (session: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(HARD_RESET_CLIENT_V2 << 3), session, Buffer.alloc(5)]);

/**
 * Whether it is a server's control packet or acknowledgement for packet 0 of this session. Never throws.
 * Opcode and key (1 byte), server's session (8), number of acknowledgements (1), those (4 each), our session (8), and
 * except in a bare acknowledgement a packet number (4).
 */
export function isOpenvpnAnswer(packet: Buffer, session: Uint8Array): boolean {
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
export function evaluateOpenvpnStream(received: Buffer, session: Uint8Array): Answered {
  let at = 0;
  while (at + 2 <= received.length) {
    const length = received.readUInt16BE(at);
    if (length === 0 || length > PACKET_BYTES_MAX) return 'alien';
    const endAt = at + 2 + length;
    if (endAt > received.length) return 'more';
    if (isOpenvpnAnswer(received.subarray(at + 2, endAt), session)) return 'alive';
    at = endAt;
  }
  return 'more';
}
