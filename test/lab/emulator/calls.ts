/** What one request to an AWS API asked for, read off its wire form. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Way } from './brownout.ts';

export interface Call {
  /** As in the SDK: `ReplaceRoute`, `PutItem`, `Invoke`. */
  readonly action: string;
  /** Query and JSON bodies alike, one level deep, as text. */
  readonly params: Readonly<Record<string, string>>;
  /** The access key id that signed it: each function of the lab has its own. */
  readonly by: string;
  /** Milliseconds of `performance.now()`. */
  readonly arrivedAt: number;
  /** Null until it is answered. */
  answeredAt: number | null;
  /** HTTP status; null until it is answered, 0 without an answer. */
  status: number | null;
  /** What a brownout made of it; null: nothing. */
  way: Way | null;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As text; `bytes` are what is passed on. */
  readonly body: string;
  readonly bytes: Buffer;
}

/** EC2 and SNS speak query, DynamoDB and others JSON with a target header, Lambda REST. */
export function readCall(request: Request, arrivedAt: number): Call {
  const { action, params } = actionOf(request);
  return {
    action,
    params,
    by: signerOf(request),
    arrivedAt,
    answeredAt: null,
    status: null,
    way: null,
  };
}

function actionOf(request: Request): Pick<Call, 'action' | 'params'> {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { action: target.split('.').at(-1) ?? target, params: flat(parseJson(request.body)) };
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const params = Object.fromEntries(new URLSearchParams(request.body));
    return { action: params['Action'] ?? 'unnamed', params };
  }
  if (/^\/2015-03-31\/functions\/[^/]+\/invocations/.test(request.path)) {
    return { action: 'Invoke', params: { path: request.path } };
  }
  return { action: `${request.method} ${request.path}`, params: {} };
}

function signerOf(request: Request): string {
  return /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'unsigned';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function flat(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
