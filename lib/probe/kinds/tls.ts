/**
 * TLS: the daemon answers a ClientHello with a ServerHello or an alert. The handshake stops there, before any
 * certificate: life is judged, not identity, and a host that could forge this answer already holds the address. An alert
 * counts, since only a TLS stack sends one. The certificate's dates are read by a handshake of its own.
 */

import type { KindDefinition } from '../kind.ts';
import { type Answered, openCertificate, openStream } from '../stream.ts';
import { clientHello } from '../tls/clientHello.ts';

export const tls: KindDefinition = {
  protocol: 'tcp',
  open: (target) => (attempt) =>
    openStream(target, { hello: clientHello(), evaluate: evaluateServerHello }, attempt),
  readCertificate: (target) => (attempt) => openCertificate(target, attempt),
  sends: 'a TLS ClientHello',
  alive: 'a ServerHello, or a TLS alert',
  caution:
    'certificates are not verified: the probe tests that the daemon is alive, not its identity. Every three hours one whole handshake reads the dates of its certificate (`ProbeCertificateEnding`)',
};

const ALERT = 21;
const HANDSHAKE = 22;
const SERVER_HELLO = 2;
/** A record's payload at most, with what encryption may add (RFC 8446, 5.2). */
const RECORD_BYTES_MAX = 16_384 + 256;

/** Judges the first record from its first bytes (RFC 8446, 5.1): type, version 3.x, length, then its content. */
export function evaluateServerHello(received: Uint8Array): Answered {
  const [type, major, , lengthHigh, lengthLow, first] = received;
  if (type !== ALERT && type !== HANDSHAKE) return 'alien';
  if (major === undefined) return 'more';
  if (major !== 3) return 'alien';
  if (lengthHigh === undefined || lengthLow === undefined) return 'more';
  const length = lengthHigh * 256 + lengthLow;
  if (type === ALERT ? length !== 2 : length < 4 || length > RECORD_BYTES_MAX) return 'alien';
  if (first === undefined) return 'more';
  if (type === HANDSHAKE) return first === SERVER_HELLO ? 'alive' : 'alien';
  // An alert's level: warning or fatal.
  return first === 1 || first === 2 ? 'alive' : 'alien';
}
