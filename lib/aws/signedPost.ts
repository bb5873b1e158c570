/** One signed POST to a service of which we call so little that its SDK client would weigh more than all that calls it. */
import type { Instant } from '../core/time.ts';
import { type Credentials, type Post, signedHeaders } from './signature.ts';

export type CredentialSource = () => Promise<Credentials>;

const CALL_MS = 5_000;

/**
 * The body of a success.
 * @throws {Error} as the SDK throws: with AWS's code as its name, or `TimeoutError` without an answer.
 */
export async function signedPost(
  post: Post,
  credentials: CredentialSource,
  now: Instant,
  signal: AbortSignal,
): Promise<string> {
  const { url, body } = post;
  const headers = signedHeaders(post, await credentials(), now);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: limit });
    const text = await response.text();
    if (response.ok) return text;
    throw serviceError(response.status, text);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw Object.assign(new Error('no answer', { cause }), { code: 'TimeoutError' });
  }
}

class ServiceError extends Error {
  readonly $fault = 'client';
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, message: string, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

/** By the XML of the query protocol, or by JSON. A success that is none may have been one: it counts as a server error. */
export function serviceError(status: number, text: string): Error {
  const first = (...patterns: readonly RegExp[]) =>
    patterns.map((pattern) => pattern.exec(text)?.[1]).find((one) => one !== undefined);
  return new ServiceError(
    first(/<Code>([^<]{1,200})</, /"__type" ?: ?"(?:[^"#]{0,200}#)?([^"#]{1,200})"/) ??
      'UnreadableAnswer',
    first(/<Message>([^<]{0,2000})</, /"[Mm]essage" ?: ?"([^"]{0,2000})"/) ?? `HTTP ${status}`,
    status < 300 ? 500 : status,
  );
}
