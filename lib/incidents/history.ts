/** The files of incidents: what was seen, decided and done about each, kept in the state table for thirty days. */

import { openBackground } from '../core/background.ts';
import type { Report } from '../core/report.ts';
import { actionEntry, alike, begun, changeEntry } from './history/entries.ts';
import {
  type AuditEntry,
  type CaseFile,
  type Chapter,
  caseId,
  mergeCases,
  NAMED_MAX,
  parseCase,
} from './history/entry.ts';
import type { RegionPorts } from './ports.ts';
import type { Incident, IncidentChange } from './types.ts';

export interface IncidentHistory {
  /** Remembers what was decided and done, for the files that it belongs to. No call. */
  evaluate(report: Report, signal: AbortSignal): void;
  /** Files what changed. Its writes run in the background: nothing waits for them. */
  file(changes: readonly IncidentChange[], report: Report, signal: AbortSignal): void;
  /** Waits for what is being written, and no longer than the signal lasts. */
  flush(signal: AbortSignal): Promise<void>;
}

interface Draft {
  readonly subjectId: string;
  file: CaseFile;
  /** Of the stored file; null: not known. */
  version: number | null;
  isDirty: boolean;
  isOver: boolean;
  writtenAtMs: number;
}

const KEEP_MS = 30 * 86_400_000;
/** What was done is remembered so long for an incident that is notified after it. */
const RECENT_MS = 120_000;
const RECENT_MAX = 2_000;
/** What belongs to a file without changing its incident waits for so long. */
const LAZY_MS = 10_000;
const RETRY_MS = 10_000;
const DRAFTS_MAX = 500;
/** Each write is paid: so many at once and side by side (a client has 50 sockets), then one a second. */
const WRITES_BURST = 40;
const WRITES_MS = 1_000;

// oxlint-disable-next-line max-lines-per-function -- its functions share the drafts and their budget of writes
export function openIncidentHistory({ clock, store, logger }: RegionPorts): IncidentHistory {
  const drafts = new Map<string, Draft>();
  const background = openBackground();
  let recent: readonly AuditEntry[] = [];
  let heldBefore: ReadonlySet<string> | null = null;
  let tokens = WRITES_BURST;
  let filledAtMs = clock.monotonicMs();
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let refusedCount = 0;

  function remember(entries: readonly AuditEntry[], isWorthNotifying: boolean): void {
    if (entries.length === 0) return;
    const now = clock.now();
    recent = [...recent, ...entries].filter(({ at }) => Math.abs(now - at) < RECENT_MS);
    recent = recent.slice(-RECENT_MAX);
    for (const draft of drafts.values()) {
      const own = entries.filter((entry) => isAbout(entry, draft.subjectId));
      if (own.length === 0) continue;
      draft.file = added(draft.file, own);
      draft.isDirty ||= isWorthNotifying;
    }
  }

  function draftOf(incident: Incident, report: Report, isOpening: boolean): Draft | null {
    const { id, subject, openedAt } = incident;
    const before = drafts.get(id);
    if (before?.file.chapters.at(-1)?.openedAt === openedAt) return before;
    if (drafts.size >= DRAFTS_MAX && before === undefined) return null;
    const chapter = chapterOf(incident, report, isOpening, recent);
    const fresh: CaseFile = { version: 1, incidentId: id, chapters: [chapter] };
    const draft: Draft = {
      subjectId: subject.id,
      // What could not be written of the time before goes along.
      file: before?.isDirty === true ? mergeCases(before.file, fresh) : fresh,
      version: null,
      isDirty: true,
      isOver: false,
      writtenAtMs: Number.NEGATIVE_INFINITY,
    };
    drafts.set(id, draft);
    return draft;
  }

  async function write(id: string, draft: Draft, signal: AbortSignal): Promise<boolean> {
    for (let tries = 0; tries < 2; tries += 1) {
      if (draft.version === null || tries > 0) {
        const reading = await store.read([caseId(id)], signal);
        if (!reading.known) return false;
        const [item] = reading.value;
        draft.version = item?.version ?? 0;
        draft.file = mergeCases(parseCase(item?.body), draft.file);
      }
      const { file, version } = draft;
      const expiresAt = clock.now() + KEEP_MS;
      const item = { id: caseId(id), overVersion: version ?? 0, body: file, expiresAt };
      const answer = await store.write(item, signal);
      if (answer.kind === 'written') {
        draft.version = answer.version;
        draft.writtenAtMs = clock.monotonicMs();
        // What was added meanwhile is for the next time.
        draft.isDirty = draft.file !== file;
        if (draft.isOver && !draft.isDirty && drafts.get(id) === draft) drafts.delete(id);
        return true;
      }
      if (answer.kind === 'failed') return false;
    }
    return false;
  }

  function refill(): void {
    const now = clock.monotonicMs();
    tokens = Math.min(WRITES_BURST, tokens + (now - filledAtMs) / WRITES_MS);
    filledAtMs = now;
  }

  async function pump(signal: AbortSignal, isLast: boolean): Promise<void> {
    for (;;) {
      refill();
      const now = clock.monotonicMs();
      const some = [...drafts]
        .filter(
          ([, one]) => one.isDirty && (isLast || one.isOver || now - one.writtenAtMs >= LAZY_MS),
        )
        .slice(0, tokens);
      if (some.length === 0 || signal.aborted || now < retryAtMs) return;
      tokens -= some.length;
      const kept = await Promise.all(some.map(([id, draft]) => write(id, draft, signal)));
      const lost = some[kept.indexOf(false)];
      if (lost === undefined) continue;
      retryAtMs = clock.monotonicMs() + RETRY_MS;
      logger.write('warn', 'The file of an incident was not kept', { incident: lost[0] });
      return;
    }
  }

  return {
    evaluate(report, signal) {
      remember(report.actions.map(actionEntry), true);
      const isStill = report.held.length === 0 && heldBefore?.size === 0;
      if (isStill && report.actions.length === 0) return;
      const now = alike(report.held);
      // What an invocation finds held when it begins was filed by the one before.
      remember(begun(now, heldBefore ?? new Set(), clock.now()), heldBefore !== null);
      heldBefore = new Set(now.keys());
      background.run('files', () => pump(signal, false));
    },
    file(changes, report, signal) {
      for (const change of changes) {
        const { incident, kind } = change;
        // What a greater incident explains is in that one's file.
        if (incident.inhibitedBy !== null) continue;
        const draft = draftOf(incident, report, kind === 'opened');
        if (draft === null) {
          refusedCount += 1;
          if (refusedCount === 1) {
            logger.write('warn', `More than ${DRAFTS_MAX} incidents: not all get a file`, {});
          }
          continue;
        }
        draft.file = added(draft.file, [changeEntry(change)]);
        draft.isDirty = true;
        draft.isOver = kind === 'resolved';
        draft.writtenAtMs = Number.NEGATIVE_INFINITY;
      }
      background.run('files', () => pump(signal, false));
    },
    async flush(signal) {
      await background.over('files');
      await pump(signal, true);
    },
  };
}

/** Of held things only what is newly held; of the rest what names the subject. */
const isAbout = (entry: AuditEntry, subjectId: string): boolean =>
  entry.kind === 'incident' ? entry.subject === subjectId : entry.concerns.includes(subjectId);

/** The newest chapter with more entries, in a new object: what is being written stays as it is. */
function added(file: CaseFile, entries: readonly AuditEntry[]): CaseFile {
  const last = file.chapters.at(-1);
  if (last === undefined) return file;
  const chapter = { ...last, entries: [...entries] };
  return mergeCases(file, { ...file, chapters: [chapter] });
}

function chapterOf(
  incident: Incident,
  report: Report,
  isOpening: boolean,
  recent: readonly AuditEntry[],
): Chapter {
  const { subject, openedAt, since } = incident;
  const from = Math.min(since, openedAt) - TELLING_MS;
  return {
    openedAt,
    lastGoodAt: report.lastGoodAts?.get(subject.id) ?? null,
    seen: isOpening ? [...(report.seen?.(subject) ?? [])].slice(0, SEEN_MAX) : [],
    found: isOpening ? foundBeside(incident, report) : [],
    entries: recent.filter((entry) => entry.at >= from && isAbout(entry, subject.id)),
    dropped: 0,
  };
}

const SEEN_MAX = 40;
/** Routes are written before anything is notified. */
const TELLING_MS = 10_000;

const foundBeside = ({ subject, reason }: Incident, { findings }: Report): string[] =>
  findings
    .filter((one) => one.reason !== reason || one.subject.id !== subject.id)
    .slice(0, NAMED_MAX)
    .map((one) => `${one.reason} of ${one.subject.name}: ${one.summary}`.slice(0, 300));
