/** A probe over UDP: one packet, sent once more at half of the timeout; only a real answer counts. */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Attempt } from './attempt.ts';
import type { Destination } from './kind.ts';

export interface Question {
  /** Called for each sending. */
  packet(): Uint8Array;
  /** When it is sent for the second time, besides half of the timeout; absent: only then. */
  readonly againMs?: number;
  /** Whatever else arrives is ignored: any host can send a datagram. */
  isAnswer(datagram: Buffer): boolean;
}

/** The socket is connected, so that an ICMP port unreachable becomes ECONNREFUSED and is down at once. */
export function openDatagram(
  target: Destination,
  timeoutMs: number,
  question: Question,
  attempt: Attempt,
): () => void {
  const socket = createSocket({
    type: isIPv6(target.address) ? 'udp6' : 'udp4',
    // The address is one already. Answering at once also makes bind and connect immediate, so that none is ever pending.
    lookup: (address, _options, callback) => callback(null, address, 0),
  });
  let isClosed = false;
  const send = () => {
    if (isClosed) return;
    socket.send(question.packet(), (error) => {
      if (error !== null) attempt.failed(error);
    });
  };
  // So that one lost packet is not a miss.
  const agains = [question.againMs ?? timeoutMs, timeoutMs / 2]
    .filter((ms) => ms < timeoutMs)
    .map((ms) => setTimeout(send, ms));
  socket.on('error', (error) => attempt.failed(error));
  socket.on('message', (datagram) => {
    if (question.isAnswer(datagram)) attempt.up();
  });
  socket.on('listening', () => socket.connect(target.port, target.address));
  socket.on('connect', send);
  // By hand: when `connect` binds and that fails (no descriptor left), the socket can never be closed again.
  socket.bind({ port: 0, exclusive: true });
  return () => {
    isClosed = true;
    for (const again of agains) clearTimeout(again);
    socket.close();
  };
}
