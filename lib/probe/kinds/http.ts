/**
 * HTTP: the daemon answers a GET with a status line of 2xx or 3xx. Nothing after the status is read. Over TLS no
 * certificate is verified: the probe tests that the daemon is alive, not its identity.
 */
import { isIPv6 } from 'node:net';
import type { Destination, KindDefinition } from '../kind.ts';
import { type Answered, openStream } from '../stream.ts';

export const http: KindDefinition = {
  protocol: 'tcp',
  takesPath: true,
  open: (target) => (attempt) =>
    openStream(target, { hello: getRequest(target), evaluate: evaluateStatus }, attempt),
  sends: 'a GET of `/`, or of the path in `http:PORT/healthz`',
  alive: 'status 2xx or 3xx',
  caution: 'any other status is down, also 401 and 404: name a path that answers without a login',
};

export const https: KindDefinition = {
  ...http,
  open: (target) => (attempt) =>
    openStream(
      target,
      { hello: getRequest(target), evaluate: evaluateStatus, isOverTls: true },
      attempt,
    ),
  sends: 'the same over TLS, path as in `https:PORT/healthz`',
  caution:
    'the same; certificates are not verified; each probe is a whole TLS handshake, so give it a pace (`https:443@5`). A server without TLS 1.2, or one that requires a client certificate, is unknown, never down: use `tls:PORT`',
};

/** No library: one request a connection, and only its status matters. */
export function getRequest({ address, port, path = '/' }: Destination): Buffer {
  const host = isIPv6(address) ? `[${address}]` : address;
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: vpn-medic\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    'latin1',
  );
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)[ \r\n]/;
/** Completes a status line of which only the beginning is here. */
const ANY_STATUS_LINE = 'HTTP/1.1 200 ';

/** Judges the first final status; interim ones (1xx, RFC 9110, 15.2) are passed over with their headers. */
export function evaluateStatus(received: Buffer): Answered {
  let at = 0;
  while (at < received.length) {
    const start = received.toString('latin1', at, at + ANY_STATUS_LINE.length);
    const status = STATUS_LINE.exec(start + ANY_STATUS_LINE.slice(start.length))?.[1];
    if (status === undefined) return 'alien';
    if (start.length < ANY_STATUS_LINE.length) return 'more';
    if (status.startsWith('2') || status.startsWith('3')) return 'alive';
    if (!status.startsWith('1')) return { downWhy: `answered with HTTP status ${status}` };
    const endAt = received.indexOf('\r\n\r\n', at);
    if (endAt === -1) return 'more';
    at = endAt + 4;
  }
  return 'more';
}
