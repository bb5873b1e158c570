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
import { partitionOf } from '../../core/serviceAddress.ts';
import type { StackChangePort } from '../../core/stackChangePort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, reading } from '../call.ts';
import { delays } from '../client.ts';

/** A zip of 250 KB over a slow line. */
const REQUEST_MS = 15_000;

/** A bucket of another account is refused by `ExpectedBucketOwner`, whatever its name. Refusals name IAM's action. */
export function codeBucketPort(
  region: string,
  clock: Clock,
): Pick<StackChangePort, 'hasBucket' | 'makeBucket' | 'closeBucket' | 'putCode'> {
  const client = new S3Client({ region, ...delays(REQUEST_MS) });
  const context: CallContext = { service: 's3', clock };
  const asked = <T>(action: string, signal: AbortSignal, send: () => Promise<unknown>, value: T) =>
    reading<T>(context, action, async () => {
      const answer = await call(context, action, signal, send);
      return answer.ok ? { ok: true, value } : answer;
    });
  const isThere = (action: string, signal: AbortSignal, send: () => Promise<unknown>) =>
    reading<boolean>(context, action, async () => {
      const answer = await call(context, action, signal, send);
      if (answer.ok) return { ok: true, value: true };
      return ABSENT.has(answer.fault.code) ? { ok: true, value: false } : answer;
    });
  return {
    hasBucket: ({ name, accountId }, signal) => {
      const command = new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: accountId });
      return isThere('ListBucket', signal, () => client.send(command, { abortSignal: signal }));
    },
    makeBucket: ({ name }, signal) => {
      const command = new CreateBucketCommand({ Bucket: name, ...inRegion(region) });
      const send = () => client.send(command, { abortSignal: signal });
      return asked('CreateBucket', signal, send, null);
    },
    async closeBucket({ name, accountId }, signal) {
      const place = { Bucket: name, ExpectedBucketOwner: accountId };
      const block = new PutPublicAccessBlockCommand({
        ...place,
        PublicAccessBlockConfiguration: CLOSED,
      });
      const policy = new PutBucketPolicyCommand({ ...place, Policy: tlsOnly(name, region) });
      const sendBlock = () => client.send(block, { abortSignal: signal });
      const closed = await asked('PutBucketPublicAccessBlock', signal, sendBlock, null);
      if (!closed.known) return closed;
      const sendPolicy = () => client.send(policy, { abortSignal: signal });
      return asked('PutBucketPolicy', signal, sendPolicy, null);
    },
    async putCode({ name, accountId }, key, bytes, signal) {
      const place = { Bucket: name, Key: key, ExpectedBucketOwner: accountId };
      const head = new HeadObjectCommand(place);
      const there = await isThere('GetObject', signal, () =>
        client.send(head, { abortSignal: signal }),
      );
      if (!there.known) return there;
      if (there.value) return { ...there, value: false };
      const put = new PutObjectCommand({ ...place, Body: bytes, ContentLength: bytes.length });
      return asked('PutObject', signal, () => client.send(put, { abortSignal: signal }), true);
    },
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
const ABSENT: ReadonlySet<string> = new Set(['NotFound', 'NoSuchBucket', 'NoSuchKey', '404']);

const CLOSED = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const;

function tlsOnly(name: string, region: string): string {
  const bucket = `arn:${partitionOf(region)}:s3:::${name}`;
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
