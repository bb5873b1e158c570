/**
 * One end of the bench's traffic, a process of its own in a network namespace. `echo`: answers each datagram with itself,
 * and takes connections. `send FILE`: sends a numbered datagram every 10 ms, and writes a line for each one sent
 * (`s NUMBER AT`) and for each answer (`r NUMBER AT`); `AT` is in milliseconds since 1970.
 */
import { createSocket } from 'node:dgram';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { EVERY_MS, FAR_HOST, PORT } from './words.ts';

const now = (): number => performance.timeOrigin + performance.now();

function echo(): void {
  const socket = createSocket('udp4');
  socket.on('message', (data, from) => socket.send(data, from.port, from.address, () => {}));
  socket.bind(PORT, FAR_HOST);
  createServer((connection) => connection.on('error', () => {}).end()).listen(PORT, FAR_HOST);
}

function send(file: string): void {
  const lines = createWriteStream(file);
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.on('message', (data) => lines.write(`r ${data.readUInt32BE(0)} ${now().toFixed(1)}\n`));
  const startedAt = now();
  let count = 0;
  const sendDue = () => {
    // A timer that came late sends what it missed, each under its own number.
    while (now() - startedAt >= count * EVERY_MS) {
      const data = Buffer.alloc(64);
      data.writeUInt32BE(count, 0);
      lines.write(`s ${count} ${now().toFixed(1)}\n`);
      socket.send(data, PORT, FAR_HOST, () => {});
      count += 1;
    }
  };
  socket.bind(0, () => setInterval(sendDue, EVERY_MS / 2));
}

const [mode, file] = process.argv.slice(2);
if (mode === 'send' && file !== undefined) send(file);
else echo();
