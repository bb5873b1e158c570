/** One KMS key: whose it is, and whether it can be used. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import { regionalAddress } from '../core/serviceAddress.ts';
import type { Clock } from '../core/time.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import type { KeyFact } from '../repairs/types/machine.ts';
import { type CallContext, type CallResult, call, reading, Unreadable } from './call.ts';
import { type CredentialSource, signedPost } from './signedPost.ts';

export interface KeySettings {
  /** Where the volumes are. */
  readonly region: string;
  /** Null: that of AWS. */
  readonly kmsUrl: string | null;
  readonly clock: Clock;
  readonly credentials?: CredentialSource;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html (read 2026-11-29) */
const Described = v.object({
  KeyMetadata: v.object({ KeyManager: v.string(), KeyState: v.string() }),
});

export function keyPort({
  region,
  kmsUrl,
  clock,
  credentials = fromEnv(),
}: KeySettings): Pick<InstanceControlPort, 'key'> {
  const context: CallContext = { service: 'kms', clock };
  const service = 'kms';
  const url = new URL('/', kmsUrl ?? regionalAddress(service, region));
  return {
    key: (kmsKeyArn, signal) =>
      reading(context, 'DescribeKey', async (): Promise<CallResult<KeyFact>> => {
        const answer = await call(context, 'DescribeKey', signal, () => {
          const body = JSON.stringify({ KeyId: kmsKeyArn });
          const contentType = 'application/x-amz-json-1.1';
          const target = 'TrentService.DescribeKey';
          const post = { url, service, region, contentType, target, body };
          return signedPost(post, credentials, clock.now(), signal);
        });
        if (!answer.ok) return answer;
        const read = v.safeParse(Described, parseJson(answer.value));
        if (!read.success) throw new Unreadable(`it does not describe ${kmsKeyArn}`);
        const { KeyManager, KeyState } = read.output.KeyMetadata;
        return { ok: true, value: { isAwsManaged: KeyManager === 'AWS', state: KeyState } };
      }),
  };
}
