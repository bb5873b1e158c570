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
  /** By bucket and key, newest first. */
  const objects = new Map<string, Map<string, Version[]>>();
  let played = 0;
  let versionCount = 0;

  function put(bucket: string, key: string, version: Version): void {
    const keys = objects.get(bucket) ?? new Map<string, Version[]>();
    objects.set(bucket, keys);
    keys.set(key, [version, ...(keys.get(key) ?? [])]);
  }

  function made(bytes: Buffer, metadata: Fields, at: Instant): Version & { readonly etag: string } {
    versionCount += 1;
    const etag = createHash('md5').update(bytes).digest('hex');
    return { kind: 'object', id: `v${versionCount}`, bytes, etag, at, metadata };
  }

  /** A recorded line replaces what was put before it. */
  function playRecorded(): void {
    for (; played < recorded.length; played += 1) {
      const answer = recorded[played];
      if (answer === undefined || answer.at > clock.now()) return;
      const [bucket, key] = placeOf(answer, buckets);
      put(bucket, key, versionOf(answer, made));
    }
  }

  const versionsOf = (bucket: string, key: string): readonly Version[] =>
    objects.get(bucket)?.get(key) ?? [];

  function read(input: Fields): Fields {
    const { Bucket, Key, VersionId } = input;
    const all = versionsOf(textOf(Bucket), textOf(Key));
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

  function list(input: Fields): Fields {
    const prefix = textOf(input['Prefix']);
    const all = [...(objects.get(textOf(input['Bucket'])) ?? [])]
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

  function write(input: Fields): Fields {
    const { Bucket, Key, Body, IfMatch, IfNoneMatch, Metadata } = input;
    const [before] = versionsOf(textOf(Bucket), textOf(Key));
    const etag = before?.kind === 'object' ? `"${before.etag}"` : null;
    if ((IfNoneMatch === '*' && etag !== null) || (IfMatch !== undefined && IfMatch !== etag)) {
      throw awsError('PreconditionFailed', 'At least one of the preconditions did not hold');
    }
    const bytes = Body instanceof Uint8Array ? Buffer.from(Body) : Buffer.alloc(0);
    const version = made(bytes, fieldsOf(Metadata), clock.now());
    put(textOf(Bucket), textOf(Key), version);
    return { ETag: `"${version.etag}"` };
  }

  return {
    answer({ operation, input }) {
      playRecorded();
      const fields = fieldsOf(input);
      switch (operation) {
        case 'GetObject':
        case 'HeadObject':
          return read(fields);
        case 'ListObjectsV2':
          return list(fields);
        case 'ListObjectVersions': {
          const key = textOf(fields['Prefix']);
          const all = versionsOf(textOf(fields['Bucket']), key);
          return {
            Name: textOf(fields['Bucket']),
            Versions: all.flatMap((one) => factsOf(key, one)),
          };
        }
        case 'PutObject':
          return write(fields);
        default:
          throw awsError('NotImplemented', `a replay does not know s3:${operation}`);
      }
    },
    arrivals: arrivalsOf(recorded, buckets),
  };
}

function versionOf(
  { at, result }: Answer,
  made: (bytes: Buffer, metadata: Fields, at: Instant) => Version,
): Version {
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
