/** A plain TCP daemon of the lab, as a process that can be killed or stopped, or told to refuse for a while. Ends with its parent. */
import { createServer } from 'node:net';

const [port, backlog] = process.argv.slice(2).map(Number);
const server = createServer((socket) => {
  process.send?.('probed');
  socket.on('error', () => socket.destroy());
  socket.end();
});
const listen = () =>
  server.listen({ port, host: '127.0.0.1', backlog }, () => process.send?.('listening'));
process.on('message', (word) => {
  if (word === 'listen') {
    listen();
  } else {
    server.close();
    process.send?.('refusing');
  }
});
listen();
process.on('disconnect', () => process.exit(0));
