/** A probe over TCP: connect, and where the kind wants it send one message and wait for the answer. */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Attempt } from './attempt.ts';
import type { Destination } from './kind.ts';

/** `alien`: something answers, in another protocol. `more`: too little to tell yet. */
export type Answered = 'alive' | 'alien' | 'more' | { readonly downWhy: string };

export interface Talk {
  readonly hello: Uint8Array;
  /** The certificate is not verified. */
  readonly isOverTls?: true;
  /** Judges all that has been received so far, at most `ANSWERED_BYTES_MAX` and one chunk. */
  evaluate(received: Buffer): Answered;
}

/** No first answer that we know of is this long; a peer that sends more without an answer is not the daemon. */
const ANSWERED_BYTES_MAX = 16_384;

/** One for all: a hundred buffers a second, most of them never filled, would each be collected by itself. */
const NOTHING: Buffer = Buffer.alloc(0);

/** With `talk` null, being accepted is enough. */
export function openStream(target: Destination, talk: Talk | null, attempt: Attempt): () => void {
  const isOverTls = talk?.isOverTls === true;
  const where = { host: target.address, port: target.port, autoSelectFamily: false };
  const socket = isOverTls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
  let received = NOTHING;
  // Stays to the end: a socket that fails while it is being closed must not throw.
  socket.on('error', (error) => attempt.failed(error));
  if (talk === null) {
    socket.on('connect', () => attempt.up());
  } else {
    socket.on(isOverTls ? 'secureConnect' : 'connect', () => socket.write(talk.hello));
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      sayWhatWasAnswered(talk.evaluate(received), received.length, attempt);
    });
    socket.on('end', () => attempt.down('closed by the far side without an answer'));
  }
  return () => socket.destroy();
}

function sayWhatWasAnswered(answered: Answered, receivedBytes: number, attempt: Attempt): void {
  if (typeof answered === 'object') return attempt.down(answered.downWhy);
  switch (answered) {
    case 'alive':
      return attempt.up();
    case 'alien':
      return attempt.down('answered in another protocol');
    case 'more':
      if (receivedBytes > ANSWERED_BYTES_MAX) attempt.down('answered in another protocol');
      return;
    default:
      return answered satisfies never;
  }
}
