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
  /** As in the host's name: `autoscaling`. */
  readonly service: string;
  readonly region: string;
  readonly contentType: string;
  /** `x-amz-target` of a JSON protocol: `AmazonSSM.GetParameter`. */
  readonly target?: string;
  readonly body: string;
}

/** Every header that the request must carry, `host` left out: the HTTP client sets it from the address. */
export function signedHeaders(
  { url, service, region, contentType, target, body }: Post,
  credentials: Credentials,
  now: Instant,
): Readonly<Record<string, string>> {
  const { sessionToken } = credentials;
  const headers = {
    'content-type': contentType,
    'x-amz-date': toIso(now).replaceAll(/[-:]|\.\d+/g, ''),
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    ...(target !== undefined && { 'x-amz-target': target }),
  };
  const scope = { service, region, path: url.pathname };
  return {
    ...headers,
    authorization: authorization({ ...headers, host: url.host }, body, scope, credentials),
  };
}

/** The value of `Authorization`. `headers`: all that are signed, names in lower case; `x-amz-date` is among them. */
export function authorization(
  headers: Readonly<Record<string, string>>,
  body: string,
  { service, region, path = '/' }: Pick<Post, 'service' | 'region'> & { readonly path?: string },
  { accessKeyId, secretAccessKey }: Credentials,
): string {
  const names = Object.keys(headers).toSorted();
  const signedNames = names.join(';');
  const canonical = [
    'POST',
    path,
    '',
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    signedNames,
    sha256(body),
  ].join('\n');
  const time = headers['x-amz-date'] ?? '';
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (by, word) => hmac(by, word).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, text).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);
