/** A story and its incidents' changes as entries of the record: bounded, and the same words everywhere. Pure. */

import type { ReportedAction, ReportedHeld } from '../../core/report.ts';
import type { Instant } from '../../core/time.ts';
import type { IncidentChange } from '../types.ts';
import { type ActionEntry, type AuditEntry, type HeldEntry, NAMED_MAX } from './entry.ts';

const TEXT_MAX = 400;
const cut = (text: string): string =>
  text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 3)}...`;
const cutOrNull = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : cut(text);

export const actionEntry = (action: ReportedAction): ActionEntry => ({
  kind: 'action',
  at: action.at,
  action: action.kind,
  summary: cut(action.summary),
  because: cutOrNull(action.because),
  outcome: action.outcome,
  why: cutOrNull(action.why),
  decidedAt: action.times?.decidedAt ?? null,
  wroteAt: action.times?.wroteAt ?? null,
  readBackAt: action.times?.readBackAt ?? null,
  concerns: named([...action.concerns, ...action.serves]),
  details: { ...action.details },
});

/** What is held alike: the same thing by the same rule, for the same subject. */
export type Alike = ReadonlyMap<string, readonly ReportedHeld[]>;

export const alike = (held: readonly ReportedHeld[]): Alike =>
  Map.groupBy(held, ({ kind, rule, concerns }) => `${kind} ${rule} ${concerns[0] ?? ''}`);

/** Those kinds that were not held before, an entry each. */
export const begun = (now: Alike, before: ReadonlySet<string>, at: Instant): readonly HeldEntry[] =>
  [...now].flatMap(([key, some]) => (before.has(key) ? [] : heldEntry(some, at)));

function heldEntry(some: readonly ReportedHeld[], at: Instant): readonly HeldEntry[] {
  const [first] = some;
  if (first === undefined) return [];
  return [
    {
      kind: 'held',
      at,
      action: first.kind,
      count: some.length,
      summary: cut(first.summary),
      rule: first.rule,
      because: cut(first.because),
      until: first.until,
      concerns: named(some.slice(0, NAMED_MAX).flatMap(({ concerns }) => concerns)),
    },
  ];
}

export function changeEntry({ kind, at, incident, notification }: IncidentChange): AuditEntry {
  const { id, openedAt, reason, severity, subject, summary, restoredBy } = incident;
  return {
    kind: 'incident',
    at,
    change: kind,
    incidentId: id,
    openedAt,
    reason,
    severity,
    subject: subject.id,
    summary: cut(summary),
    notified: notification?.subject ?? null,
    notifiedWith: notification === null ? incident.parent : null,
    restoredBy: cutOrNull(restoredBy),
  };
}

const named = (ids: readonly string[]): string[] =>
  [...new Set(ids)].slice(0, NAMED_MAX).map((id) => id.slice(0, NAME_MAX));

const NAME_MAX = 120;
