/** Which seal an OpenVPN server wants, read from the lines of a client's configuration that say so. Pure. */
import { bad, good, type Parsed } from '../../core/tags.ts';
import {
  type DirectionKeys,
  type Seal,
  type SealKeys,
  tlsAuth,
  tlsCrypt,
  tlsCryptV2,
} from './seal.ts';

/**
 * A seal for one session. The text: `<tls-crypt>…</tls-crypt>`, `<tls-crypt-v2>…</tls-crypt-v2>`, or
 * `<tls-auth>…</tls-auth>` with `key-direction` and `auth` where the client has them. Further lines are passed over.
 */
export function readSeal(text: string): Parsed<() => Seal> {
  const crypt = inlined(text, 'tls-crypt');
  const cryptV2 = inlined(text, 'tls-crypt-v2');
  const auth = inlined(text, 'tls-auth');
  if ([crypt, cryptV2, auth].filter((block) => block !== null).length !== 1) {
    return bad(
      'it must hold exactly one of <tls-auth>, <tls-crypt> and <tls-crypt-v2>, closed by </…>',
    );
  }
  if (cryptV2 !== null) return readClientKey(cryptV2);
  const key = staticKey(crypt ?? auth ?? '');
  if (key === null) return bad('it holds no OpenVPN static key of 2,048 bits');
  return crypt === null ? readAuth(text, key) : good(tlsCrypt(ofClient(key)));
}

function readAuth(text: string, key: Buffer): Parsed<() => Seal> {
  const digest = setting(text, 'auth') ?? 'SHA1';
  if (!DIGESTS.has(digest.toUpperCase())) {
    return bad(`its auth is none of ${[...DIGESTS].join(', ')}`);
  }
  const direction = setting(text, 'key-direction');
  const both = half(key, 0);
  switch (direction) {
    case null:
      return good(tlsAuth({ toServer: both, toClient: both }, digest));
    case '1':
      return good(tlsAuth(ofClient(key), digest));
    case '0':
      return good(tlsAuth({ toServer: both, toClient: half(key, 1) }, digest));
    default:
      return bad('its key-direction is not 0 or 1');
  }
}

const DIGESTS: ReadonlySet<string> = new Set(['SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512']);

/** The client's key, the same wrapped for the server, and at the end how long the wrapped one is. */
function readClientKey(block: string): Parsed<() => Seal> {
  const base64 = between(block, 'OpenVPN tls-crypt-v2 client key');
  const bytes = Buffer.from(base64 ?? '', 'base64');
  const wrapped = bytes.subarray(KEY_BYTES);
  if (wrapped.length < 2 || wrapped.length > WRAPPED_BYTES_MAX) {
    return bad('it holds no tls-crypt-v2 client key');
  }
  if (wrapped.readUInt16BE(wrapped.length - 2) !== wrapped.length) {
    return bad('its tls-crypt-v2 client key is cut short');
  }
  return good(tlsCryptV2(ofClient(bytes), wrapped));
}

/** Two directions of a cipher's and an HMAC's key. */
const KEY_BYTES = 256;
/** TLS_CRYPT_V2_MAX_WKC_LEN of OpenVPN 2.6. */
const WRAPPED_BYTES_MAX = 1_024;

/** The server sends with the first half, the client with the second. */
const ofClient = (key: Buffer): SealKeys => ({ toServer: half(key, 1), toClient: half(key, 0) });

const half = (key: Buffer, index: 0 | 1): DirectionKeys => ({
  cipher: key.subarray(128 * index, 128 * index + 64),
  hmac: key.subarray(128 * index + 64, 128 * index + 128),
});

function staticKey(block: string): Buffer | null {
  const hex = between(block, 'OpenVPN Static key V1')?.replace(/\s+/g, '') ?? '';
  return /^[0-9a-f]{512}$/i.test(hex) ? Buffer.from(hex, 'hex') : null;
}

const inlined = (text: string, name: string): string | null => cut(text, `<${name}>`, `</${name}>`);

const between = (text: string, label: string): string | null =>
  cut(text, `-----BEGIN ${label}-----`, `-----END ${label}-----`);

function cut(text: string, begin: string, end: string): string | null {
  const at = text.indexOf(begin);
  if (at === -1) return null;
  const endAt = text.indexOf(end, at + begin.length);
  return endAt === -1 ? null : text.slice(at + begin.length, endAt);
}

const setting = (text: string, name: string): string | null =>
  new RegExp(`^[ \\t]*${name}[ \\t]+(\\S{1,32})[ \\t]*$`, 'm').exec(text)?.[1] ?? null;
