/** The book of incidents in the state table, shared by everyone who tells and by the people who acknowledge. */

import type { Item } from '../core/ports.ts';
import type { RegionPorts } from './ports.ts';
import { isSuccessor } from './store/merge.ts';
import { pageIdOf, pageIds, readPage, writePage } from './store/page.ts';
import type { Incident } from './types.ts';

export interface IncidentStore {
  /** All that is stored now, open and lately closed; null when the table cannot be read. */
  read(signal: AbortSignal): Promise<ReadonlyMap<string, Incident> | null>;
  /**
   * Makes of each what `revise` says, over exactly what is stored: when somebody else wrote since, it is read and
   * revised again. Returns each as it is stored after that. Those that the table failed for are not among them, nor are
   * those that others wrote again and again in between: they are `contended`, and worth the very next try.
   */
  revise(ids: Iterable<string>, revise: Revise, signal: AbortSignal): Promise<Stored>;
}

/** Undefined: not stored. */
export type Revise = (id: string, stored: Incident | undefined) => Incident | undefined;
export interface Stored {
  readonly incidents: ReadonlyMap<string, Incident | undefined>;
  readonly contended: readonly string[];
}

interface Page {
  readonly version: number;
  /** The latest of each id. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** Earlier ones, over: history for people. */
  readonly past: readonly Incident[];
}

/** Two that write at once take turns; more than so many in a row is a table that plays tricks. */
const TRIES_MAX = 8;

export function openIncidentStore(
  { store, clock, region }: RegionPorts,
  scope: string,
): IncidentStore {
  /** As last read or written; a page whose write failed is not known any more. */
  const pages = new Map<string, Page>();

  const learn = (pageId: string, item: Item | undefined): Page => {
    // What is open is the latest of its kind, also when a clock that went back has dated it before what is over; and
    // what names another as the one before it came after that.
    const all = readPage(item?.body).toSorted(
      (a, b) =>
        Number(a.resolvedAt === null) - Number(b.resolvedAt === null) ||
        Number(isSuccessor(a, b)) - Number(isSuccessor(b, a)) ||
        a.openedAt - b.openedAt,
    );
    const incidents = new Map(all.map((one) => [one.id, one]));
    const past = all.filter((one) => incidents.get(one.id) !== one);
    const page = { version: item?.version ?? 0, incidents, past };
    pages.set(pageId, page);
    return page;
  };

  async function readOne(pageId: string, signal: AbortSignal): Promise<Page | null> {
    const reading = await store.read([pageId], signal);
    return reading.known ? learn(pageId, reading.value[0]) : null;
  }

  async function revisePage(
    pageId: string,
    ids: readonly string[],
    revise: Revise,
    signal: AbortSignal,
  ): Promise<Page | 'contended' | 'failed'> {
    for (let tryCount = 0; tryCount < TRIES_MAX; tryCount += 1) {
      const page = pages.get(pageId) ?? (await readOne(pageId, signal));
      if (page === null) return 'failed';
      const revised = new Map(page.incidents);
      const past = [...page.past];
      for (const id of ids) {
        const stored = page.incidents.get(id);
        const made = revise(id, stored);
        if (made === undefined) revised.delete(id);
        else revised.set(id, made);
        const isReplaced = stored !== undefined && stored.resolvedAt !== null;
        if (isReplaced && made?.resolvedAt === null) past.push(stored);
      }
      if (ids.every((id) => revised.get(id) === page.incidents.get(id))) return page;
      const body = writePage([...past, ...revised.values()], clock.now());
      const { version: overVersion } = page;
      const answer = await store.write({ id: pageId, overVersion, body, expiresAt: null }, signal);
      if (answer.kind === 'written') {
        const written = { version: answer.version, incidents: revised, past };
        pages.set(pageId, written);
        return written;
      }
      // The answer may be all that was lost: what is there now has to be read.
      pages.delete(pageId);
      if (answer.kind === 'failed') return 'failed';
    }
    return 'contended';
  }

  return {
    async read(signal) {
      const all = pageIds(region, scope);
      const reading = await store.read(all, signal);
      if (!reading.known) return null;
      const items = new Map(reading.value.map((item) => [item.id, item]));
      const read = all.map((pageId) => learn(pageId, items.get(pageId)));
      return new Map(read.flatMap(({ incidents }) => [...incidents]));
    },
    async revise(ids, revise, signal) {
      const byPage = Map.groupBy(ids, (id) => pageIdOf(region, scope, id));
      const parts = await Promise.all(
        [...byPage].map(async ([pageId, some]) => ({
          some,
          page: await revisePage(pageId, some, revise, signal),
        })),
      );
      return {
        incidents: new Map(
          parts.flatMap(({ some, page }) =>
            typeof page === 'string' ? [] : some.map((id) => [id, page.incidents.get(id)] as const),
          ),
        ),
        contended: parts.flatMap(({ some, page }) => (page === 'contended' ? some : [])),
      };
    },
  };
}
