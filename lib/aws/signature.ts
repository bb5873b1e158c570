/**
 * AWS Signature Version 4 of one POST, for a service of which we call a single action: its SDK client would weigh more
 * than all that calls it. Pure.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (read 2026-11)
 */
import { createHash, createHmac } from 'node:crypto';
import { type Instant, toIso } from '../core/time.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials, as Lambda has them. */
  readonly sessionToken?: string;
}

export interface Post {
  readonly url: URL;
  readonly service: string;
  readonly region: string;
  readonly contentType: string;
  readonly body: string;
}

/** Every header that the request must carry, `host` left out: the HTTP client sets it from the address. */
export function signedHeaders(
  { url, service, region, contentType, body }: Post,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: Instant,
): Readonly<Record<string, string>> {
  const time = toIso(now).replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers = {
    'content-type': contentType,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...headers, host: url.host }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (by, word) => hmac(by, word).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, text).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);
