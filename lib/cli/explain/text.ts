/** The history of an incident as text, with its measured times. Pure. */

import type { OperatorEntry } from '../../core/operatorLog.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import type {
  ActionEntry,
  AuditEntry,
  Chapter,
  IncidentEntry,
} from '../../incidents/history/entry.ts';
import { durationMs, endingText } from '../../incidents/steps.ts';
import type { Incident } from '../../incidents/types.ts';
import { type Colour, colour, type Words } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import type { Explanation, Milestone } from './types.ts';

export function writeExplanation(one: Explanation, now: Instant): readonly Block[] {
  const { chapter, openings, nth, id } = one;
  return [
    ...writeHead(one, now),
    blank,
    title('When'),
    table(
      ['AT', 'AFTER', 'WHAT'],
      one.milestones.map(({ name, at, afterMs }) => [toIso(at), `+${describeMs(afterMs)}`, name]),
    ),
    ...writeLines('Latest evidence', one.incident?.evidence ?? []),
    ...writeLines('Observed when it opened', chapter?.seen ?? []),
    ...writeLines('Other findings at that time', chapter?.found ?? []),
    blank,
    title('Decided, done and notified'),
    ...writeEntries(one),
    ...(openings.length > 1
      ? [
          blank,
          line(
            `On record ${counted(openings.length, 'time')}; this is ${nth === 1 ? 'the latest' : `number ${nth}, counted back`}. Another: vpn-medic explain ${shellQuoted(id)} --nth ${nth < openings.length ? nth + 1 : 1}`,
          ),
        ]
      : []),
  ];
}

function writeHead({ id, incident, openings, nth }: Explanation, now: Instant): readonly Block[] {
  if (incident === null) {
    return [
      title(id),
      line(
        `Opened ${toIso(openings[nth - 1] ?? 0)}. It has left the incident store; this is its history.`,
      ),
    ];
  }
  const { severity, subject, reason, summary, hint, resolvedAt } = incident;
  const { restoredBy, inhibitedBy } = incident;
  const lasted = describeMs(durationMs(incident, now));
  const ending = endingText(incident);
  const state =
    resolvedAt === null
      ? colour(
          severity === 'critical' ? 'bad' : 'warn',
          `open for ${lasted}${ending === null ? '' : `; ${ending}`}`,
        )
      : colour('good', `resolved after ${lasted}${restoredBy === null ? '' : `: ${restoredBy}`}`);
  return [
    title([colour('strong', `${severity.toUpperCase()} ${subject.name}: ${reason}, `), state]),
    line(summary),
    ...(resolvedAt === null ? [line(`To do: ${hint}`)] : []),
    ...(inhibitedBy === null
      ? []
      : [line(`Suppressed, same root cause as: vpn-medic explain ${shellQuoted(inhibitedBy)}`)]),
    line(colour('dim', id)),
  ];
}

const writeLines = (heading: string, lines: readonly string[]): readonly Block[] =>
  lines.length === 0
    ? []
    : [blank, title(heading), ...lines.map((text) => line(text.trimStart(), indentOf(text), 4))];

const indentOf = (text: string): number => 2 + text.length - text.trimStart().length;

function writeEntries({ chapter, people }: Explanation): readonly Block[] {
  const rows = [
    ...(chapter?.entries ?? []).map((entry) => ({ at: entry.at, row: rowOf(entry) })),
    ...people.map((entry) => ({ at: entry.at, row: personRow(entry) })),
  ].toSorted((a, b) => a.at - b.at);
  if (chapter === null && rows.length === 0) {
    return [line('No history is stored: it could not be written, or has expired.')];
  }
  return [
    table(
      ['AT', 'WHAT', ''],
      rows.map(({ at, row }) => [toIso(at), ...row]),
    ),
    ...((chapter?.dropped ?? 0) > 0
      ? [line(`${chapter?.dropped ?? 0} more in between: the function's log has all of them.`)]
      : []),
  ];
}

const COLOURS: Readonly<Record<string, Colour>> = {
  done: 'good',
  written: 'warn',
  failed: 'bad',
  skipped: 'dim',
  deferred: 'warn',
};

function rowOf(entry: AuditEntry): readonly [Words, Words] {
  switch (entry.kind) {
    case 'action': {
      const { outcome, summary, action, because, why } = entry;
      const reasons = [because, why === null ? null : `${outcome} because ${why}`].flatMap(
        (text) => text ?? [],
      );
      return [
        colour(COLOURS[outcome] ?? 'plain', outcome),
        `${summary} (${[action, ...reasons].join('; ')})`,
      ];
    }
    case 'held': {
      const { summary, rule, because, until } = entry;
      const more = entry.count > 1 ? ` and ${entry.count - 1} more like it` : '';
      return [
        colour('warn', `held ${rule}`),
        `${summary}${more}: ${because}${until === null ? '' : `; until ${toIso(until)}`}`,
      ];
    }
    case 'incident':
      return [entry.change, notifiedText(entry)];
    default:
      return entry satisfies never;
  }
}

function notifiedText({ notified, notifiedWith, severity, summary }: IncidentEntry): string {
  if (notified !== null) return `notified: ${notified}`;
  return notifiedWith === null
    ? `${severity}, recorded and not sent: ${summary}`
    : `${severity}, included in the notification of ${notifiedWith}: ${summary}`;
}

const personRow = ({ by, command, what, why }: OperatorEntry): readonly [Words, Words] => [
  colour('strong', command),
  `${what}, by ${by}: ${why}`,
];

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
