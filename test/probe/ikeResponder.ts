/** Run as a worker thread: an IKE daemon that answers while the thread of the test stands still. Says its port first. */
import { createSocket } from 'node:dgram';
import { ikeReply } from './replies.ts';

const socket = createSocket('udp4');
socket.on('message', (packet, from) =>
  socket.send(ikeReply(packet), from.port, from.address, () => undefined),
);
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
