/** A knock over TCP: connect, and perhaps say one thing and listen. */
import { connect } from 'node:net';
import type { Door } from './attempt.ts';
import type { ProbeTarget } from './types.ts';

/** `alien`: something speaks there, but not what the probe is about. `more`: too little to tell yet. */
export type Heard = 'alive' | 'alien' | 'more';

export interface Talk {
  readonly hello: Uint8Array;
  /** Judges all that has been received so far, at most `HEARD_BYTES_MAX` and one chunk. */
  hear(received: Buffer): Heard;
}

/** No first answer that we know of is this long; who sends more without meaning is not the daemon. */
const HEARD_BYTES_MAX = 16_384;

/** One for all: a hundred buffers a second, most of them never filled, would each be collected by itself. */
const NOTHING: Buffer = Buffer.alloc(0);

/** With `talk` null, being accepted is enough. */
export function openStream(target: ProbeTarget, talk: Talk | null, door: Door): () => void {
  const socket = connect({ host: target.address, port: target.port, autoSelectFamily: false });
  let received = NOTHING;
  // Stays to the end: a socket that fails while it is being closed must not throw.
  socket.on('error', (error) => door.failed(error));
  if (talk === null) {
    socket.on('connect', () => door.up());
  } else {
    socket.on('connect', () => socket.write(talk.hello));
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      sayWhatWasHeard(talk.hear(received), received.length, door);
    });
    socket.on('end', () => door.down('closed by the far side without an answer'));
  }
  return () => socket.destroy();
}

function sayWhatWasHeard(heard: Heard, receivedBytes: number, door: Door): void {
  switch (heard) {
    case 'alive':
      return door.up();
    case 'alien':
      return door.down('answered in another protocol');
    case 'more':
      if (receivedBytes > HEARD_BYTES_MAX) door.down('answered in another protocol');
      return;
    default:
      return heard satisfies never;
  }
}
