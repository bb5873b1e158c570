/** The live page's server: loopback only, one account, any number of viewers. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, describeMs } from '../../../core/time.ts';
import { drawPanel } from '../../../map/panel.ts';
import type { Theme } from '../../../map/theme.ts';
import { Unable } from '../../terminal.ts';
import { condense } from '../timeline.ts';
import type { Live } from './account.ts';

export interface LiveServer {
  readonly url: string;
  /** Aborts when the server has been closed. */
  readonly closed: AbortSignal;
  close(): void;
}

/** Four frames a second look smooth and cost little. */
const FRAME_MS = 250;
const SPEEDS: readonly number[] = [0, 1, 10, 60];
const BODY_CHARS_MAX = 400;

/** @throws {Unable} when the port is taken. */
export async function openLiveServer(live: Live, clock: Clock, port: number): Promise<LiveServer> {
  const stopping = new AbortController();
  const viewers = new Map<ServerResponse, View>();
  let speed = 1;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const bound = await listen(server, port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOwn(request, bound)) {
      return end(response, 403, 'text/plain', 'only for pages of this server\n');
    }
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const key = `${request.method ?? ''} ${url.pathname}`;
    const file = FILES.get(key);
    if (file !== undefined) {
      return end(response, 200, file.type, await readFile(new URL(file.path, import.meta.url)));
    }
    if (key === 'GET /events') return join(url, response);
    if (key === 'POST /toggle') return toggle(await bodyOf(request), response);
    if (key === 'POST /speed') return setSpeed(await bodyOf(request), response);
    end(response, 404, 'text/plain', 'not found\n');
  }

  function join(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    viewers.set(response, viewOf(url.searchParams));
    response.on('close', () => viewers.delete(response));
  }

  function toggle(subject: string, response: ServerResponse): void {
    const text = live.toggle(subject);
    if (text === null) return end(response, 404, 'text/plain', 'that resource cannot be failed\n');
    end(response, 200, 'text/plain', `${text}\n`);
  }

  function setSpeed(text: string, response: ServerResponse): void {
    const chosen = SPEEDS.find((one) => String(one) === text);
    if (chosen === undefined) {
      return end(response, 400, 'text/plain', `write one of ${SPEEDS.join(', ')}\n`);
    }
    speed = chosen;
    end(response, 200, 'text/plain', `${speed}\n`);
  }

  /** Time passes only while a page is open: a forgotten server must not fill its memory with history. */
  async function runFrames(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (viewers.size > 0) {
        if (speed > 0) await live.advance(FRAME_MS * speed);
        sendFrames(live, viewers, speed);
      }
      await clock.sleep(FRAME_MS, stopping.signal);
    }
    live.stop();
  }
  void runFrames();

  return {
    url: `http://127.0.0.1:${bound}/`,
    closed: stopping.signal,
    close() {
      stopping.abort();
      server.close();
      server.closeAllConnections();
    },
  };
}

interface View {
  readonly widthPx: number;
  readonly theme: Theme;
}

const viewOf = (asked: URLSearchParams): View => ({
  widthPx: Math.min(8_000, Math.max(1, Number(asked.get('width')) || 900)),
  theme: asked.get('theme') === 'dark' ? 'dark' : 'light',
});

function sendFrames(live: Live, viewers: ReadonlyMap<ServerResponse, View>, speed: number): void {
  const { lines } = condense(live.take(), true);
  for (const [response, view] of viewers) {
    const frame = JSON.stringify(frameOf(live, view, lines, speed));
    response.write(`event: frame\ndata: ${frame}\n\n`);
  }
}

function frameOf(
  live: Live,
  view: View,
  lines: ReturnType<typeof condense>['lines'],
  speed: number,
) {
  const scene = live.scene();
  return {
    html: scene === null ? '' : drawPanel(scene, view).toString(),
    failed: live.failed(),
    elapsed: describeMs(live.elapsedMs()),
    lines: lines.map(({ atMs, kind, text }) => ({ at: describeMs(atMs), kind, text })),
    speed,
  };
}

const FILES: ReadonlyMap<string, { readonly path: string; readonly type: string }> = new Map([
  ['GET /', { path: './page/live.html', type: 'text/html; charset=utf-8' }],
  ['GET /live.js', { path: './page/live.js', type: 'text/javascript; charset=utf-8' }],
  ['GET /live.css', { path: './page/live.css', type: 'text/css; charset=utf-8' }],
]);

/** Another site's page may make a browser send requests here (DNS rebinding, forged posts): only this server's page is served. */
const isOwn = ({ headers: { host, origin } }: IncomingMessage, port: number): boolean =>
  (host === `127.0.0.1:${port}` || host === `localhost:${port}`) &&
  (origin === undefined || origin === `http://${host}`);

function end(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'self'; img-src data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_CHARS_MAX) throw new Error('reading a request: its body is too long');
  }
  return text.trim();
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Unable(`port ${port} is in use: give another one, or none for any free one`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
