/** What started the publisher: an object in its bucket, or the schedule. It only says "look now". */
import * as v from 'valibot';
import { INBOX, ISSUED } from '../../crl/types/world.ts';

export type CrlEvent =
  /** An inbox file was announced. */
  | { readonly kind: 'arrival'; readonly arrival: Announced }
  /** The schedule, a change of the issuers, a person: everything is read. */
  | { readonly kind: 'look' }
  | { readonly kind: 'ignored'; readonly why: string };

export interface Announced {
  readonly fileName: string;
  readonly etag: string;
  /** Hexadecimal; later events of one key have greater ones. */
  readonly sequencer: string;
}

const S3 = v.object({
  source: v.literal('aws.s3'),
  detail: v.object({
    bucket: v.object({ name: v.string() }),
    object: v.object({
      key: v.pipe(v.string(), v.maxLength(1_024)),
      etag: v.optional(v.string(), ''),
      sequencer: v.optional(v.string(), ''),
    }),
  }),
});

/** EventBridge's key is the key itself, not URL-encoded as in S3's own notifications: `CA+.crl` is `CA+.crl`. */
export function readCrlEvent(event: unknown, bucket: string): CrlEvent {
  const parsed = v.safeParse(S3, event);
  if (!parsed.success) {
    const isS3 = v.safeParse(v.object({ source: v.literal('aws.s3') }), event).success;
    if (!isS3) return { kind: 'look' };
    return {
      kind: 'ignored',
      why: 'an S3 event without bucket and key; see the rule that sends it',
    };
  }
  const { bucket: of, object } = parsed.output.detail;
  if (of.name !== bucket)
    return { kind: 'ignored', why: `the event is of bucket ${of.name}, the inbox is in ${bucket}` };
  const { key, etag, sequencer } = object;
  if (!key.startsWith(INBOX) || key.endsWith(ISSUED)) return { kind: 'look' };
  const fileName = key.slice(INBOX.length);
  if (fileName === '' || fileName.endsWith('/'))
    return { kind: 'ignored', why: `${JSON.stringify(key)} is a folder, no file` };
  return { kind: 'arrival', arrival: { fileName, etag: bare(etag), sequencer } };
}

/** Whether this very arrival, or a later one of the same name, has been judged: the event came twice, or late. */
export function isOldNews(
  { etag, sequencer }: Announced,
  judged: { readonly etag: string; readonly sequencer: string | null } | undefined,
): boolean {
  if (judged?.sequencer === undefined || judged.sequencer === null || sequencer === '')
    return false;
  const order = compareSequencers(sequencer, judged.sequencer);
  return order < 0 || (order === 0 && bare(judged.etag) === etag);
}

/**
 * By value: the shorter one is padded on its left.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html (read 2026-11-20)
 */
export function compareSequencers(one: string, other: string): number {
  const length = Math.max(one.length, other.length);
  const a = one.toUpperCase().padStart(length, '0');
  const b = other.toUpperCase().padStart(length, '0');
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const bare = (etag: string): string => etag.replaceAll('"', '');
