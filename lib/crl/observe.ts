/** Reads everything about CRLs in one pass: inbox, issuers, published copies, public address, endpoints. */

import { eachOf } from '../core/eachOf.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import { seeFile } from './observe/file.ts';
import type { CrlPorts } from './ports.ts';
import { allowanceId, type CrlMemory, markId, readAllowance, readMark } from './state.ts';
import {
  type CrlWorld,
  type EndpointObservation,
  type FileMemo,
  INBOX,
  type InboxObservation,
  ISSUERS,
  type Listing,
  type ObjectFact,
  WEAK_ISSUERS,
} from './types/world.ts';
import type { PinnedFile } from './x509/issuer.ts';

export interface CrlScope {
  readonly accountId: string;
  /** The inbox file that the event named; null: no event. */
  readonly announced: string | null;
  /** Of one CRL, at most. */
  readonly octetsMax: number;
}

/** More files than a bucket of CRLs holds; what is above is a flood: notified, not read. */
const LISTED_MAX = 5_000;
/** Unknown names (nothing was ever published under them) read in one pass; the rest wait for the next. */
const NEW_NAMES_MAX = 48;
const ISSUERS_MAX = 64;
const ISSUER_OCTETS_MAX = 64 * 1024;
const AT_ONCE = 6;

export async function observeCrls(
  ports: CrlPorts,
  memory: CrlMemory,
  scope: CrlScope,
  signal: AbortSignal,
): Promise<CrlWorld> {
  const at = ports.clock.now();
  const [issuers, inbox, stateStore, endpoints] = await Promise.all([
    readIssuers(ports, signal),
    ports.source.list(INBOX, LISTED_MAX, signal),
    ports.stateStore.list('', LISTED_MAX, signal),
    seeEndpoints(ports, signal),
  ]);
  const { names, unread } = chooseNames({ inbox, stateStore, endpoints, memory, scope });
  const memos = await readMemos(ports, names, signal);
  const arrivals = new Map(inbox.known ? inbox.value.objects.map((one) => [nameOf(one), one]) : []);
  const wanted = new Set(endpoints.known ? endpoints.value.map(({ fileName }) => fileName) : []);
  const budget = { octetsLeft: Math.max(2 * scope.octetsMax, BYTES_HELD), unread };
  const unlisted = inbox.known ? null : inbox.why;
  const files = await eachOf(names, AT_ONCE, (fileName) => {
    const arrival = arrivals.get(fileName) ?? null;
    return seeFile(
      ports,
      {
        fileName,
        arrival,
        unlisted,
        isAnnouncedOnly: arrival === null && inbox.known && fileName === scope.announced,
        memo: memos.get(fileName) ?? unknown('not asked for', at),
        memory: memory.files.get(fileName) ?? null,
        isWanted: wanted.has(fileName),
      },
      { octetsMax: scope.octetsMax, budget },
      signal,
    );
  });
  return {
    at,
    accountId: scope.accountId,
    region: ports.region,
    issuers,
    inbox: inboxObservation(inbox, budget.unread),
    files,
    endpoints,
  };
}

/** Bytes of CRLs that one pass holds in memory, at least. */
const BYTES_HELD = 32 * 1024 * 1024;

const nameOf = ({ key }: ObjectFact): string => key.slice(INBOX.length);

/** A folder's own marker is no file. */
const isFile = ({ key }: ObjectFact): boolean => !key.endsWith('/');

interface Sources {
  readonly inbox: Reading<Listing>;
  readonly stateStore: Reading<Listing>;
  readonly endpoints: Reading<readonly EndpointObservation[]>;
  readonly memory: CrlMemory;
  readonly scope: CrlScope;
}

/** Published, wanted and announced names first; then unknown names, those never judged before the refused. */
function chooseNames({ inbox, stateStore, endpoints, memory, scope }: Sources) {
  const lying = inbox.known ? inbox.value.objects.filter(isFile) : [];
  const settled = [...memory.files].flatMap(([name, { sha256 }]) =>
    sha256 === null ? [] : [name],
  );
  const matters = new Set([
    ...(stateStore.known ? stateStore.value.objects.map(({ key }) => key) : []),
    ...(endpoints.known ? endpoints.value.map(({ fileName }) => fileName) : []),
    ...settled,
    ...(scope.announced === null ? [] : [scope.announced]),
  ]);
  const newNames = lying
    .filter((object) => !matters.has(nameOf(object)))
    .map((object) => ({
      name: nameOf(object),
      isJudged: memory.files.get(nameOf(object))?.etag === object.etag,
    }))
    .toSorted((a, b) => Number(a.isJudged) - Number(b.isJudged));
  const read = newNames.slice(0, NEW_NAMES_MAX);
  const left = newNames.slice(NEW_NAMES_MAX).filter(({ isJudged }) => !isJudged);
  const names = [...matters, ...read.map(({ name }) => name)].toSorted();
  return { names, unread: left.map(({ name }) => name) };
}

const inboxObservation = (
  inbox: Reading<Listing>,
  unread: readonly string[],
): Reading<InboxObservation> =>
  inbox.known
    ? known(
        {
          objectCount: inbox.value.objects.filter(isFile).length,
          isWhole: inbox.value.isWhole,
          unread,
        },
        inbox.at,
      )
    : inbox;

/** All of them or unknown: without its issuer a genuine CRL would be refused. */
async function readIssuers(
  { source, clock }: CrlPorts,
  signal: AbortSignal,
): Promise<Reading<readonly PinnedFile[]>> {
  const listing = await source.list(ISSUERS, ISSUERS_MAX, signal);
  if (!listing.known) return listing;
  if (!listing.value.isWhole)
    return unknown(`more than ${ISSUERS_MAX} files under ${ISSUERS}`, clock.now());
  const objects = listing.value.objects.filter(isFile);
  const read = await eachOf(objects, AT_ONCE, async ({ key }) => {
    const content = await source.read({ key, versionId: null }, ISSUER_OCTETS_MAX, signal);
    return { key, content };
  });
  const files: PinnedFile[] = [];
  for (const { key, content } of read) {
    if (!content.known) return unknown(`${key}: ${content.why}`, content.at);
    // Gone since it was listed, or too large for a certificate: it pins no issuer.
    const bytes = content.value === null ? null : (content.value.bytes ?? new Uint8Array());
    if (bytes === null) continue;
    const mayUseWeakAlgorithms = key.startsWith(WEAK_ISSUERS);
    files.push({ fileName: key.slice(ISSUERS.length), bytes, mayUseWeakAlgorithms });
  }
  return known(files, listing.at);
}

async function readMemos(
  { store }: CrlPorts,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<FileMemo>>> {
  const ids = names.flatMap((name) => [markId(name), allowanceId(name)]);
  const reading = await store.read(ids, signal);
  if (!reading.known) return new Map(names.map((name) => [name, reading]));
  const items = new Map(reading.value.map((item) => [item.id, item]));
  return new Map(
    names.map((name): [string, Reading<FileMemo>] => {
      const item = items.get(markId(name));
      const mark = item === undefined ? null : readMark(item.body);
      if (mark?.ok === false) return [name, unknown(mark.why, reading.at)];
      const memo: FileMemo = {
        highWater: mark?.highWater ?? null,
        version: item?.version ?? 0,
        allowedUntil: readAllowance(items.get(allowanceId(name))?.body),
      };
      return [name, known(memo, reading.at)];
    }),
  );
}

async function seeEndpoints(
  { endpoints }: CrlPorts,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointObservation[]>> {
  const tagged = await endpoints.tagged(signal);
  if (!tagged.known) return tagged;
  const observations = await eachOf(tagged.value, AT_ONCE, async (endpoint) => ({
    ...endpoint,
    list: await endpoints.exported(endpoint, signal),
  }));
  return known(observations, tagged.at);
}
