/**
 * HTTP: the daemon answers a GET with a status of 2xx or 3xx and, where the tag names a word, with a body that holds it.
 * A redirect is not followed. Over TLS no certificate is verified, because the probe tests that the daemon is alive;
 * only the certificate's dates are read.
 */
import { isIPv6 } from 'node:net';
import type { Destination, KindDefinition } from '../kind.ts';
import { type Answered, openStream, type Talk } from '../stream.ts';

export const http: KindDefinition = {
  protocol: 'tcp',
  takesPath: true,
  open: (target) => (attempt) => openStream(target, talkTo(target), attempt),
  sends: 'a GET of `/`, or of the path in `http:PORT/healthz`',
  alive: 'status 2xx or 3xx; with `http:PORT/healthz#UP` also a body that holds `UP`',
  caution:
    'any other status is down, also 401 and 404: name a path that answers without a login. A word is looked for in the first 16,384 bytes of the answer',
};

export const https: KindDefinition = {
  ...http,
  open: (target) => (attempt) =>
    openStream(target, { ...talkTo(target), isOverTls: true }, attempt),
  sends: 'the same over TLS, path as in `https:PORT/healthz`',
  alive: 'the same',
  caution:
    'the same; certificates are not verified, but one that ends soon is notified (`ProbeCertificateEnding`); each probe is a whole TLS handshake, so give it a pace (`https:443@5`). A server without TLS 1.2, or one that requires a client certificate, is unknown, never down: use `tls:PORT`',
};

function talkTo(target: Destination): Talk {
  const { word } = target;
  const hello = getRequest(target);
  return word === undefined
    ? { hello, evaluate: evaluateStatus }
    : {
        hello,
        evaluate: (received) => evaluateBody(received, word),
        lacks: (received) =>
          finalAnswer(received).kind === 'wanted' ? `the answer lacks the word ${word}` : null,
      };
}

/** No library: one request a connection. */
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

type FinalAnswer =
  /** Status 2xx or 3xx, on the line that begins there. */
  | { readonly kind: 'wanted'; readonly at: number }
  | { readonly kind: 'other'; readonly status: string }
  | { readonly kind: 'alien' | 'more' };

/** The first final status; interim ones (1xx, RFC 9110, 15.2) are passed over with their headers. */
function finalAnswer(received: Buffer): FinalAnswer {
  let at = 0;
  while (at < received.length) {
    const start = received.toString('latin1', at, at + ANY_STATUS_LINE.length);
    const status = STATUS_LINE.exec(start + ANY_STATUS_LINE.slice(start.length))?.[1];
    if (status === undefined) return { kind: 'alien' };
    if (start.length < ANY_STATUS_LINE.length) return { kind: 'more' };
    if (status.startsWith('2') || status.startsWith('3')) return { kind: 'wanted', at };
    if (!status.startsWith('1')) return { kind: 'other', status };
    const endAt = received.indexOf('\r\n\r\n', at);
    if (endAt === -1) return { kind: 'more' };
    at = endAt + 4;
  }
  return { kind: 'more' };
}

/** Judges the status alone. */
export function evaluateStatus(received: Buffer): Answered {
  const answer = finalAnswer(received);
  if (answer.kind === 'wanted') return 'alive';
  if (answer.kind === 'other') return { downWhy: `answered with HTTP status ${answer.status}` };
  return answer.kind;
}

/** Judges the status, then the body as far as it is here: alive as soon as it holds the word. */
export function evaluateBody(received: Buffer, word: string): Answered {
  const answer = finalAnswer(received);
  if (answer.kind !== 'wanted') return evaluateStatus(received);
  const headEndAt = received.indexOf('\r\n\r\n', answer.at);
  if (headEndAt === -1) return 'more';
  const head = received.toString('latin1', answer.at, headEndAt);
  const body = received.subarray(headEndAt + 4);
  return (CHUNKED.test(head) ? unchunked(body) : body).includes(word) ? 'alive' : 'more';
}

const CHUNKED = /\r\ntransfer-encoding:[^\r\n]*chunked/i;

/** The content of as many chunks as are here (RFC 9112, 7.1): a word may begin in one and end in the next. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const lineEndAt = body.indexOf('\r\n', at);
    if (lineEndAt === -1) break;
    const size = /^([\da-f]{1,7})\s*(;|$)/i.exec(body.toString('latin1', at, lineEndAt))?.[1];
    const bytes = size === undefined ? 0 : Number.parseInt(size, 16);
    if (bytes === 0) break;
    parts.push(body.subarray(lineEndAt + 2, lineEndAt + 2 + bytes));
    at = lineEndAt + 2 + bytes + 2;
  }
  return Buffer.concat(parts);
}
