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
  let holds: ReadonlySet<string> = new Set();
  /** All leaders so far, the present one last: a previous leader never leads again. */
  const leaders: string[] = [];
  const note = (by: string, atMs: number, noted: readonly Noted[]) =>
    events.push(...noted.map(([kind, text]) => ({ atMs, kind, by, text })));

  function noteLeader(by: string, atMs: number): void {
    if (leaders.includes(by)) return;
    const before = leaders.at(-1);
    if (before !== undefined) note(by, atMs, [['handover', `${by} takes over from ${before}`]]);
    leaders.push(by);
  }

  return {
    tick(by, { world, assessment, plan, outcomes }, atMs) {
      const { kind } = world.lease;
      note(by, atMs, movesOf(outcomes.map(moveOfOutcome), nameOf));
      // A standby and a single pass on an event see less than the leader.
      if (kind !== 'leader' && kind !== 'unreachable') return;
      if (kind === 'leader') noteLeader(by, atMs);
      if (by !== leaders.at(-1)) return;
      note(by, atMs, changesOf(assessment.findings, findings));
      const held = Map.groupBy(plan.held, holdKey);
      note(by, atMs, heldOf(held, holds, nameOf));
      holds = new Set(held.keys());
    },
    polled(scope, by, found, atMs) {
      const known = polled.get(scope) ?? new Map<string, string>();
      polled.set(scope, known);
      note(by, atMs, changesOf(found, known));
    },
    actions(by, actions, atMs) {
      note(by, atMs, movesOf(actions.map(moveOfAction), nameOf));
    },
    notifications(by, notifications, atMs) {
      note(
        by,
        atMs,
        notifications.map(({ subject }): Noted => ['notified', subject]),
      );
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

type Noted = readonly [kind: TimelineKind, text: string];
type NameOf = (instanceId: string) => string;

interface RouteMove {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly outcome: string;
  readonly why: string | null;
  readonly because: string;
}

const moveOfOutcome = (outcome: Outcome): RouteMove => ({
  ...outcome.move,
  outcome: outcome.kind,
  why: 'why' in outcome ? outcome.why : null,
});

const moveOfAction = (action: ReportedAction): RouteMove => ({
  ...action,
  from: String(action.details['from']),
  to: String(action.details['to']),
  because: action.because ?? '',
});

/** Routes that moved alike are one line. */
function movesOf(moves: readonly RouteMove[], nameOf: NameOf): readonly Noted[] {
  const alike = Map.groupBy(moves, (one) => `${one.outcome} ${one.kind} ${one.from} ${one.to}`);
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map(({ from, to, kind, outcome, why, because }): Noted => {
      const isMoved = outcome === 'done' || outcome === 'written';
      const what = `${routes(group.length)} ${nameOf(from)} -> ${nameOf(to)} (${kind})`;
      const text = `${what}, ${outcome}${why === null ? '' : `: ${why}`}: ${because}`;
      return [isMoved ? 'moved' : 'skipped', text];
    }),
  );
}

/** What is held newly. */
const heldOf = (
  held: ReadonlyMap<string, readonly Held[]>,
  before: ReadonlySet<string>,
  nameOf: NameOf,
): readonly Noted[] =>
  [...held].flatMap(([key, group]) =>
    before.has(key)
      ? []
      : group.slice(0, 1).map(({ from, because, rule }): Noted => {
          const stay = `${routes(group.length)} stay${group.length === 1 ? 's' : ''}`;
          return ['held', `${stay} on ${nameOf(from)}: ${because} [${rule}]`];
        }),
  );

/** What is found newly, and what no more; `known` is brought up to date. */
function changesOf(found: readonly Finding[], known: Map<string, string>): readonly Noted[] {
  const changes: Noted[] = [];
  const seen = new Set<string>();
  for (const { reason, subject, summary, severity } of found) {
    if (severity === 'info') continue;
    const key = `${reason} ${subject.id}`;
    seen.add(key);
    if (!known.has(key)) changes.push(['detected', `${reason}: ${summary}`]);
    known.set(key, `${reason} of ${subject.name}`);
  }
  for (const [key, text] of known) {
    if (seen.has(key)) continue;
    known.delete(key);
    changes.push(['cleared', text]);
  }
  return changes;
}

const holdKey = ({ rule, from, to, kind }: Held): string => `${rule} ${kind} ${from} ${to ?? ''}`;
const routes = (count: number): string => counted(count, 'route');
