/** A subscriber of the topic of alerts: an HTTP listener that keeps what SNS delivers. */
import { createServer } from 'node:http';
import { freePort } from '../ports.ts';

export interface Received {
  readonly subject: string;
  /** The message, parsed; the text itself where it is no JSON. */
  readonly message: unknown;
  readonly text: string;
}

export interface Listener {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startListener(): Promise<Listener> {
  const port = await freePort();
  const received: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      received.push(readDelivery(Buffer.concat(chunks).toString('utf8')));
      outgoing.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readDelivery(body: string): Received {
  const delivery = parse(body);
  const subject = textOf(delivery, 'Subject');
  const text = textOf(delivery, 'Message');
  return { subject, text, message: parse(text) };
}

function textOf(delivery: unknown, key: string): string {
  if (typeof delivery !== 'object' || delivery === null) return '';
  const value: unknown = Reflect.get(delivery, key);
  return typeof value === 'string' ? value : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
