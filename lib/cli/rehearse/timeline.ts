/** The timeline without repetitions, in the order of cause and effect. Pure. */
import type { TimelineEvent, TimelineKind } from '../../simulator/timeline.ts';

export interface TimelineLine {
  readonly atMs: number;
  readonly kind: Exclude<TimelineKind, 'handover'>;
  readonly text: string;
}

export interface Condensed {
  readonly lines: readonly TimelineLine[];
  /** How many lines repeat what was printed `PRINTED_MAX` times before. */
  readonly omittedCount: number;
}

/** A flapping appliance would fill pages with one sentence. Faults and moves are never left out. */
const PRINTED_MAX = 3;

/** Without handovers, which happen every minute. `hasStart`: with what was detected before the first fault. */
export function condense(events: readonly TimelineEvent[], hasStart: boolean): Condensed {
  const [first] = events.filter(({ kind }) => kind === 'fault');
  const fromMs = hasStart ? 0 : (first?.atMs ?? 0);
  const printed = new Map<string, number>();
  let omittedCount = 0;
  const lines = merged(events).filter(({ atMs, kind, pattern }) => {
    if (atMs < fromMs) return false;
    if (kind === 'fault' || kind === 'recovered' || kind === 'moved') return true;
    const printedCount = (printed.get(pattern) ?? 0) + 1;
    printed.set(pattern, printedCount);
    if (printedCount > PRINTED_MAX) omittedCount += 1;
    return printedCount <= PRINTED_MAX;
  });
  return {
    lines: lines.map(({ atMs, kind, text, likeCount }) => ({
      atMs,
      kind,
      text: likeCount === 0 ? text : `${text} (and ${likeCount} similar)`,
    })),
    omittedCount,
  };
}

interface Merged extends TimelineLine {
  readonly pattern: string;
  readonly likeCount: number;
}

/** Events of one instant and one pattern become one line, where the first of them is. */
function merged(events: readonly TimelineEvent[]): readonly Merged[] {
  const lines = new Map<string, Merged>();
  for (const { atMs, kind, text } of events.toSorted(inOrder)) {
    if (kind === 'handover') continue;
    const pattern = `${kind} ${patternOf(kind, text)}`;
    const key = `${atMs} ${pattern}`;
    const before = lines.get(key);
    lines.set(
      key,
      before === undefined
        ? { atMs, kind, text, pattern, likeCount: 0 }
        : { ...before, likeCount: before.likeCount + 1 },
    );
  }
  return [...lines.values()];
}

const ORDER: readonly TimelineKind[] = [
  'fault',
  'recovered',
  'detected',
  'cleared',
  'moved',
  'skipped',
  'held',
  'notified',
  'handover',
];

const inOrder = (a: TimelineEvent, b: TimelineEvent): number =>
  a.atMs - b.atMs || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);

/** Events are similar with the same reason of a finding or notification, or the same why of a held move. */
function patternOf(kind: TimelineKind, text: string): string {
  switch (kind) {
    case 'detected':
    case 'cleared':
      return /^\w+/.exec(text)?.[0] ?? text;
    case 'notified': {
      const [, severity, reason, impact] = /^(\S+) .*?: (\w+), (\w+ \w+)/.exec(text) ?? [];
      return reason === undefined ? text : `${severity} ${reason} ${impact}`;
    }
    case 'held': {
      const [, why, rule] = /^[^:]*: (.*) \[(\w+)\]$/.exec(text) ?? [];
      return why === undefined
        ? text
        : `${rule} ${why.replaceAll(/\b\d+ (?:ms|s|min|h|d)\b/g, '')}`;
    }
    case 'fault':
    case 'recovered':
    case 'moved':
    case 'skipped':
    case 'handover':
      return text;
    default:
      return kind satisfies never;
  }
}
