/** What is put on record of every decision: the log's lines, and what the state table keeps of each incident. Pure. */
import * as v from 'valibot';

/** One line of the log (`audit`), and one entry of an incident's file. Instants in milliseconds since 1970. */
export type AuditEntry = v.InferOutput<typeof Entry>;

export type HeldEntry = Extract<AuditEntry, { readonly kind: 'held' }>;
export type IncidentEntry = Extract<AuditEntry, { readonly kind: 'incident' }>;
export type ActionEntry = Extract<AuditEntry, { readonly kind: 'action' }>;

/** The file of one incident: what the table keeps for thirty days, and `explain` reads. */
export type CaseFile = v.InferOutput<typeof File>;
export type Chapter = CaseFile['chapters'][number];

export const caseId = (incidentId: string): string => `audit#${incidentId}`;

/** Null for garbage, and for what is not there. */
export function parseCase(body: unknown): CaseFile | null {
  const parsed = v.safeParse(File, body);
  return parsed.success ? parsed.output : null;
}

const text = v.string();
const texts = v.array(text);
const at = v.number();
const maybe = v.nullable(text);
const maybeAt = v.nullable(at);
const details = v.record(text, v.union([text, v.number(), v.boolean(), v.null()]));

const Entry = v.variant('kind', [
  /** Something that would have been done but for a rule; alike ones are one entry. */
  v.object({
    kind: v.literal('held'),
    at,
    action: text,
    count: v.number(),
    summary: text,
    rule: text,
    because: text,
    until: maybeAt,
    /** At most `NAMED_MAX`. */
    concerns: texts,
  }),
  /** Something that was decided and tried. */
  v.object({
    kind: v.literal('action'),
    at,
    action: text,
    summary: text,
    because: maybe,
    outcome: v.picklist(['done', 'written', 'asked', 'skipped', 'deferred', 'failed']),
    why: maybe,
    decidedAt: maybeAt,
    wroteAt: maybeAt,
    readBackAt: maybeAt,
    concerns: texts,
    details,
  }),
  /** A step of an incident's life. */
  v.object({
    kind: v.literal('incident'),
    at,
    change: v.picklist(['opened', 'updated', 'repeated', 'resolved']),
    incidentId: text,
    openedAt: at,
    reason: text,
    severity: text,
    subject: text,
    summary: text,
    /** The subject of the notification; null: none of its own. */
    notified: maybe,
    /** Id of the incident whose notification named it too; null: none, recorded and not sent. */
    notifiedWith: v.optional(maybe, null),
    restoredBy: maybe,
  }),
]);

const File = v.object({
  version: v.literal(1),
  incidentId: text,
  /** The same trouble each time, the latest last. */
  chapters: v.array(
    v.object({
      openedAt: at,
      /** When its subject was last seen well; null: never by us, or it does not apply. */
      lastGoodAt: maybeAt,
      /** What was seen when it opened, one line each. */
      seen: texts,
      /** What else was found then: `REASON of NAME: summary`. */
      found: texts,
      entries: v.array(Entry),
      /** Entries that were left out, for the file is bounded. */
      dropped: v.number(),
    }),
  ),
});

/** Subjects, sightings and the like that one entry names. */
export const NAMED_MAX = 20;
const CHAPTERS_MAX = 5;
const HEAD_MAX = 20;
const TAIL_MAX = 60;
const BYTES_MAX = 100_000;

/** Both in one, nothing twice, in the order of time, and within the bounds. */
export function mergeCases(stored: CaseFile | null, mine: CaseFile): CaseFile {
  const byOpening = new Map((stored?.chapters ?? []).map((one) => [one.openedAt, one]));
  for (const chapter of mine.chapters) {
    const before = byOpening.get(chapter.openedAt);
    byOpening.set(
      chapter.openedAt,
      before === undefined ? chapter : mergeChapters(before, chapter),
    );
  }
  const chapters = [...byOpening.values()]
    .toSorted((a, b) => a.openedAt - b.openedAt)
    .slice(-CHAPTERS_MAX)
    .map(bounded);
  return withinBytes({ version: 1, incidentId: mine.incidentId, chapters });
}

function mergeChapters(a: Chapter, b: Chapter): Chapter {
  const entries = new Map([...a.entries, ...b.entries].map((one) => [JSON.stringify(one), one]));
  return {
    openedAt: a.openedAt,
    lastGoodAt: a.lastGoodAt ?? b.lastGoodAt,
    seen: a.seen.length > 0 ? a.seen : b.seen,
    found: a.found.length > 0 ? a.found : b.found,
    entries: [...entries.values()].toSorted((x, y) => x.at - y.at),
    dropped: Math.max(a.dropped, b.dropped),
  };
}

/** How it began and how it ended matter most. */
function bounded(chapter: Chapter): Chapter {
  const { entries } = chapter;
  const over = entries.length - HEAD_MAX - TAIL_MAX;
  if (over <= 0) return chapter;
  return {
    ...chapter,
    entries: [...entries.slice(0, HEAD_MAX), ...entries.slice(-TAIL_MAX)],
    dropped: chapter.dropped + over,
  };
}

/** The oldest chapter goes first; of the last one, the sightings. */
function withinBytes(file: CaseFile): CaseFile {
  if (Buffer.byteLength(JSON.stringify(file)) <= BYTES_MAX) return file;
  const [first, ...rest] = file.chapters;
  if (first === undefined) return file;
  if (rest.length > 0) return withinBytes({ ...file, chapters: rest });
  const entries = first.entries.slice(-HEAD_MAX);
  const dropped = first.dropped + first.entries.length - entries.length;
  return { ...file, chapters: [{ ...first, seen: [], found: [], entries, dropped }] };
}
