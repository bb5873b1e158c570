/** The bucket that CloudFormation takes the template and the functions' code from. */
import {
  BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { StackChangePort } from '../../core/stackChangePort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, type CallResult, call, reading } from '../call.ts';
import { delays } from '../client.ts';

/** A zip of 250 KB over a slow line. */
const REQUEST_MS = 15_000;

/** A bucket of another account is refused by `ExpectedBucketOwner`, whatever its name. */
export function codeBucketPort(
  region: string,
  clock: Clock,
): Pick<StackChangePort, 'hasBucket' | 'makeBucket' | 'putCode'> {
  const client = new S3Client({ region, ...delays(REQUEST_MS) });
  const context: CallContext = { service: 's3', clock };
  const ask = <T>(action: string, signal: AbortSignal, send: () => Promise<T>) =>
    call(context, action, signal, send);
  return {
    hasBucket: ({ name, accountId }, signal) =>
      reading(context, 'HeadBucket', async () =>
        isThere(
          await ask('HeadBucket', signal, () =>
            client.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: accountId }), {
              abortSignal: signal,
            }),
          ),
        ),
      ),
    makeBucket: ({ name, accountId }, signal) =>
      reading<null>(context, 'CreateBucket', async () => {
        const options = { abortSignal: signal };
        const place = { Bucket: name, ExpectedBucketOwner: accountId };
        const closed = { ...place, PublicAccessBlockConfiguration: CLOSED };
        const policy = { ...place, Policy: tlsOnly(name, region) };
        const steps: readonly (() => Promise<unknown>)[] = [
          () =>
            client.send(new CreateBucketCommand({ Bucket: name, ...inRegion(region) }), options),
          () => client.send(new PutPublicAccessBlockCommand(closed), options),
          () => client.send(new PutBucketPolicyCommand(policy), options),
        ];
        for (const step of steps) {
          const answer = await ask('CreateBucket', signal, step);
          if (!answer.ok) return answer;
        }
        return { ok: true, value: null };
      }),
    putCode: ({ name, accountId }, key, bytes, signal) =>
      reading<boolean>(context, 'PutObject', async () => {
        const place = { Bucket: name, Key: key, ExpectedBucketOwner: accountId };
        const there = isThere(
          await ask('HeadObject', signal, () =>
            client.send(new HeadObjectCommand(place), { abortSignal: signal }),
          ),
        );
        if (!there.ok || there.value) return there.ok ? { ok: true, value: false } : there;
        const answer = await ask('PutObject', signal, () =>
          client.send(
            new PutObjectCommand({ ...place, Body: bytes, ContentLength: bytes.length }),
            { abortSignal: signal },
          ),
        );
        return answer.ok ? { ok: true, value: true } : answer;
      }),
  };
}

/** The oldest region has no constraint of its own. */
function inRegion(region: string) {
  const constraint = Object.values(BucketLocationConstraint).find((one) => one === region);
  return constraint === undefined || region === 'us-east-1'
    ? {}
    : { CreateBucketConfiguration: { LocationConstraint: constraint } };
}

/** S3 answers a HEAD without a body: what is not there has no code but the status. */
function isThere(answer: CallResult<unknown>): CallResult<boolean> {
  if (answer.ok) return { ok: true, value: true };
  return ABSENT.has(answer.fault.code) ? { ok: true, value: false } : answer;
}

const ABSENT: ReadonlySet<string> = new Set(['NotFound', 'NoSuchBucket', 'NoSuchKey', '404']);

const CLOSED = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const;

function tlsOnly(name: string, region: string): string {
  const partition = region.startsWith('cn-')
    ? 'aws-cn'
    : region.startsWith('us-gov-')
      ? 'aws-us-gov'
      : 'aws';
  const bucket = `arn:${partition}:s3:::${name}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket, `${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
}
