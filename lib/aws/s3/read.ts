/** Reads an S3 bucket: listings, versions, whole objects within a limit, an object's facts. */
import { Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Reading } from '../../core/reading.ts';
import type { ObjectRef } from '../../crl/ports.ts';
import type { BucketObject, Listing, ObjectFact } from '../../crl/types/world.ts';
import { type CallContext, type CallResult, call, reading, Unreadable } from '../call.ts';

export interface BucketContext extends CallContext {
  readonly client: S3Client;
  readonly bucket: string;
}

/** S3 puts an ETag in quotes; we do not. */
export const bare = (etag: string): string => etag.replaceAll('"', '');

const KEYS_MAX = 1_000;

export const listObjects = (
  context: BucketContext,
  prefix: string,
  countMax: number,
  signal: AbortSignal,
): Promise<Reading<Listing>> =>
  reading(context, `ListBucket of ${context.bucket}`, async () => {
    const objects: ObjectFact[] = [];
    let token: string | undefined;
    do {
      const page = await call(context, 'ListObjectsV2', signal, () =>
        context.client.send(
          new ListObjectsV2Command({
            Bucket: context.bucket,
            Prefix: prefix,
            MaxKeys: Math.min(KEYS_MAX, countMax - objects.length),
            ContinuationToken: token,
          }),
          { abortSignal: signal },
        ),
      );
      if (!page.ok) return page;
      const { Name, Contents = [], KeyCount = Contents.length } = page.value;
      // S3 leaves `Contents` out where there is nothing: the other fields say that this is an answer, and a whole one.
      if (Name === undefined) throw new Unreadable('a listing that names no bucket');
      if (KeyCount !== Contents.length) {
        throw new Unreadable(`a listing of ${KeyCount} keys that holds ${Contents.length}`);
      }
      objects.push(...Contents.map(objectFact));
      token = page.value.NextContinuationToken;
      if (page.value.IsTruncated === true && token === undefined) {
        throw new Unreadable('a part of a listing that does not say where it goes on');
      }
    } while (token !== undefined && objects.length < countMax);
    return { ok: true, value: { objects, isWhole: token === undefined } };
  });

interface S3Entry {
  readonly Key?: string | undefined;
  readonly ETag?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: { getTime(): number } | undefined;
  readonly VersionId?: string | undefined;
}

function objectFact({ Key, ETag, Size, LastModified, VersionId }: S3Entry): ObjectFact {
  if (!Key || !ETag || LastModified === undefined)
    throw new Unreadable('an object without key, ETag or date');
  return {
    key: Key,
    etag: bare(ETag),
    versionId: VersionId ?? null,
    octets: Size ?? 0,
    modifiedAt: LastModified.getTime(),
  };
}

/** S3 sorts the key before all keys that begin with it, so one page holds its newest versions. */
export const listVersions = (
  context: BucketContext,
  key: string,
  countMax: number,
  signal: AbortSignal,
): Promise<Reading<Listing>> =>
  reading(context, `ListBucketVersions of ${context.bucket}`, async () => {
    const page = await call(context, 'ListObjectVersions', signal, () =>
      context.client.send(
        // Delete markers are listed among the versions and count.
        new ListObjectVersionsCommand({
          Bucket: context.bucket,
          Prefix: key,
          MaxKeys: 4 * countMax,
        }),
        { abortSignal: signal },
      ),
    );
    if (!page.ok) return page;
    if (page.value.Name === undefined) throw new Unreadable('a listing that names no bucket');
    const mine = (page.value.Versions ?? []).filter(({ Key }) => Key === key).map(objectFact);
    const objects = mine.toSorted((a, b) => b.modifiedAt - a.modifiedAt).slice(0, countMax);
    return { ok: true, value: { objects, isWhole: mine.length <= countMax } };
  });

export async function readObject(
  context: BucketContext,
  { key, versionId }: ObjectRef,
  octetsMax: number,
  signal: AbortSignal,
): Promise<Reading<BucketObject | null>> {
  return reading(context, `GetObject of ${context.bucket}/${key}`, async () => {
    const answer = await orNothing(context, 'GetObject', signal, async () => {
      const object = await context.client.send(
        new GetObjectCommand({
          Bucket: context.bucket,
          Key: key,
          ...(versionId === null ? {} : { VersionId: versionId }),
        }),
        { abortSignal: signal },
      );
      return { object, body: await collect(object, octetsMax) };
    });
    if (!answer.ok || answer.value === null) return answer.ok ? { ok: true, value: null } : answer;
    const { object, body } = answer.value;
    if (body === 'damaged')
      throw new Unreadable('the bytes that came are not those of its checksum');
    const { VersionId } = object;
    return {
      ok: true,
      value: { ...copyFact(object), versionId: VersionId ?? null, bytes: body },
    };
  });
}

interface S3Object {
  readonly ETag?: string | undefined;
  readonly ContentLength?: number | undefined;
  readonly ChecksumSHA256?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

function copyFact({ ETag, ContentLength, ChecksumSHA256, Metadata }: S3Object) {
  if (!ETag) throw new Unreadable('an object without ETag');
  // S3's checksum; where it has none (replicated copies, emulators), ours from the put.
  const sha256 = ChecksumSHA256
    ? Buffer.from(ChecksumSHA256, 'base64').toString('hex')
    : (Metadata?.['sha256'] ?? null);
  return { etag: bare(ETag), octets: ContentLength ?? 0, sha256 };
}

/** Null: larger than `octetsMax`, and not read further. */
async function collect(
  { Body, ContentLength }: GetObjectCommandOutput,
  octetsMax: number,
): Promise<Buffer | null | 'damaged'> {
  if (!(Body instanceof Readable)) return Buffer.alloc(0);
  if ((ContentLength ?? 0) > octetsMax) {
    Body.destroy();
    return null;
  }
  const chunks: Buffer[] = [];
  let octets = 0;
  try {
    for await (const chunk of Body) {
      const bytes = Buffer.from(chunk);
      octets += bytes.length;
      if (octets > octetsMax) {
        Body.destroy();
        return null;
      }
      chunks.push(bytes);
    }
  } catch (error) {
    // A plain Error of the SDK without a code.
    if (isNativeError(error) && error.message.startsWith('Checksum mismatch')) return 'damaged';
    throw error;
  }
  return Buffer.concat(chunks, octets);
}

export const readFacts = (
  context: BucketContext,
  key: string,
  signal: AbortSignal,
): Promise<Reading<Omit<BucketObject, 'bytes'> | null>> =>
  reading(context, `GetObject of ${context.bucket}/${key}`, async () => {
    const answer = await orNothing(context, 'HeadObject', signal, () =>
      context.client.send(
        new HeadObjectCommand({ Bucket: context.bucket, Key: key, ChecksumMode: 'ENABLED' }),
        { abortSignal: signal },
      ),
    );
    if (!answer.ok) return answer;
    const { value } = answer;
    if (value === null) return { ok: true, value: null };
    return { ok: true, value: { ...copyFact(value), versionId: value.VersionId ?? null } };
  });

/** Null for an object that is not there; a bucket that is not there is a fault. */
async function orNothing<T>(
  context: BucketContext,
  action: string,
  signal: AbortSignal,
  send: () => Promise<T>,
): Promise<CallResult<T | null>> {
  const answer = await call(context, action, signal, send);
  if (answer.ok || !ABSENT.has(answer.fault.code)) return answer;
  return { ok: true, value: null };
}

/** `404` is the SDK's name for a 404 without a body, as HEAD gives it. */
const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound', '404']);
