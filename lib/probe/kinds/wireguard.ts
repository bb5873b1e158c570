/**
 * WireGuard: the daemon answers a handshake initiation of a peer that it knows; to any other it is silent. The answer
 * is verified, so that only the owner of the daemon's key can give it. The probe's peer has no allowed addresses: its
 * handshakes lead to nothing.
 *
 * A daemon takes an initiation only when its timestamp is later than the last one of that peer, and none within 20 ms of
 * it. So every packet is a new initiation, also the one that is sent again.
 */
import { randomInt } from 'node:crypto';
import { bad, good, type Parsed } from '../../core/tags.ts';
import { systemClock } from '../../core/time.ts';
import { openDatagram } from '../datagram.ts';
import { type KindDefinition, type OpenTo, onlyWithKey } from '../kind.ts';
import { blake2s } from '../wireguard/blake2s.ts';
import { cookieKeyOf, isCookieReply } from '../wireguard/cookie.ts';
import {
  type Initiation,
  initiate,
  isAnswerTo,
  keyPairOf,
  openSession,
  type Session,
} from '../wireguard/noise.ts';

export const wireguard: KindDefinition = {
  protocol: 'udp',
  keyed: { isNeeded: true, read: readKey },
  open: onlyWithKey,
  sends: 'a handshake initiation, as the peer whose key `vpn-medic:probe-key` names',
  alive: "the daemon's answer, verified; or its cookie, when it is under load",
  caution:
    'a daemon is silent to a peer that it does not know: **add the peer first**, then the tag. See "Probes with a key"',
};

/** The configuration of the probe's peer, as `wg` reads it: PrivateKey, PublicKey of the daemon, PresharedKey if there is one. */
function readKey(text: string): Parsed<OpenTo> {
  const own = keyIn(text, 'PrivateKey');
  const peer = keyIn(text, 'PublicKey');
  if (own === null || peer === null) {
    return bad('it holds no line "PrivateKey = …" and "PublicKey = …" with 32 bytes in base64');
  }
  const psk = /^\s*PresharedKey\s*=/im.test(text)
    ? keyIn(text, 'PresharedKey')
    : Buffer.alloc(KEY_BYTES);
  if (psk === null) return bad('its PresharedKey is not 32 bytes in base64');
  try {
    return good(openTo(openSession(keyPairOf(own), peer, psk, PROLOGUE)));
  } catch {
    return bad('its PublicKey is no key that a daemon can have');
  }
}

const KEY_BYTES = 32;

function keyIn(text: string, name: string): Buffer | null {
  const value = new RegExp(`^\\s*${name}\\s*=\\s*([A-Za-z0-9+/]{43}=)\\s*$`, 'im').exec(text)?.[1];
  const bytes = Buffer.from(value ?? '', 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}

const PROLOGUE = Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com');
const MAC1_LABEL = Buffer.from('mac1----');

function openTo(session: Session): OpenTo {
  const macKey = blake2s([MAC1_LABEL, session.peerPublicKey]);
  const answerMacKey = blake2s([MAC1_LABEL, session.own.publicKey]);
  const cookieKey = cookieKeyOf(session.peerPublicKey);
  return (target, timeoutMs) => (attempt) => {
    /** By our index, of those that were sent. */
    const sent = new Map<number, SentInitiation>();
    const packet = () => {
      const index = randomInt(INDEX_MAX);
      const one = initiationPacket(session, macKey, index);
      sent.set(index, one);
      return one.packet;
    };
    const isAnswer = (datagram: Buffer) => {
      const type = datagram.length < HEADER_BYTES ? 0 : datagram.readUInt32LE(0);
      if (type === COOKIE) {
        const asked = sent.get(datagram.readUInt32LE(4));
        return asked !== undefined && isCookieReply(datagram, cookieKey, asked.mac1);
      }
      if (type !== RESPONSE || datagram.length !== RESPONSE_BYTES) return false;
      const asked = sent.get(datagram.readUInt32LE(8));
      if (asked === undefined || !hasMac(datagram, answerMacKey)) return false;
      return isAnswerTo(asked.initiation, session, {
        ephemeral: datagram.subarray(12, 44),
        sealedPayload: datagram.subarray(44, 60),
      });
    };
    return openDatagram(target, timeoutMs, { packet, isAnswer, againMs: AGAIN_MS }, attempt);
  };
}

/** Soon, for another vantage may have sent a later timestamp at the same instant. */
const AGAIN_MS = 60;

const INITIATION = 1;
const RESPONSE = 2;
const COOKIE = 3;
const HEADER_BYTES = 12;
const INITIATION_BYTES = 148;
const RESPONSE_BYTES = 92;
const MAC_BYTES = 16;
const INDEX_MAX = 2 ** 32;

interface SentInitiation {
  readonly packet: Buffer;
  readonly mac1: Buffer;
  readonly initiation: Initiation;
}

function initiationPacket(session: Session, macKey: Buffer, index: number): SentInitiation {
  const initiation = initiate(session, timestamp());
  const packet = Buffer.alloc(INITIATION_BYTES);
  packet.writeUInt32LE(INITIATION, 0);
  packet.writeUInt32LE(index, 4);
  packet.set(initiation.ephemeral.publicKey, 8);
  packet.set(initiation.sealedStatic, 40);
  packet.set(initiation.sealedPayload, 88);
  const macAt = INITIATION_BYTES - 2 * MAC_BYTES;
  const mac1 = blake2s([packet.subarray(0, macAt)], MAC_BYTES, macKey);
  packet.set(mac1, macAt);
  return { packet, mac1, initiation };
}

/** Cheap, before the two key agreements that the answer costs. */
function hasMac(packet: Buffer, key: Buffer): boolean {
  const macAt = packet.length - 2 * MAC_BYTES;
  const mac = blake2s([packet.subarray(0, macAt)], MAC_BYTES, key);
  return mac.equals(packet.subarray(macAt, macAt + MAC_BYTES));
}

let lastNs = 0n;

/** TAI64N of now: later than every earlier one of this process, also when the clock went back. */
function timestamp(): Buffer {
  const nowNs = BigInt(Math.round(systemClock.now())) * 1_000_000n;
  lastNs = nowNs > lastNs ? nowNs : lastNs + 1n;
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(TAI_EPOCH + lastNs / 1_000_000_000n, 0);
  bytes.writeUInt32BE(Number(lastNs % 1_000_000_000n), 8);
  return bytes;
}

/** Of 1970 (https://cr.yp.to/libtai/tai64.html, read 2026-11-29): TAI is ten seconds ahead then. */
const TAI_EPOCH = 2n ** 62n + 10n;
