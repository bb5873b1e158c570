/** One POST to an AWS service with the credentials of the role, for functions that need a single call and are too small for the SDK. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Credentials } from './signature.ts';

/** Null outside Lambda: its environment carries the credentials of the function's role. */
export function roleCredentials(environment: NodeJS.ProcessEnv): Credentials | null {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

export interface Posted {
  readonly status: number;
  /** At most `BODY_BYTES_MAX`. */
  readonly body: string;
}

const BODY_BYTES_MAX = 65_536;

/** @throws what the network throws, and at the signal; for an answer of more than `BODY_BYTES_MAX`. */
export function post(
  endpoint: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Posted> {
  const request = endpoint.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const sent = request(
      endpoint,
      { method: 'POST', headers, signal, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > BODY_BYTES_MAX) sent.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
