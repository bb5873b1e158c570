/** Ticks, notifications and faults as one list of events for a person. */

import type { Held, Outcome } from '../appliances/types/plan.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Finding } from '../core/finding.ts';
import type { ReportedAction } from '../core/report.ts';
import { counted } from '../core/text.ts';
import type { Notification } from '../incidents/types.ts';

export type TimelineKind =
  | 'fault'
  | 'recovered'
  | 'detected'
  | 'cleared'
  | 'held'
  | 'moved'
  | 'skipped'
  | 'notified'
  | 'handover';

export interface TimelineEvent {
  /** Virtual time since the rehearsal began. */
  readonly atMs: number;
  readonly kind: TimelineKind;
  /** The invocation that detected or did it; null for a fault. */
  readonly by: string | null;
  readonly text: string;
}

export interface Timeline {
  tick(by: string, tick: Tick, atMs: number): void;
  /** What a poll of one subject found. */
  polled(scope: string, by: string, findings: readonly Finding[], atMs: number): void;
  /** What a poll did with transit gateway routes. */
  actions(by: string, actions: readonly ReportedAction[], atMs: number): void;
  notifications(by: string, notifications: readonly Notification[], atMs: number): void;
  note(event: TimelineEvent): void;
  /** The events since the last call, in order of time. */
  take(): readonly TimelineEvent[];
}

export function openTimeline(nameOf: (instanceId: string) => string): Timeline {
  let events: TimelineEvent[] = [];
  const findings = new Map<string, string>();
  const polled = new Map<string, Map<string, string>>();
  let holds = new Set<string>();
  /** All leaders so far, the present one last: a previous leader never leads again. */
  const leaders: string[] = [];
  const note = (atMs: number, kind: TimelineKind, by: string | null, text: string) =>
    events.push({ atMs, kind, by, text });

  function noteFindings(
    by: string,
    found: readonly Finding[],
    known: Map<string, string>,
    atMs: number,
  ): void {
    const seen = new Set<string>();
    for (const { reason, subject, summary, severity } of found) {
      if (severity === 'info') continue;
      const key = `${reason} ${subject.id}`;
      seen.add(key);
      if (!known.has(key)) note(atMs, 'detected', by, `${reason}: ${summary}`);
      known.set(key, `${reason} of ${subject.name}`);
    }
    for (const [key, text] of known) {
      if (seen.has(key)) continue;
      known.delete(key);
      note(atMs, 'cleared', by, text);
    }
  }

  function noteHolds(by: string, { plan }: Tick, atMs: number): void {
    const now = new Set<string>();
    for (const [key, held] of Map.groupBy(plan.held, holdKey)) {
      now.add(key);
      const [first] = held;
      if (holds.has(key) || first === undefined) continue;
      note(
        atMs,
        'held',
        by,
        `${routes(held.length)} stay${held.length === 1 ? 's' : ''} on ${nameOf(first.from)}: ${first.because} [${first.rule}]`,
      );
    }
    holds = now;
  }

  function noteOutcomes(by: string, outcomes: readonly Outcome[], atMs: number): void {
    for (const group of Map.groupBy(outcomes, outcomeKey).values()) {
      const [first] = group;
      if (first === undefined) continue;
      const { move } = first;
      const isMoved = first.kind === 'done' || first.kind === 'written';
      note(
        atMs,
        isMoved ? 'moved' : 'skipped',
        by,
        `${routes(group.length)} ${nameOf(move.from)} -> ${nameOf(move.to)} (${move.kind}), ${first.kind}${'why' in first ? `: ${first.why}` : ''}: ${move.because}`,
      );
    }
  }

  return {
    tick(by, tick, atMs) {
      const { kind } = tick.world.lease;
      noteOutcomes(by, tick.outcomes, atMs);
      // A standby and a single pass on an event see less than the leader.
      if (kind !== 'leader' && kind !== 'unreachable') return;
      if (kind === 'leader' && !leaders.includes(by)) {
        const before = leaders.at(-1);
        if (before !== undefined) note(atMs, 'handover', by, `${by} takes over from ${before}`);
        leaders.push(by);
      }
      if (by !== leaders.at(-1)) return;
      noteFindings(by, tick.assessment.findings, findings, atMs);
      noteHolds(by, tick, atMs);
    },
    polled(scope, by, found, atMs) {
      const known = polled.get(scope) ?? new Map<string, string>();
      polled.set(scope, known);
      noteFindings(by, found, known, atMs);
    },
    actions(by, actions, atMs) {
      for (const group of Map.groupBy(actions, actionKey).values()) {
        const [first] = group;
        if (first === undefined) continue;
        const { kind, outcome, why, because = '', details } = first;
        const isMoved = outcome === 'done' || outcome === 'written';
        const [from, to] = [details['from'], details['to']].map((id) => nameOf(String(id)));
        note(
          atMs,
          isMoved ? 'moved' : 'skipped',
          by,
          `${routes(group.length)} ${from} -> ${to} (${kind}), ${outcome}${why === null ? '' : `: ${why}`}: ${because}`,
        );
      }
    },
    notifications(by, notifications, atMs) {
      for (const { subject } of notifications) note(atMs, 'notified', by, subject);
    },
    note(event) {
      events.push(event);
    },
    take() {
      const taken = events.toSorted((a, b) => a.atMs - b.atMs);
      events = [];
      return taken;
    },
  };
}

const holdKey = ({ rule, from, to, kind }: Held): string => `${rule} ${kind} ${from} ${to ?? ''}`;
const outcomeKey = ({ move, kind }: Outcome): string =>
  `${kind} ${move.kind} ${move.from} ${move.to}`;
const actionKey = ({ kind, outcome, details }: ReportedAction): string =>
  `${outcome} ${kind} ${String(details['from'])} ${String(details['to'])}`;
const routes = (count: number): string => counted(count, 'route');
