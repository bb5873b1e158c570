/**
 * The lab's own front door to the emulator: functions talk to it, it passes on to moto. It counts every call, answers
 * Lambda's Invoke with the real bundle (moto never runs one), throttles, slows down, and can be shut altogether.
 */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { pause } from '../pause.ts';
import { freePort } from '../ports.ts';
import { emptied, LATE_MS, type Way } from './brownout.ts';
import { type Call, type Request, readCall } from './calls.ts';
import { Faults } from './faults.ts';

/** Answers what moto cannot; null: not mine, pass it on. */
export type LocalAnswer = (request: Request) => Promise<Answer> | null;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Gateway {
  readonly url: string;
  /** In the order of arrival. */
  readonly calls: readonly Call[];
  readonly faults: Faults;
  /** Calls of one action, only the answered-well ones by default. */
  callsOf(action: string, which?: 'all' | 'ok'): readonly Call[];
  /** From now on connections are refused, and those that stand are cut. */
  shut(): Promise<void>;
  /** Open again, at the same address, before this emulator or another. */
  open(emulatorUrl?: string): Promise<void>;
}

export async function startGateway(emulatorUrl: string, local: LocalAnswer): Promise<Gateway> {
  const port = await freePort();
  const calls: Call[] = [];
  const faults = new Faults();
  const sockets = new Set<Socket>();
  let agent = new Agent({ keepAlive: true });
  let upstream = emulatorUrl;
  let server: Server | null = null;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const arrivedAt = performance.now();
    const asked = await readRequest(incoming);
    const call = readCall(asked, arrivedAt);
    calls.push(call);
    await pause(faults.delayMsOf(call.action));
    const fault = faults.faultOf(call.action, performance.now());
    const way = faults.wayOf(call.action);
    call.way = way;
    if (way === 'cut') {
      call.answeredAt = performance.now();
      call.status = 0;
      incoming.socket.destroy();
      return;
    }
    const refusal = fault === 'throttled' || way === 'throttled' ? throttled : null;
    const answer =
      refusal ??
      (way === 'error' ? failed : await (local(asked) ?? passOn(upstream, agent, asked)));
    if (way === 'late') await pause(LATE_MS);
    call.answeredAt = performance.now();
    call.status = answer.status;
    if (fault === 'lost' || way === 'lost') incoming.socket.destroy();
    else if (way !== 'silent') {
      const body = changedBy(way, asked, faults.changed(call.action, answer.body));
      outgoing.writeHead(answer.status, answer.headers).end(body);
    }
  };

  /** By question: the answer before the newest. */
  const older = new Map<string, readonly (string | Buffer)[]>();
  const changedBy = (way: Way | null, asked: Request, body: string | Buffer): string | Buffer => {
    const question = asked.path + asked.body;
    const [before = body] = older.get(question) ?? [];
    older.set(question, [...(older.get(question) ?? []), body].slice(-2));
    if (way === 'html') return '<html><body>Service unavailable</body></html>';
    if (way === 'nothing') return '';
    if (way === 'half') return body.slice(0, Math.floor(body.length / 2));
    if (way === 'empty') return emptied(String(body));
    return way === 'stale' ? before : body;
  };

  const open = async (otherUrl?: string): Promise<void> => {
    upstream = otherUrl ?? upstream;
    // The old one's idle connections lead to an emulator that may be gone.
    agent = new Agent({ keepAlive: true });
    if (server !== null) return;
    const fresh = createServer((incoming, outgoing) => {
      serve(incoming, outgoing).catch((cause: unknown) => {
        outgoing.writeHead(502).end(String(cause));
      });
    });
    fresh.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    server = fresh;
  };

  const shut = async (): Promise<void> => {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await open();
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    faults,
    callsOf: (action, which = 'ok') =>
      calls.filter((call) => call.action === action && (which === 'all' || call.status === 200)),
    shut,
    open,
  };
}

// EC2's own words for it; SNS and DynamoDB have others and are never throttled here.
const throttled: Answer = {
  status: 503,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body:
    '<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>RequestLimitExceeded</Code>' +
    '<Message>Request limit exceeded.</Message></Error></Errors><RequestID>lab</RequestID></Response>',
};

const failed: Answer = {
  status: 500,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body:
    '<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>InternalError</Code>' +
    '<Message>An internal error has occurred</Message></Error></Errors><RequestID>lab</RequestID></Response>',
};

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    body: bytes.toString('utf8'),
    bytes,
  };
}

function passOn(upstream: string, agent: Agent, asked: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(asked.path, upstream),
      { method: asked.method, headers: asked.headers, agent },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          resolve({
            status: answer.statusCode ?? 502,
            headers: passedOn(answer.headers, asked.method),
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(asked.bytes);
  });
}

/** What S3 says of an object is in headers; its length is that of the body, which may have been changed. */
function passedOn(headers: IncomingHttpHeaders, method: string): Readonly<Record<string, string>> {
  const isKept = (name: string) =>
    /^(etag|last-modified|x-amz-.*)$/.test(name) ||
    (name === 'content-length' && method === 'HEAD');
  return {
    'content-type': headers['content-type'] ?? 'text/xml',
    ...Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' && isKept(name) ? [[name, value]] : [],
      ),
    ),
  };
}
