/** One S3 bucket as a port: bounded reads, and conditional puts with a checksum. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../core/time.ts';
import type { BucketStatePort, BucketStateWrite, PutAnswer, SourcePort } from '../../crl/ports.ts';
import { call } from '../call.ts';
import { type CallHook, delays, hooked } from '../client.ts';
import { tellFault } from '../errors.ts';
import {
  type BucketContext,
  bare,
  listObjects,
  listVersions,
  readFacts,
  readObject,
} from './read.ts';

/** A CRL of 25 MB is read or written within this; a longer silence is a fault. */
const REQUEST_MS = 15_000;

export function bucketPort(
  bucket: string,
  region: string,
  clock: Clock,
  onCall?: CallHook,
): SourcePort & BucketStatePort {
  const client = hooked(new S3Client({ region, ...delays(REQUEST_MS) }), onCall);
  const context: BucketContext = { client, bucket, service: 's3', clock };
  return {
    list: (prefix, countMax, signal) => listObjects(context, prefix, countMax, signal),
    versions: (key, countMax, signal) => listVersions(context, key, countMax, signal),
    read: (of, octetsMax, signal) => readObject(context, of, octetsMax, signal),
    facts: (key, signal) => readFacts(context, key, signal),
    put: (write, signal) => putObject(context, write, signal),
  };
}

/** Puts one object over what was seen there (`overEtag`; null: nothing), with a checksum that S3 compares. */
async function putObject(
  context: BucketContext,
  write: BucketStateWrite,
  signal: AbortSignal,
): Promise<PutAnswer> {
  const { key, bytes, sha256, overEtag, contentType, cacheControl, metadata } = write;
  const answer = await call(context, 'PutObject', signal, () =>
    context.client.send(
      new PutObjectCommand({
        Bucket: context.bucket,
        Key: key,
        Body: bytes,
        ContentLength: bytes.length,
        ContentType: contentType,
        CacheControl: cacheControl,
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        Metadata: { ...metadata },
        ...(overEtag === null ? { IfNoneMatch: '*' } : { IfMatch: `"${overEtag}"` }),
      }),
      { abortSignal: signal },
    ),
  );
  if (answer.ok) return { kind: 'written', etag: bare(answer.value.ETag ?? '') };
  const { fault } = answer;
  const why = tellFault(fault, `s3:PutObject to ${context.bucket}/${key}`, GRANT);
  if (CHANGED.has(fault.code)) return { kind: 'changed', why };
  const isUnclear = fault.kind === 'lost' || fault.kind === 'aborted';
  return { kind: isUnclear ? 'unclear' : 'refused', why };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html (read 2026-11-20) */
const CHANGED: ReadonlySet<string> = new Set([
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
  'NotFound',
  '404',
]);

const GRANT =
  "grant it to the function's role, with kms:GenerateDataKey where the bucket has a key of its own";
