/**
 * Run as a worker thread: an IKE daemon that answers while the thread of the test stands still. Says its port first, and
 * sets the word that it was given once it has answered.
 */
import { createSocket } from 'node:dgram';
import { workerData } from 'node:worker_threads';
import { ikeReply } from './replies.ts';

const socket = createSocket('udp4');
socket.on('message', (packet, from) =>
  socket.send(ikeReply(packet), from.port, from.address, () => {
    if (!(workerData instanceof Int32Array)) throw new Error('no word to set');
    Atomics.store(workerData, 0, 1);
    Atomics.notify(workerData, 0);
  }),
);
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
