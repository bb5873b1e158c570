/** The files of the CRL publisher's buckets as answers of a capture: inbox, issuers, and what is published. Read only. */
import type { SourcePort } from '../../crl/ports.ts';
import { INBOX, ISSUERS } from '../../crl/types/world.ts';
import type { AwsClients } from '../awsClients.ts';
import { Unable } from '../terminal.ts';

export interface CrlBuckets {
  /** With inbox and issuers. */
  readonly source: string;
  readonly published: string;
}

/** Out of `--crl-buckets INBOX,PUBLIC`. @throws {Unable} for anything but two names. */
export function crlBucketsOf(text: string): CrlBuckets {
  const [source, published, ...more] = text.split(',').map((name) => name.trim());
  if (!source || !published || more.length > 0) {
    throw new Unable(`--crl-buckets ${text}: two names, as in INBOX-BUCKET,PUBLIC-BUCKET`);
  }
  return { source, published };
}

export interface RecordedObject {
  /** As a capture names it: `inbox`, `issuers` or `public`. */
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export type Objects =
  | { readonly kind: 'read'; readonly objects: readonly RecordedObject[] }
  | { readonly kind: 'unread'; readonly why: string };

/** More, or larger ones, are no CRLs of an on-call team's size: the file would hold nothing else. */
const FILES_MAX = 200;
const OCTETS_MAX = 2_000_000;

/** Every file, whole, or none: a part of a bucket would look like all of it. */
export async function readObjects(
  clients: Pick<AwsClients, 'bucket'>,
  homeRegion: string,
  { source, published }: CrlBuckets,
  signal: AbortSignal,
): Promise<Objects> {
  const [inboxAndIssuers, publicOnes] = await Promise.all([
    clients.bucket(homeRegion, source),
    clients.bucket(homeRegion, published),
  ]);
  const objects: RecordedObject[] = [];
  for (const [bucket, port, prefix] of [
    ['inbox', inboxAndIssuers, INBOX],
    ['issuers', inboxAndIssuers, ISSUERS],
    ['public', publicOnes, ''],
  ] as const) {
    const read = await readFolder(bucket, port, prefix, signal);
    if (read.kind === 'unread') return read;
    objects.push(...read.objects);
  }
  return { kind: 'read', objects };
}

async function readFolder(
  bucket: string,
  port: SourcePort,
  prefix: string,
  signal: AbortSignal,
): Promise<Objects> {
  const listing = await port.list(prefix, FILES_MAX, signal);
  if (!listing.known) return { kind: 'unread', why: listing.why };
  if (!listing.value.isWhole)
    return { kind: 'unread', why: `${bucket} holds over ${FILES_MAX} files` };
  const objects: RecordedObject[] = [];
  for (const { key, octets } of listing.value.objects) {
    if (key.endsWith('/')) continue;
    const read = await port.read({ key, versionId: null }, OCTETS_MAX, signal);
    if (!read.known) return { kind: 'unread', why: read.why };
    // Gone since it was listed.
    if (read.value === null) continue;
    const { bytes } = read.value;
    if (bytes === null) return { kind: 'unread', why: `${key} has ${octets} bytes` };
    objects.push({ bucket, key: key.slice(prefix.length), bytes });
  }
  return { kind: 'read', objects };
}
