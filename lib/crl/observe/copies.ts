/** Reads the copies of one file: published, in the second region, and as clients download it. */
import { createHash } from 'node:crypto';
import { agreed, type Doubt } from '../../core/agreed.ts';
import { known, type Reading, unknown } from '../../core/reading.ts';
import { isAsPublished } from '../assess/copies.ts';
import type { BucketStatePort, CrlObserver } from '../ports.ts';
import { odditiesOf } from '../rules/oddities.ts';
import type {
  CopyFact,
  CrlFacts,
  FileMemo,
  FileObservation,
  PublishedCopy,
  ServedCopy,
} from '../types/world.ts';
import { parseCrl } from '../x509/parse.ts';
import { scopeOf } from '../x509/scope.ts';

/** A copy that is not what was published last is believed when two reads agree on it (S1, S13). */
export async function readCopies(
  { site, replicaSite = null, replica, stateStore, clock }: CrlObserver,
  fileName: string,
  memo: Reading<FileMemo>,
  octetsMax: number,
  signal: AbortSignal,
): Promise<Pick<FileObservation, 'published' | 'replica' | 'served' | 'replicaServed'>> {
  const url = site?.urlOf(fileName) ?? null;
  const reads = {
    published: () => readPublished(stateStore, fileName, octetsMax, url, signal),
    replica: replica === null ? null : () => replica.facts(fileName, signal),
    served: site === null ? null : () => site.fetch(fileName, octetsMax, signal),
    replicaServed:
      replicaSite === null ? null : () => replicaSite.fetch(fileName, octetsMax, signal),
  };
  const firsts = await Promise.all([
    reads.published(),
    reads.replica?.() ?? null,
    reads.served?.() ?? null,
    reads.replicaServed?.() ?? null,
  ]);
  const again = async <T>(
    first: Reading<T> | null,
    read: (() => Promise<Reading<T>>) | null,
    doubt: Doubt<T>,
  ) => (first === null || read === null ? null : agreed(first, read, doubt, clock, signal));
  const marked = memo.known ? (memo.value.highWater?.sha256 ?? null) : null;
  const published = await agreed(firsts[0], reads.published, asMarked(marked), clock, signal);
  const sha256 = published.known ? (published.value?.sha256 ?? null) : null;
  const [second, served, replicaServed] = await Promise.all([
    again(firsts[1], reads.replica, asCopied(sha256)),
    again(firsts[2], reads.served, asServed(sha256)),
    again(firsts[3], reads.replicaServed, asServed(sha256)),
  ]);
  return { published, replica: second, served, replicaServed };
}

/** `sha256`: of what was published last; null: not known, or nothing ever was. */
const asMarked = (sha256: string | null): Doubt<PublishedCopy | null> => ({
  isExpected: (copy) =>
    copy === null
      ? sha256 === null
      : !('why' in copy.facts) && (sha256 === null || sha256 === copy.sha256),
  gist: (copy) => copy?.sha256 ?? null,
});

/** `sha256`: of what is published; null: nothing, or it cannot be read, so that no copy is wrong. */
const asCopied = (sha256: string | null): Doubt<CopyFact | null> => ({
  isExpected: (copy) => sha256 === null || copy?.sha256 === sha256,
  gist: (copy) => copy?.sha256 ?? null,
});

const asServed = (sha256: string | null): Doubt<ServedCopy> => ({
  isExpected: (copy) => sha256 === null || isAsPublished(copy, sha256),
  gist: ({ status, sha256: got, isCut }) => [status, got, isCut],
});

export const tooLarge = (octets: number, octetsMax: number): string =>
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
