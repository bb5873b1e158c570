/** One S3 bucket as a port: listings, versions, whole objects within a limit, conditional puts with a checksum. */
import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../core/time.ts';
import type { BucketStatePort, SourcePort } from '../../crl/ports.ts';
import { type CallHook, delays } from '../client.ts';
import type { BucketContext } from './context.ts';
import { putObject } from './put.ts';
import { listObjects, listVersions, readFacts, readObject } from './read.ts';

/** A list of 25 MB comes and goes within this; a silence of it is a fault. */
const REQUEST_MS = 15_000;

export function bucketPort(
  bucket: string,
  region: string,
  clock: Clock,
  onCall?: CallHook,
): SourcePort & BucketStatePort {
  const client = new S3Client({ region, ...delays(REQUEST_MS) });
  const line: BucketContext = { client, bucket, service: 's3', clock, onCall };
  return {
    list: (prefix, countMax, signal) => listObjects(line, prefix, countMax, signal),
    versions: (key, countMax, signal) => listVersions(line, key, countMax, signal),
    read: (of, octetsMax, signal) => readObject(line, of, octetsMax, signal),
    facts: (key, signal) => readFacts(line, key, signal),
    put: (write, signal) => putObject(line, write, signal),
  };
}
