/** How incidents lie in the state table: thirty-two pages a region and scope, each an item of its own. Pure. */
import * as v from 'valibot';
import { SUBJECT_KINDS } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import type { Incident } from '../types.ts';

/** Whose incidents there are; each scope has its own pages, so that functions rarely meet. */
export const SCOPES = [
  'appliances',
  'repairs',
  'connections',
  'endpoints',
  'metrics',
  'crls',
] as const;

/** DynamoDB takes 400 KB an item: 10,000 incidents need several, and each read costs by what lies in it. */
const PAGES = 32;

/** Ids of all pages of one scope. */
export const pageIds = (region: string, scope: string): readonly string[] =>
  Array.from({ length: PAGES }, (_, page) => `incidents#${region}#${scope}#${page}`);

/** Where one incident lies: always the same page, so that a conditional write finds any other writer. */
export const pageIdOf = (region: string, scope: string, incidentId: string): string =>
  `incidents#${region}#${scope}#${hash(incidentId) % PAGES}`;

/** Open and lately closed incidents of one page; what cannot be read is left out, and the next write drops it. */
export function readPage(body: unknown): StoredPage {
  const known = typeof body === 'object' && body !== null ? read.get(body) : undefined;
  if (known !== undefined) return known;
  const page = parsePage(body);
  if (typeof body === 'object' && body !== null) read.set(body, page);
  return page;
}

/** A rehearsal and a replay read the same page with every look: checking it again took a tenth of their time. */
const read = new WeakMap<object, StoredPage>();

function parsePage(body: unknown): StoredPage {
  const page = v.safeParse(Page, body);
  if (!page.success) return { token: 0, incidents: [] };
  const incidents = page.output.incidents.flatMap((one) => {
    const incident = v.safeParse(Stored, one);
    return incident.success ? [incident.output] : [];
  });
  return { token: page.output.token, incidents };
}

export interface StoredPage {
  /** The fencing token of the leader that wrote it; 0 for garbage and for what is not there. */
  readonly token: number;
  readonly incidents: readonly Incident[];
}

/**
 * The body to store: everything open, and of what is closed the last hour, the newest, and what an open lead's end has to
 * name (`isLed`). Slimmed when it would not fit.
 */
export function writePage(
  incidents: readonly Incident[],
  token: number,
  now: Instant,
  isLed: (incident: Incident) => boolean = () => false,
): unknown {
  const closed = incidents
    .filter(({ resolvedAt }) => resolvedAt !== null)
    .toSorted((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0));
  const kept = new Set(
    closed.filter(
      (one, index) => index < CLOSED_KEPT || now - (one.resolvedAt ?? 0) < CLOSED_MS || isLed(one),
    ),
  );
  const all = incidents.filter((one) => one.resolvedAt === null || kept.has(one));
  const bodies = DIETS.map((diet) => ({ version: 2, token, incidents: all.flatMap(diet) }));
  return bodies.find(fits) ?? bodies.at(-1);
}

/** Closed, and notified in the notification of another that is still open: whose end names it. */
export const isLedOn = ({ parent }: Incident, all: ReadonlyMap<string, Incident>): boolean =>
  parent !== null && all.get(parent)?.resolvedAt === null;

const fits = (body: unknown): boolean => Buffer.byteLength(JSON.stringify(body)) <= PAGE_BYTES_MAX;

/** Thirty-two times as many are at hand when people ask for the last twenty. */
const CLOSED_KEPT = 6;
/** So long what came before counts as the same trouble coming back. */
export const CLOSED_MS = 3_600_000;
const PAGE_BYTES_MAX = 350_000;

const slim = (incident: Incident): Incident => ({ ...incident, evidence: [], actions: [] });
const bare = (incident: Incident): Incident => ({ ...slim(incident), summary: '', hint: '' });
const isOwn = ({ inhibitedBy, parent, resolvedAt }: Incident): boolean =>
  inhibitedBy === null && parent === null && resolvedAt === null;

/** From whole to bare. What a greater incident explains goes first: its finding brings it back. */
const DIETS: readonly ((incident: Incident) => readonly Incident[])[] = [
  (one) => [one],
  (one) => [isOwn(one) ? one : slim(one)],
  (one) => [slim(one)],
  (one) => [isOwn(one) ? slim(one) : bare(one)],
  (one) => (isOwn(one) || one.notifiedAt !== null ? [slim(one)] : []),
];

/** FNV-1a */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  }
  return sum >>> 0;
}

const text = v.string();
const at = v.number();
const maybeAt = v.nullable(v.number());
const maybe = v.nullable(v.string());
const texts = v.array(text);
const severity = v.picklist(['critical', 'warning', 'info']);
const ReportedAction = v.object({
  at,
  kind: text,
  thing: text,
  gist: text,
  summary: text,
  concerns: texts,
  serves: texts,
  outcome: v.picklist(['done', 'written', 'asked', 'skipped', 'deferred', 'failed']),
  why: maybe,
  details: v.record(text, v.union([text, v.number(), v.boolean(), v.null()])),
  isAgain: v.exactOptional(v.boolean()),
  times: v.exactOptional(v.object({ decidedAt: at, wroteAt: maybeAt, readBackAt: maybeAt })),
});
const Stored = v.object({
  id: text,
  reason: text,
  subject: v.object({
    kind: v.picklist(SUBJECT_KINDS),
    id: text,
    name: text,
    group: maybe,
    zone: maybe,
    within: v.exactOptional(texts),
    dependsOn: v.exactOptional(texts),
  }),
  severity,
  summary: text,
  evidence: texts,
  hint: text,
  since: at,
  detectedAt: at,
  openedAt: at,
  missedAt: maybeAt,
  seenAt: at,
  dueAt: maybeAt,
  notifiedAt: maybeAt,
  notifiedSeverity: v.nullable(severity),
  notifiedReason: v.optional(maybe, null),
  revision: v.optional(maybe, null),
  notifiedRevision: v.optional(maybe, null),
  severitySince: v.optional(at, 0),
  repeatedAt: maybeAt,
  parent: maybe,
  inhibitedBy: maybe,
  silence: v.nullable(v.object({ until: at, why: text, by: text })),
  ackedAt: maybeAt,
  ackedBy: maybe,
  resolvedAt: maybeAt,
  restoredBy: maybe,
  actions: v.array(ReportedAction),
  times: v.object({
    decidedAt: maybeAt,
    firstWriteAt: maybeAt,
    lastWriteAt: maybeAt,
    readBackAt: maybeAt,
  }),
  openings: v.array(at),
});
const Page = v.object({ token: v.optional(v.number(), 0), incidents: v.array(v.unknown()) });
