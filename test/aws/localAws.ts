/** A server on this machine that answers as one AWS endpoint would, and keeps what it was asked. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

interface Request {
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly body: string;
}

/** The nth request gets the nth answer, and all later ones the last. */
export function localAws() {
  const asked: string[] = [];
  const requests: Request[] = [];
  let address = '';
  let answers: readonly Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      asked.push(body);
      requests.push({ headers: request.headers, url: request.url ?? '', body });
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      answer?.(response, request);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
    process.env['AWS_ENDPOINT_URL'] = address;
    process.env['AWS_ACCESS_KEY_ID'] = randomBytes(8).toString('hex');
    process.env['AWS_SECRET_ACCESS_KEY'] = randomBytes(8).toString('hex');
    delete process.env['AWS_PROFILE'];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked.length = 0;
    requests.length = 0;
  });
  return {
    /** The bodies of `requests`. */
    asked,
    requests,
    address: () => address,
    answers: (...some: readonly Answer[]) => {
      answers = some;
    },
  };
}

export const text =
  (body: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(body);

export const xml =
  (body: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);

export const ec2Fault = (code: string, status: number): Answer =>
  xml(
    `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>`,
    status,
  );
