/** A probe over TCP: connect, and where the kind wants it send one message and wait for the answer. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { parseInstant } from '../core/time.ts';
import type { Attempt } from './attempt.ts';
import type { Destination } from './kind.ts';
import type { CertificateDates } from './result.ts';

/** `alien`: something answers, in another protocol. `more`: too little to tell yet. */
export type Answered = 'alive' | 'alien' | 'more' | { readonly downWhy: string };

export interface Talk {
  readonly hello: Uint8Array;
  /** The certificate is not verified; its dates are read. */
  readonly isOverTls?: true;
  /** Judges all that has been received so far, at most `ANSWERED_BYTES_MAX` and one chunk. */
  evaluate(received: Buffer): Answered;
  /** What all that was received lacks, when no more of it is read; null: it is no answer of this protocol. */
  lacks?(received: Buffer): string | null;
}

/** No first answer that we know of is this long; a peer that sends more without an answer is not the daemon. */
const ANSWERED_BYTES_MAX = 16_384;

/** One for all: a hundred buffers a second, most of them never filled, would each be collected by itself. */
const NOTHING: Buffer = Buffer.alloc(0);

/** With `talk` null, being accepted is enough. */
export function openStream(target: Destination, talk: Talk | null, attempt: Attempt): () => void {
  const socket = talk?.isOverTls === true ? overTls(target) : connect(whereTo(target));
  // Stays to the end: a socket that fails while it is being closed must not throw.
  socket.on('error', (error) => attempt.failed(error));
  if (talk === null) socket.on('connect', () => attempt.up());
  else converse(socket, talk, attempt);
  return () => socket.destroy();
}

/**
 * One whole TLS handshake, which is over as soon as the server's certificate is here: it is not verified, and nothing
 * is said after it. No server is named, since a target is an address (RFC 6066, 3).
 */
export function openCertificate(target: Destination, attempt: Attempt): () => void {
  const socket = overTls(target);
  socket.on('error', (error) => attempt.failed(error));
  socket.on('secureConnect', () => attempt.up(datesOf(socket)));
  return () => socket.destroy();
}

const overTls = (target: Destination): TLSSocket =>
  connectTls({ ...whereTo(target), rejectUnauthorized: false });

const whereTo = ({ address, port }: Destination) => ({
  host: address,
  port,
  autoSelectFamily: false,
});

function converse(socket: Socket, talk: Talk, attempt: Attempt): void {
  let received = NOTHING;
  const giveUp = (why: string) => attempt.down(talk.lacks?.(received) ?? why);
  const evaluate = () => {
    const answered = talk.evaluate(received);
    if (typeof answered === 'object') return attempt.down(answered.downWhy);
    switch (answered) {
      case 'alive':
        return attempt.up(datesOf(socket));
      case 'alien':
        return attempt.down('answered in another protocol');
      case 'more':
        if (received.length > ANSWERED_BYTES_MAX) giveUp('answered in another protocol');
        return;
      default:
        return answered satisfies never;
    }
  };
  socket.on(talk.isOverTls === true ? 'secureConnect' : 'connect', () => socket.write(talk.hello));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    evaluate();
  });
  socket.on('end', () => giveUp('closed by the far side without an answer'));
}

/** Of the certificate that this handshake showed. */
function datesOf(socket: Socket): CertificateDates | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const startsAt = parseInstant(certificate.validFrom);
  const endsAt = parseInstant(certificate.validTo);
  return startsAt !== null && endsAt !== null ? { startsAt, endsAt } : undefined;
}
