/**
 * One signed POST to an AWS service, for functions that need a single call and are too small for the SDK. The signature is
 * AWS Signature Version 4.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (read 2026-11-29)
 */
import { createHash, createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent: they are not temporary. */
  readonly sessionToken?: string;
}

export interface Scope {
  /** As in the host's name: `ssm`. */
  readonly service: string;
  readonly region: string;
}

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

/** The value of `Authorization`. `headers`: all that are signed, names in lower case; `x-amz-date` is among them. */
export function authorization(
  headers: Readonly<Record<string, string>>,
  body: string,
  { service, region }: Scope,
  { accessKeyId, secretAccessKey }: Credentials,
): string {
  const names = Object.keys(headers).toSorted();
  const signedNames = names.join(';');
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    signedNames,
    sha256(body),
  ].join('\n');
  const at = headers['x-amz-date'] ?? '';
  const day = at.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (signedWith, part) => hmac(signedWith, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

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
