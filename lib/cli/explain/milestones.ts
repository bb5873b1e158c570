/** The measured times of an incident, in order, each counted from the last good reading. Pure. */

import type { Instant } from '../../core/time.ts';
import type { ActionEntry, Chapter } from '../../incidents/history/entry.ts';
import type { Incident } from '../../incidents/types.ts';

export interface Milestone {
  readonly name: string;
  readonly at: Instant;
  /** Since the first of them. */
  readonly afterMs: number;
}

/** Those that were measured; the store's times come before those of the history. */
export function milestonesOf(
  incident: Incident | null,
  chapter: Chapter | null,
): readonly Milestone[] {
  const actions = (chapter?.entries ?? []).filter(isWritten);
  const times = incident?.times;
  const all: readonly (readonly [string, Instant | null | undefined])[] = [
    ['last good reading', chapter?.lastGoodAt ?? incident?.since],
    ['detected', incident?.detectedAt ?? chapter?.openedAt],
    ['decided', times?.decidedAt ?? first(actions.map(({ decidedAt }) => decidedAt))],
    ['first write', times?.firstWriteAt ?? first(actions.map(({ wroteAt }) => wroteAt))],
    ['last write', times?.lastWriteAt ?? last(actions.map(({ wroteAt }) => wroteAt))],
    ['read back', times?.readBackAt ?? last(actions.map(({ readBackAt }) => readBackAt))],
    ['notified', incident?.notifiedAt ?? notifiedAt(chapter)],
    ['acknowledged', incident?.ackedAt],
    ['resolved', incident?.resolvedAt ?? resolvedAt(chapter)],
  ];
  const known = all
    .flatMap(([name, at]) => (at == null ? [] : [{ name, at }]))
    .toSorted((a, b) => a.at - b.at);
  const start = known[0]?.at ?? 0;
  return known.map(({ name, at }) => ({ name, at, afterMs: at - start }));
}

const isWritten = (entry: Chapter['entries'][number]): entry is ActionEntry =>
  entry.kind === 'action' && (entry.outcome === 'done' || entry.outcome === 'written');

const known = (ats: readonly (Instant | null)[]): readonly Instant[] =>
  ats.flatMap((at) => at ?? []);
const first = (ats: readonly (Instant | null)[]): Instant | null =>
  known(ats).toSorted((a, b) => a - b)[0] ?? null;
const last = (ats: readonly (Instant | null)[]): Instant | null =>
  known(ats).toSorted((a, b) => b - a)[0] ?? null;

const notifiedAt = (chapter: Chapter | null): Instant | null =>
  chapter?.entries.find((entry) => entry.kind === 'incident' && entry.notified !== null)?.at ??
  null;
const resolvedAt = (chapter: Chapter | null): Instant | null =>
  chapter?.entries.findLast((entry) => entry.kind === 'incident' && entry.change === 'resolved')
    ?.at ?? null;
