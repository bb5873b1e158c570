/** Reads everything about CRLs in one pass: inbox, issuers, published copies, public address, endpoints. */

import { eachOf } from '../core/eachOf.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import { confirmList, listInbox, tagged } from './observe/confirmed.ts';
import { type FileQuestion, seeFile } from './observe/file.ts';
import { readIssuers } from './observe/issuers.ts';
import { type Chosen, chooseNames, isCandidate, knownNames, nameOf } from './observe/names.ts';
import { seeStrangers } from './observe/strangers.ts';
import type { CrlObserver } from './ports.ts';
import { allowanceId, type CrlMemory, markId, readAllowance, readMark } from './state.ts';
import {
  type CrlWorld,
  type EndpointObservation,
  type FileMemo,
  INBOX,
  type InboxObservation,
  ISSUED,
  type Listing,
} from './types/world.ts';

export interface CrlScope {
  readonly accountId: string;
  /** The inbox file that the event named; null: no event. */
  readonly announced: string | null;
  /** Of one CRL, at most. */
  readonly octetsMax: number;
  /** Strangers wait for another pass, so that no upload of theirs comes between a known CRL and its clients. */
  readonly isKnownOnly: boolean;
}

/** More files than a bucket of CRLs holds; what is above is a flood: notified, not read. */
const LISTED_MAX = 5_000;
const AT_ONCE = 6;

export async function observeCrls(
  ports: CrlObserver,
  memory: CrlMemory,
  scope: CrlScope,
  signal: AbortSignal,
): Promise<CrlWorld> {
  const at = ports.clock.now();
  const [issuers, listing, stateStore, endpoints] = await Promise.all([
    readIssuers(ports, signal),
    listInbox(ports, memory, scope.announced, LISTED_MAX, signal),
    ports.stateStore.list('', LISTED_MAX, signal),
    seeEndpoints(ports, memory, signal),
  ]);
  const knowns = knownNames({ stateStore, endpoints, memory });
  const inbox = await withKnown(ports, listing, knowns, signal);
  const chosen = chooseNames(inbox, knowns, memory, scope);
  const memos = await readMemos(ports, [...knowns, ...chosen.strangers], signal);
  const arrivals = new Map(inbox.known ? inbox.value.objects.map((one) => [nameOf(one), one]) : []);
  const publishedAts = new Map(
    stateStore.known ? stateStore.value.objects.map((one) => [one.key, one.modifiedAt]) : [],
  );
  const wanted = new Set(endpoints.known ? endpoints.value.map(({ fileName }) => fileName) : []);
  const budget = { octetsLeft: Math.max(2 * scope.octetsMax, BYTES_HELD), unread: chosen.unread };
  const questionOf = (fileName: string): FileQuestion => {
    const arrival = arrivals.get(fileName) ?? null;
    return {
      fileName,
      arrival,
      issued: arrivals.get(fileName + ISSUED) ?? null,
      publishedAt: publishedAts.get(fileName) ?? null,
      unlisted: inbox.known ? null : inbox.why,
      isAnnouncedOnly: arrival === null && inbox.known && fileName === scope.announced,
      isStranger: !knowns.has(fileName),
      isCrowd: chosen.crowd.has(fileName),
      memo: memos.get(fileName) ?? unknown('not asked for', at),
      memory: memory.files.get(fileName) ?? null,
      isWanted: wanted.has(fileName),
    };
  };
  const limits = { octetsMax: scope.octetsMax, budget };
  const files = await eachOf([...knowns].toSorted(), AT_ONCE, (fileName) =>
    seeFile(ports, questionOf(fileName), limits, signal),
  );
  const confirmed = endpoints.known
    ? await eachOf(endpoints.value, AT_ONCE, (one) => confirmList(ports, one, files, signal))
    : [];
  const strangers = await seeStrangers(ports, chosen.strangers.map(questionOf), limits, signal);
  return {
    at,
    accountId: scope.accountId,
    region: ports.region,
    issuers,
    inbox: inboxObservation(inbox, chosen, budget.unread),
    files: [...files, ...strangers],
    endpoints: endpoints.known ? known(confirmed, endpoints.at) : endpoints,
    untaggedIds: endpoints.known
      ? [...memory.askedAts.keys()].filter(
          (id) => !endpoints.value.some(({ endpointId }) => endpointId === id),
        )
      : [],
  };
}

/** Bytes of CRLs that one pass holds in memory, at least. */
const BYTES_HELD = 32 * 1024 * 1024;

/** Whole or unknown, but for strangers: a flood of names does not hide a known name's upload behind it. */
async function withKnown(
  { source }: CrlObserver,
  listing: Reading<Listing>,
  knowns: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Reading<Listing>> {
  if (!listing.known || listing.value.isWhole) return listing;
  const listed = new Set(listing.value.objects.map(nameOf));
  const hidden = [...knowns].filter((name) => !listed.has(name));
  const found = await eachOf(hidden, AT_ONCE, (name) => source.list(INBOX + name, 2, signal));
  const objects = [...listing.value.objects];
  for (const one of found) {
    if (!one.known) return one;
    objects.push(
      ...one.value.objects.filter(
        (object) => knowns.has(nameOf(object)) && !listed.has(nameOf(object)),
      ),
    );
  }
  return { ...listing, value: { objects, isWhole: false } };
}

const inboxObservation = (
  inbox: Reading<Listing>,
  { isKnownOnly, isAllJudged }: Chosen,
  unread: readonly string[],
): Reading<InboxObservation> =>
  inbox.known
    ? known(
        {
          objectCount: inbox.value.objects.filter(isCandidate).length,
          isWhole: inbox.value.isWhole,
          unread,
          isKnownOnly,
          isAllJudged: isAllJudged && unread.length === 0,
        },
        inbox.at,
      )
    : inbox;

async function readMemos(
  { store }: CrlObserver,
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
        forgottenSha256: mark?.forgottenSha256 ?? null,
        version: item?.version ?? 0,
        allowedUntil: readAllowance(items.get(allowanceId(name))?.body),
      };
      return [name, known(memo, reading.at)];
    }),
  );
}

async function seeEndpoints(
  ports: CrlObserver,
  memory: CrlMemory,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointObservation[]>> {
  const asking = await tagged(ports, memory, signal);
  if (!asking.known) return asking;
  const observations = await eachOf(asking.value, AT_ONCE, async (endpoint) => ({
    ...endpoint,
    list: await ports.endpoints.exported(endpoint, signal),
  }));
  return known(observations, asking.at);
}
