/** The incidents of one scope in the state table: read once when leadership begins, then written by the leader only. */
import type { Item } from '../core/ports.ts';
import type { RegionPorts } from './ports.ts';
import { isLedOn, pageIdOf, pageIds, readPage, writePage } from './store/page.ts';
import type { Incident } from './types.ts';

export interface IncidentStore {
  /** All that is stored, open and lately closed; null when the table cannot be read. */
  read(signal: AbortSignal): Promise<ReadonlyMap<string, Incident> | null>;
  /**
   * Writes the pages of these ids over the versions that were read, with the fencing token. `lost`: a newer leader has
   * written there, and this one stops. A larger token while `isLeader` still says yes is of no leader, and is written
   * over. What failed is to be written again.
   */
  write(
    incidents: ReadonlyMap<string, Incident>,
    ids: ReadonlySet<string>,
    token: number,
    isLeader: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<WriteResult>;
}

export interface WriteResult {
  readonly kind: 'written' | 'failed' | 'lost';
  readonly failedIds: ReadonlySet<string>;
}

interface Page {
  readonly version: number;
  readonly token: number;
  /** The latest of each id. */
  readonly incidents: ReadonlyMap<string, Incident>;
  /** Earlier ones, over: history for people. */
  readonly past: readonly Incident[];
}

export function openIncidentStore(
  { store, clock, region }: RegionPorts,
  scope: string,
): IncidentStore {
  const pages = new Map<string, Page>();

  const learn = (pageId: string, item: Item | undefined): Page => {
    const page = pageOf(item);
    pages.set(pageId, page);
    return page;
  };

  async function readOne(pageId: string, signal: AbortSignal): Promise<Page | null> {
    const reading = await store.read([pageId], signal);
    return reading.known ? learn(pageId, reading.value[0]) : null;
  }

  async function put(
    pageId: string,
    changed: readonly Incident[],
    token: number,
    isLeader: () => Promise<boolean>,
    isLed: (incident: Incident) => boolean,
    signal: AbortSignal,
  ): Promise<WriteResult['kind']> {
    // A second try meets our own write whose answer was lost, or an older leader's last one.
    for (let tries = 0; tries < 2; tries += 1) {
      const page = pages.get(pageId) ?? (await readOne(pageId, signal));
      if (page === null) return 'failed';
      if (page.token > token && !(await isLeader())) return 'lost';
      const { incidents, past } = withChanged(page, changed);
      const body = writePage([...past, ...incidents.values()], token, clock.now(), isLed);
      const item = { id: pageId, overVersion: page.version, body, expiresAt: null };
      const answer = await store.write(item, signal);
      if (answer.kind === 'written') {
        pages.set(pageId, { version: answer.version, token, incidents, past });
        return 'written';
      }
      pages.delete(pageId);
      if (answer.kind === 'failed') return 'failed';
    }
    return 'failed';
  }

  return {
    async read(signal) {
      const ids = pageIds(region, scope);
      const reading = await store.read(ids, signal);
      if (!reading.known) return null;
      const items = new Map(reading.value.map((item) => [item.id, item]));
      return new Map(ids.flatMap((pageId) => [...learn(pageId, items.get(pageId)).incidents]));
    },
    async write(incidents, ids, token, isLeader, signal) {
      const isLed = (one: Incident) => isLedOn(one, incidents);
      const byPage = Map.groupBy(ids, (id) => pageIdOf(region, scope, id));
      const parts = await Promise.all(
        [...byPage].map(async ([pageId, some]) => {
          const changed = some.flatMap((id) => incidents.get(id) ?? []);
          return { some, kind: await put(pageId, changed, token, isLeader, isLed, signal) };
        }),
      );
      const kinds = parts.map(({ kind }) => kind);
      const failed = parts.flatMap(({ some, kind }) => (kind === 'written' ? [] : some));
      return {
        kind: kinds.includes('lost') ? 'lost' : failed.length > 0 ? 'failed' : 'written',
        failedIds: new Set(failed),
      };
    },
  };
}

function pageOf(item: Item | undefined): Page {
  const { token, incidents: all } = readPage(item?.body);
  const incidents = new Map(
    all.toSorted((a, b) => a.openedAt - b.openedAt).map((one) => [one.id, one]),
  );
  const past = all.filter((one) => incidents.get(one.id) !== one);
  return { version: item?.version ?? 0, token, incidents, past };
}

function withChanged(page: Page, changed: readonly Incident[]): Pick<Page, 'incidents' | 'past'> {
  const incidents = new Map(page.incidents);
  const past = [...page.past];
  for (const one of changed) {
    const before = incidents.get(one.id);
    // An open one is the same incident, as an older leader saw it.
    const isOver = before !== undefined && before.resolvedAt !== null;
    if (isOver && before.openedAt !== one.openedAt) past.push(before);
    incidents.set(one.id, one);
  }
  return { incidents, past };
}
