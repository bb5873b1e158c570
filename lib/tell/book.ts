/** The book of open incidents in the state table, shared by everyone who tells. */
import * as v from 'valibot';
import { SUBJECT_KINDS } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import type { StorePort } from '../ports.ts';
import type { Instant } from '../time.ts';

export interface Book {
  /** Open incidents as stored now; null when the table cannot be read. Garbage reads as an empty book. */
  read(signal: AbortSignal): Promise<ReadonlyMap<string, Incident> | null>;
  /** False when somebody else wrote since the last read, or the table failed. */
  write(open: ReadonlyMap<string, Incident>, signal: AbortSignal): Promise<boolean>;
}

const Body = v.object({
  open: v.array(
    v.object({
      id: v.string(),
      reason: v.string(),
      subject: v.object({
        kind: v.picklist(SUBJECT_KINDS),
        id: v.string(),
        name: v.string(),
        group: v.nullable(v.string()),
        zone: v.nullable(v.string()),
        within: v.exactOptional(v.array(v.string())),
      }),
      severity: v.picklist(['critical', 'warning', 'info']),
      summary: v.string(),
      openedAt: v.number(),
      seenAt: v.number(),
      toldAt: v.nullable(v.number()),
    }),
  ),
});

export function openBook(store: StorePort, id: string): Book {
  let version = 0;
  return {
    async read(signal) {
      const reading = await store.read([id], signal);
      if (!reading.known) return null;
      const [item] = reading.value;
      version = item?.version ?? 0;
      const body = v.safeParse(Body, item?.body);
      return new Map((body.success ? body.output.open : []).map((one) => [one.id, one]));
    },
    async write(open, signal) {
      const body = { open: [...open.values()] };
      const answer = await store.write({ id, overVersion: version, body, expiresAt: null }, signal);
      if (answer.kind !== 'written') return false;
      version = answer.version;
      return true;
    },
  };
}

/** What an incident of another invocation is taken for: seen just now, so that it clears no sooner than it may. */
export const carryOver = (
  open: ReadonlyMap<string, Incident>,
  now: Instant,
): ReadonlyMap<string, Incident> =>
  new Map([...open].map(([id, incident]) => [id, { ...incident, seenAt: now }]));
