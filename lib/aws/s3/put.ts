/** One object into an S3 bucket: conditional on what was seen there, with a checksum that S3 compares. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { BucketStateWrite, PutAnswer } from '../../crl/ports.ts';
import { attempt } from '../call.ts';
import { tellFault } from '../fault.ts';
import { type BucketContext, bare } from './context.ts';

export async function putObject(
  line: BucketContext,
  write: BucketStateWrite,
  signal: AbortSignal,
): Promise<PutAnswer> {
  const { key, bytes, sha256, overEtag, contentType, cacheControl, metadata } = write;
  const answer = await attempt(line, 'PutObject', signal, () =>
    line.client.send(
      new PutObjectCommand({
        Bucket: line.bucket,
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
  const why = tellFault(fault, `s3:PutObject to ${line.bucket}/${key}`, GRANT);
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
