/** The timeline without its echoes: in the order of cause and effect, the like said once. Pure. */
import type { TimelineEvent, TimelineKind } from '../../simulator/timeline.ts';

export interface Beat {
  readonly atMs: number;
  readonly kind: Exclude<TimelineKind, 'watch'>;
  readonly text: string;
}

export interface Beats {
  readonly beats: readonly Beat[];
  /** How many more said what had been said `SAID_MAX` times before. */
  readonly echoCount: number;
}

/** A flapping appliance would fill pages with one sentence. What breaks and what moves is never left out. */
const SAID_MAX = 3;

/** Watchers relieve each other every minute: that is no news. `hasDawn`: with what was there before the first fault. */
export function beatsOf(events: readonly TimelineEvent[], hasDawn: boolean): Beats {
  const [first] = events.filter(({ kind }) => kind === 'fault');
  const fromMs = hasDawn ? 0 : (first?.atMs ?? 0);
  const said = new Map<string, number>();
  let echoCount = 0;
  const beats = merged(events).filter(({ atMs, kind, gist }) => {
    if (atMs < fromMs) return false;
    if (kind === 'fault' || kind === 'over' || kind === 'moved') return true;
    const saidCount = (said.get(gist) ?? 0) + 1;
    said.set(gist, saidCount);
    if (saidCount > SAID_MAX) echoCount += 1;
    return saidCount <= SAID_MAX;
  });
  return {
    beats: beats.map(({ atMs, kind, text, likeCount }) => ({
      atMs,
      kind,
      text: likeCount === 0 ? text : `${text} (and ${likeCount} more like it)`,
    })),
    echoCount,
  };
}

interface Merged extends Beat {
  readonly gist: string;
  readonly likeCount: number;
}

/** Those of one moment and one gist are one, told where the first of them is. */
function merged(events: readonly TimelineEvent[]): readonly Merged[] {
  const beats = new Map<string, Merged>();
  for (const { atMs, kind, text } of events.toSorted(inOrder)) {
    if (kind === 'watch') continue;
    const gist = `${kind} ${gistOf(kind, text)}`;
    const key = `${atMs} ${gist}`;
    const before = beats.get(key);
    beats.set(
      key,
      before === undefined
        ? { atMs, kind, text, gist, likeCount: 0 }
        : { ...before, likeCount: before.likeCount + 1 },
    );
  }
  return [...beats.values()];
}

const ORDER: readonly TimelineKind[] = [
  'fault',
  'over',
  'seen',
  'gone',
  'moved',
  'skipped',
  'held',
  'notified',
  'watch',
];

const inOrder = (a: TimelineEvent, b: TimelineEvent): number =>
  a.atMs - b.atMs || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);

/** What makes two events alike: the reason of a finding or a notice, the why of a hold; anything else is itself. */
function gistOf(kind: TimelineKind, text: string): string {
  switch (kind) {
    case 'seen':
    case 'gone':
      return /^\w+/.exec(text)?.[0] ?? text;
    case 'notified': {
      const [, severity, reason, impact] = /^(\S+) .*?: (\w+), (\w+ \w+)/.exec(text) ?? [];
      return reason === undefined ? text : `${severity} ${reason} ${impact}`;
    }
    case 'held': {
      const [, rule, why] = /^(\w+) [^:]*: (.*)$/.exec(text) ?? [];
      return why === undefined
        ? text
        : `${rule} ${why.replaceAll(/\b\d+ (?:ms|s|min|h|d)\b/g, '')}`;
    }
    case 'fault':
    case 'over':
    case 'moved':
    case 'skipped':
    case 'watch':
      return text;
    default:
      return kind satisfies never;
  }
}
