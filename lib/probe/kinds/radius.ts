/**
 * RADIUS: a server answers a client that it knows by address and shared secret, and is silent to any other. The
 * probe is a Status-Server (RFC 5997), or where the key names a user an Access-Request with a password that is made up,
 * for servers without Status-Server, as NPS. The answer is verified with the secret (RFC 2865, 3579).
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { bad, good, type Parsed } from '../../core/tags.ts';
import { openDatagram } from '../datagram.ts';
import { type KindDefinition, type OpenTo, onlyWithKey } from '../kind.ts';

export const radius: KindDefinition = {
  protocol: 'udp',
  keyed: { isNeeded: true, read: readKey },
  open: onlyWithKey,
  sends:
    'a Status-Server with the shared secret that `vpn-medic:probe-key` names; an Access-Request with a made-up password where the key names a user',
  alive: 'any answer that the secret signs: an accept, a reject, a challenge',
  caution:
    '**add the probes\' addresses as a RADIUS client first**: a server is silent to others. NPS knows no Status-Server: name a user. See "Probes with a key"',
};

/** Lines `Secret = …` and, if there is one, `User = …`. */
function readKey(text: string): Parsed<OpenTo> {
  const secret = lineOf(text, 'Secret');
  if (secret === null) return bad('it holds no line "Secret = …"');
  const user = lineOf(text, 'User');
  if (user !== null && Buffer.byteLength(user) > VALUE_BYTES_MAX) {
    return bad(`its User is longer than ${VALUE_BYTES_MAX} bytes`);
  }
  return good(openTo(Buffer.from(secret), user));
}

const lineOf = (text: string, name: string): string | null =>
  new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*(\\S.*?)[ \\t\\r]*$`, 'im').exec(text)?.[1] ?? null;

const openTo =
  (secret: Buffer, user: string | null): OpenTo =>
  (target, timeoutMs) =>
  (attempt) => {
    // The same packet twice is a repetition to the server, which repeats its answer.
    const request = user === null ? statusServer(secret) : accessRequest(secret, user);
    const question = {
      packet: () => request,
      isAnswer: (datagram: Buffer) => isRadiusAnswer(datagram, request, secret),
    };
    return openDatagram(target, timeoutMs, question, attempt);
  };

const ACCESS_REQUEST = 1;
const STATUS_SERVER = 12;
/** Access-Accept, Access-Reject, Accounting-Response (of a Status-Server to an accounting port), Access-Challenge. */
const ANSWERS: ReadonlySet<number> = new Set([2, 3, 5, 11]);

const USER_NAME = 1;
const USER_PASSWORD = 2;
const NAS_IDENTIFIER = 32;
const MESSAGE_AUTHENTICATOR = 80;

/** Code, identifier, length (2), authenticator (16). */
const HEADER_BYTES = 20;
const AUTHENTICATOR_AT = 4;
const MD5_BYTES = 16;
const VALUE_BYTES_MAX = 253;

const statusServer = (secret: Buffer): Buffer =>
  signed(STATUS_SERVER, randomBytes(MD5_BYTES), [], secret);

function accessRequest(secret: Buffer, user: string): Buffer {
  const authenticator = randomBytes(MD5_BYTES);
  const mask = md5(secret, authenticator);
  const password = randomBytes(MD5_BYTES).map((byte, at) => byte ^ mask.readUInt8(at));
  const attributes = [attribute(USER_NAME, Buffer.from(user)), attribute(USER_PASSWORD, password)];
  return signed(ACCESS_REQUEST, authenticator, attributes, secret);
}

/** The Message-Authenticator comes first, and is the HMAC of the packet in which it is zero. */
function signed(
  code: number,
  authenticator: Buffer,
  attributes: readonly Buffer[],
  secret: Buffer,
): Buffer {
  const packet = Buffer.concat([
    Buffer.of(code, randomInt(256), 0, 0),
    authenticator,
    attribute(MESSAGE_AUTHENTICATOR, Buffer.alloc(MD5_BYTES)),
    attribute(NAS_IDENTIFIER, Buffer.from('vpn-medic')),
    ...attributes,
  ]);
  packet.writeUInt16BE(packet.length, 2);
  packet.set(createHmac('md5', secret).update(packet).digest(), HEADER_BYTES + 2);
  return packet;
}

const attribute = (type: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(type, value.length + 2), value]);

/** Whether the secret's owner answers this request: by the Response Authenticator of RFC 2865, section 3. Never throws. */
export function isRadiusAnswer(datagram: Buffer, request: Buffer, secret: Buffer): boolean {
  if (datagram.length < HEADER_BYTES || !ANSWERS.has(datagram.readUInt8(0))) return false;
  const length = datagram.readUInt16BE(2);
  // Bytes behind the length are padding.
  if (length < HEADER_BYTES || length > datagram.length) return false;
  if (datagram.readUInt8(1) !== request.readUInt8(1)) return false;
  const expected = md5(
    datagram.subarray(0, AUTHENTICATOR_AT),
    request.subarray(AUTHENTICATOR_AT, HEADER_BYTES),
    datagram.subarray(HEADER_BYTES, length),
    secret,
  );
  return timingSafeEqual(expected, datagram.subarray(AUTHENTICATOR_AT, HEADER_BYTES));
}

function md5(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
