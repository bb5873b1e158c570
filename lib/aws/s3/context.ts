/** One S3 bucket as its readers and its writer reach it. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Line } from '../call.ts';

export interface BucketContext extends Line {
  readonly client: S3Client;
  readonly bucket: string;
}

/** S3 puts an ETag in quotes; we never do. */
export const bare = (etag: string): string => etag.replaceAll('"', '');
