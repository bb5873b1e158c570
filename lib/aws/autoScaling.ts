/** Calls of Auto Scaling, without its client. */
import { regionalAddress } from '../core/serviceAddress.ts';
import type { Instant } from '../core/time.ts';
import { type CredentialSource, serviceError, signedPost } from './signedPost.ts';

export interface AutoScalingRequest {
  readonly region: string;
  /** Null: that of AWS. */
  readonly address: string | null;
  readonly now: Instant;
  readonly credentials: CredentialSource;
}

const API_VERSION = '2011-01-01';

/**
 * The XML of a success.
 * @throws {Error} as the SDK throws: with AWS's code as its name.
 */
export async function askAutoScaling(
  action: string,
  parameters: Readonly<Record<string, string>>,
  { region, address, now, credentials }: AutoScalingRequest,
  signal: AbortSignal,
): Promise<string> {
  const service = 'autoscaling';
  const url = new URL('/', address ?? regionalAddress(service, region));
  const body = new URLSearchParams({
    Action: action,
    Version: API_VERSION,
    ...parameters,
  }).toString();
  const contentType = 'application/x-www-form-urlencoded';
  const post = { url, service, region, contentType, body };
  const text = await signedPost(post, credentials, now, signal);
  if (text.includes(`<${action}Response`)) return text;
  throw serviceError(200, text);
}
