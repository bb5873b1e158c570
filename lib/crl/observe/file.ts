/** Reads one file: its inbox versions, its published copies, and what clients download. */
import { createHash } from 'node:crypto';
import { known, type Reading, type Unknown, unknown } from '../../core/reading.ts';
import type { BucketStatePort, CrlObserver } from '../ports.ts';
import { odditiesOf } from '../rules/oddities.ts';
import { baseNameOf } from '../rules/self.ts';
import type { FileMemory } from '../state.ts';
import {
  type CandidateObservation,
  type CrlFacts,
  type FileMemo,
  type FileObservation,
  INBOX,
  type ObjectFact,
  type PublishedCopy,
} from '../types/world.ts';
import { parseCrl } from '../x509/parse.ts';
import { scopeOf } from '../x509/scope.ts';

export interface FileQuestion {
  readonly fileName: string;
  readonly arrival: ObjectFact | null;
  /** The CA's own list of its certificates beside it; null: there is none. */
  readonly issued: ObjectFact | null;
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
  const url = ports.site?.urlOf(fileName) ?? null;
  const [whole, replica, served, replicaServed] = await Promise.all([
    readPublished(ports.stateStore, fileName, limits.octetsMax, url, signal),
    ports.replica?.facts(fileName, signal) ?? null,
    ports.site?.fetch(fileName, limits.octetsMax, signal) ?? null,
    ports.replicaSite?.fetch(fileName, limits.octetsMax, signal) ?? null,
  ]);
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

/** The newest in the inbox is what is published: nothing to judge. */
const isPublishedArrival = (
  { arrival, memory, isAnnouncedOnly, unlisted }: FileQuestion,
  published: Reading<PublishedCopy | null>,
): boolean => {
  if (unlisted !== null) return true;
  if (arrival === null) return !isAnnouncedOnly;
  return (
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
    read.push({ object, content: await ports.source.read(ref, octetsMax, signal) });
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

const tooLarge = (octets: number, octetsMax: number): string =>
  `${octets} bytes, at most ${octetsMax} are read`;

async function readPublished(
  stateStore: BucketStatePort,
  fileName: string,
  octetsMax: number,
  url: string | null,
  signal: AbortSignal,
): Promise<Reading<PublishedCopy | null>> {
  const reading = await stateStore.read({ key: fileName, versionId: null }, octetsMax, signal);
  if (!reading.known || reading.value === null)
    return reading.known ? known(null, reading.at) : reading;
  const { bytes, etag, octets } = reading.value;
  if (bytes === null) return unknown(tooLarge(octets, octetsMax), reading.at);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return known({ etag, sha256, bytes, facts: factsOf(bytes, octetsMax, url) }, reading.at);
}

function factsOf(
  bytes: Uint8Array,
  octetsMax: number,
  url: string | null,
): CrlFacts | { readonly why: string } {
  const parsed = parseCrl(bytes, { octetsMax, entryCountMax: ENTRIES_MAX });
  if (!parsed.ok) return { why: parsed.why };
  const { extensions, survey, thisUpdateAt, nextUpdateAt } = parsed.crl;
  return {
    number: extensions.number,
    isDelta: extensions.baseNumber !== null,
    entryCount: survey.count,
    thisUpdateAt,
    nextUpdateAt,
    nextPublishAt: extensions.nextPublishAt,
    oddities: odditiesOf(parsed.crl, url),
    scope: scopeOf(parsed.crl),
  };
}

const ENTRIES_MAX = 1_000_000;

const withoutBytes = (reading: Reading<PublishedCopy | null>): Reading<PublishedCopy | null> =>
  reading.known && reading.value !== null
    ? known({ ...reading.value, bytes: null }, reading.at)
    : reading;
