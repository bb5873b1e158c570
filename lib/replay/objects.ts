/** The S3 buckets of a capture: what its lines say, and what was put during the replay. Versions are kept. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AwsCall } from '../aws/client.ts';
import type { Answer, Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import { compare } from '../core/order.ts';
import { type Clock, type Instant, toDate } from '../core/time.ts';
import { INBOX, ISSUERS } from '../crl/types/world.ts';
import { awsError, textOf } from './fields.ts';

/** Of the bucket with inbox and issuers, and of the public one. */
export interface Buckets {
  readonly source: string;
  readonly published: string;
}

export interface Objects {
  /** @throws {Error} as S3 would answer. */
  answer(call: AwsCall): Fields;
  /** Uploads to the inbox, by time. */
  readonly arrivals: readonly Arrival[];
}

export interface Arrival {
  readonly at: Instant;
  readonly key: string;
  readonly etag: string;
  /** Hexadecimal, later ones greater. */
  readonly sequencer: string;
}

type Version =
  | {
      readonly kind: 'object';
      readonly id: string;
      readonly bytes: Buffer;
      readonly etag: string;
      readonly at: Instant;
      readonly metadata: Fields;
    }
  /** It was deleted, or was never there. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

/** `recorded`: lines of the service `s3`, by time. */
export function openObjects(recorded: readonly Answer[], buckets: Buckets, clock: Clock): Objects {
  const versions = openVersions();
  let played = 0;

  /** A recorded line replaces what was put before it. */
  function playRecorded(): void {
    for (; played < recorded.length; played += 1) {
      const answer = recorded[played];
      if (answer === undefined || answer.at > clock.now()) return;
      const [bucket, key] = placeOf(answer, buckets);
      versions.put(bucket, key, versionOf(answer, versions.made));
    }
  }

  return {
    answer({ operation, input }) {
      playRecorded();
      const fields = fieldsOf(input);
      switch (operation) {
        case 'GetObject':
        case 'HeadObject':
          return read(versions, fields);
        case 'ListObjectsV2':
          return list(versions, fields);
        case 'ListObjectVersions':
          return listVersions(versions, fields);
        case 'PutObject':
          return write(versions, fields, clock.now());
        default:
          throw awsError('NotImplemented', `a replay does not know s3:${operation}`);
      }
    },
    arrivals: arrivalsOf(recorded, buckets),
  };
}

interface Versions {
  put(bucket: string, key: string, version: Version): void;
  /** A new version, with an id and an ETag of its own. */
  made(bytes: Buffer, metadata: Fields, at: Instant): Version & { readonly etag: string };
  /** Newest first. */
  of(bucket: string, key: string): readonly Version[];
  /** Every key with its versions, newest first. */
  keysOf(bucket: string): readonly (readonly [string, readonly Version[]])[];
}

function openVersions(): Versions {
  const objects = new Map<string, Map<string, Version[]>>();
  let versionCount = 0;
  return {
    put(bucket, key, version) {
      const keys = objects.get(bucket) ?? new Map<string, Version[]>();
      objects.set(bucket, keys);
      keys.set(key, [version, ...(keys.get(key) ?? [])]);
    },
    made(bytes, metadata, at) {
      versionCount += 1;
      const etag = createHash('md5').update(bytes).digest('hex');
      return { kind: 'object', id: `v${versionCount}`, bytes, etag, at, metadata };
    },
    of: (bucket, key) => objects.get(bucket)?.get(key) ?? [],
    keysOf: (bucket) => [...(objects.get(bucket) ?? [])],
  };
}

function read(versions: Versions, { Bucket, Key, VersionId }: Fields): Fields {
  const all = versions.of(textOf(Bucket), textOf(Key));
  const version =
    VersionId === undefined
      ? all[0]
      : all.find((one) => one.kind === 'object' && one.id === VersionId);
  if (version?.kind === 'error') throw awsError(version.name, version.message);
  if (version?.kind !== 'object') {
    throw awsError('NoSuchKey', 'The specified key does not exist.');
  }
  return {
    ETag: `"${version.etag}"`,
    ContentLength: version.bytes.length,
    VersionId: version.id,
    LastModified: toDate(version.at),
    Metadata: version.metadata,
    Body: Readable.from([version.bytes]),
  };
}

function list(versions: Versions, input: Fields): Fields {
  const prefix = textOf(input['Prefix']);
  const all = versions
    .keysOf(textOf(input['Bucket']))
    .filter(([key]) => key.startsWith(prefix))
    .toSorted(([a], [b]) => compare(a, b))
    .flatMap(([key, [newest]]) => (newest === undefined ? [] : factsOf(key, newest)));
  const limit = Number(input['MaxKeys'] ?? 1_000);
  const start = Number(input['ContinuationToken'] ?? 0);
  const isTruncated = start + limit < all.length;
  return {
    Name: textOf(input['Bucket']),
    Contents: all.slice(start, start + limit),
    IsTruncated: isTruncated,
    ...(isTruncated ? { NextContinuationToken: String(start + limit) } : {}),
  };
}

function listVersions(versions: Versions, { Bucket, Prefix }: Fields): Fields {
  const [bucket, key] = [textOf(Bucket), textOf(Prefix)];
  return {
    Name: bucket,
    Versions: versions.of(bucket, key).flatMap((one) => factsOf(key, one)),
  };
}

function write(versions: Versions, input: Fields, now: Instant): Fields {
  const { Bucket, Key, Body, IfMatch, IfNoneMatch, Metadata } = input;
  const [before] = versions.of(textOf(Bucket), textOf(Key));
  const etag = before?.kind === 'object' ? `"${before.etag}"` : null;
  if ((IfNoneMatch === '*' && etag !== null) || (IfMatch !== undefined && IfMatch !== etag)) {
    throw awsError('PreconditionFailed', 'At least one of the preconditions did not hold');
  }
  const bytes = Body instanceof Uint8Array ? Buffer.from(Body) : Buffer.alloc(0);
  const version = versions.made(bytes, fieldsOf(Metadata), now);
  versions.put(textOf(Bucket), textOf(Key), version);
  return { ETag: `"${version.etag}"` };
}

function versionOf({ at, result }: Answer, made: Versions['made']): Version {
  if (result.kind === 'output') return made(bytesOf(result.output), {}, at);
  return ABSENT.has(result.name) ? { kind: 'absent' } : result;
}

const bytesOf = ({ BodyBase64 }: Fields): Buffer => Buffer.from(textOf(BodyBase64), 'base64');

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion', '404']);

const factsOf = (key: string, version: Version): readonly Fields[] =>
  version.kind === 'object'
    ? [
        {
          Key: key,
          ETag: `"${version.etag}"`,
          Size: version.bytes.length,
          LastModified: toDate(version.at),
          VersionId: version.id,
        },
      ]
    : [];

/** `inbox` and `issuers` are two folders of one bucket. */
function placeOf({ input }: Answer, buckets: Buckets): readonly [string, string] {
  const { Bucket, Key } = input;
  const key = textOf(Key);
  const under = (folder: string) => (key.startsWith(folder) ? key : folder + key);
  if (Bucket === 'inbox') return [buckets.source, under(INBOX)];
  if (Bucket === 'issuers') return [buckets.source, under(ISSUERS)];
  return [buckets.published, key];
}

const arrivalsOf = (recorded: readonly Answer[], buckets: Buckets): readonly Arrival[] =>
  recorded.flatMap((answer, index) => {
    const [bucket, key] = placeOf(answer, buckets);
    const { result, at } = answer;
    if (result.kind === 'error' || bucket !== buckets.source || !key.startsWith(INBOX)) return [];
    const etag = createHash('md5').update(bytesOf(result.output)).digest('hex');
    return [{ at, key, etag, sequencer: index.toString(16).padStart(16, '0') }];
  });
