/** Reads one file: its inbox versions, its published copies, and what clients download. */
import { known, type Reading, type Unknown, unknown } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { BucketStatePort, CrlObserver } from '../ports.ts';
import { baseNameOf } from '../rules/self.ts';
import type { FileMemory } from '../state.ts';
import {
  type CandidateObservation,
  type FileMemo,
  type FileObservation,
  INBOX,
  type ObjectFact,
  type PublishedCopy,
} from '../types/world.ts';
import { readListed } from './confirmed.ts';
import { readCopies, tooLarge } from './copies.ts';

export interface FileQuestion {
  readonly fileName: string;
  readonly arrival: ObjectFact | null;
  /** The CA's own list of its certificates beside it; null: there is none. */
  readonly issued: ObjectFact | null;
  /** By S3; null: nothing is public under this name, or it cannot be listed. */
  readonly publishedAt: Instant | null;
  readonly isStranger: boolean;
  readonly isCrowd: boolean;
  /** Why the inbox could not be listed; null: it was. */
  readonly unlisted: string | null;
  readonly isAnnouncedOnly: boolean;
  readonly memo: Reading<FileMemo>;
  readonly memory: FileMemory | null;
  /** An endpoint's tag names it: its bytes are needed. */
  readonly isWanted: boolean;
}

export interface FileLimits {
  readonly octetsMax: number;
  /** Shared by all files of one pass. */
  readonly budget: { octetsLeft: number; unread: readonly string[] };
}

/** So many inbox versions are judged: a bad upload does not hide a good one shortly before it. */
const VERSIONS_MAX = 4;

export async function seeFile(
  ports: CrlObserver,
  question: FileQuestion,
  limits: FileLimits,
  signal: AbortSignal,
): Promise<FileObservation> {
  const { fileName, isWanted } = question;
  const { octetsMax } = limits;
  const copies = await readCopies(ports, fileName, question.memo, octetsMax, signal);
  const { published: whole, replica, served, replicaServed } = copies;
  const isSettled = isPublishedArrival(question, whole);
  const candidates = isSettled ? [] : await readCandidates(ports, question, limits, signal);
  const isAsked = candidates.length > 0;
  return {
    ...commonOf(ports, question),
    candidates,
    base: await readBase(ports.stateStore, fileName, isAsked, octetsMax, signal),
    issued: isAsked ? await readIssued(ports, question, octetsMax, signal) : null,
    published: isWanted || isAsked ? whole : withoutBytes(whole),
    replica,
    // Clients cannot download a name under which nothing is published.
    served: whole.known && whole.value === null ? null : served,
    replicaServed: replica?.known === true && replica.value !== null ? replicaServed : null,
  };
}

/** What is seen of a stranger's file that is not read. */
export function unreadFile(
  ports: CrlObserver,
  question: FileQuestion,
  content: Unknown,
): FileObservation {
  const { arrival } = question;
  return {
    ...commonOf(ports, question),
    candidates: arrival === null ? [] : [{ object: arrival, content }],
    base: null,
    issued: null,
    published: known(null, content.at),
    replica: null,
    served: null,
    replicaServed: null,
  };
}

const commonOf = ({ site }: CrlObserver, question: FileQuestion) => ({
  fileName: question.fileName,
  url: site?.urlOf(question.fileName) ?? null,
  isStranger: question.isStranger,
  isCrowd: question.isCrowd,
  arrival: question.arrival,
  isAnnouncedOnly: question.isAnnouncedOnly,
  memo: question.memo,
});

/** Null: there is none. */
async function readIssued(
  { source }: CrlObserver,
  { issued }: FileQuestion,
  octetsMax: number,
  signal: AbortSignal,
): Promise<Reading<Uint8Array | null> | null> {
  if (issued === null) return null;
  const reading = await source.read({ key: issued.key, versionId: null }, octetsMax, signal);
  return reading.known ? known(reading.value?.bytes ?? null, reading.at) : reading;
}

/**
 * The newest in the inbox is what is published: nothing to judge. Of what came later than it was published the memory alone
 * would say so: that is read.
 */
const isPublishedArrival = (
  { arrival, publishedAt, memory, isAnnouncedOnly, unlisted }: FileQuestion,
  published: Reading<PublishedCopy | null>,
): boolean => {
  if (unlisted !== null) return true;
  if (arrival === null) return !isAnnouncedOnly;
  return (
    publishedAt !== null &&
    publishedAt >= arrival.modifiedAt &&
    memory?.etag === arrival.etag &&
    memory.sha256 !== null &&
    published.known &&
    published.value?.sha256 === memory.sha256
  );
};

async function readCandidates(
  ports: CrlObserver,
  question: FileQuestion,
  { octetsMax, budget }: FileLimits,
  signal: AbortSignal,
): Promise<readonly CandidateObservation[]> {
  const objects = await choose(ports, question, signal);
  const octets = objects.reduce((sum, one) => sum + Math.min(one.octets, octetsMax), 0);
  if (octets > budget.octetsLeft) {
    budget.unread = [...budget.unread, question.fileName];
    return [];
  }
  budget.octetsLeft -= octets;
  const read: CandidateObservation[] = [];
  for (const object of objects) {
    const ref = { key: object.key, versionId: object.versionId };
    read.push({ object, content: await readListed(ports, ref, object, octetsMax, signal) });
  }
  return read;
}

/** The newest, then older ones back to the published one; of an unknown name only the newest. */
async function choose(
  { source }: CrlObserver,
  { fileName, arrival, memory, memo }: FileQuestion,
  signal: AbortSignal,
): Promise<readonly ObjectFact[]> {
  const isUnknownName = memo.known && memo.value.highWater === null;
  if (isUnknownName && arrival !== null) return [arrival];
  const versions = await source.versions(INBOX + fileName, VERSIONS_MAX, signal);
  if (!versions.known || versions.value.objects.length === 0)
    return arrival === null ? [] : [arrival];
  const { objects } = versions.value;
  const settledAt = objects.findIndex(
    ({ etag }) => memory?.sha256 !== null && etag === memory?.etag,
  );
  // The published one itself is judged again only when nothing newer lies there: it may have been taken away.
  return settledAt > 0 ? objects.slice(0, settledAt) : objects;
}

async function readBase(
  stateStore: BucketStatePort,
  fileName: string,
  isAsked: boolean,
  octetsMax: number,
  signal: AbortSignal,
): Promise<Reading<Uint8Array | null> | null> {
  const baseName = isAsked ? baseNameOf(fileName) : null;
  if (baseName === null) return null;
  const reading = await stateStore.read({ key: baseName, versionId: null }, octetsMax, signal);
  if (!reading.known) return reading;
  const { value, at } = reading;
  if (value !== null && value.bytes === null) return unknown(tooLarge(value.octets, octetsMax), at);
  return known(value?.bytes ?? null, at);
}

const withoutBytes = (reading: Reading<PublishedCopy | null>): Reading<PublishedCopy | null> =>
  reading.known && reading.value !== null
    ? known({ ...reading.value, bytes: null }, reading.at)
    : reading;
