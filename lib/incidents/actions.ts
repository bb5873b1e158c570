/** Which actions belong to which incident, and the times that they measure. Pure. */

import type { ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { isDown, wholeOf } from './inhibition.ts';
import { ACTIONS_KEPT, type Incident, type Times } from './types.ts';

/** By the id of each subject that an action concerns or serves. */
export function actionsBySubject(
  actions: readonly ReportedAction[],
): ReadonlyMap<string, readonly ReportedAction[]> {
  const bySubject = new Map<string, ReportedAction[]>();
  for (const action of actions) {
    for (const id of new Set([...action.concerns, ...action.serves])) {
      const row = bySubject.get(id);
      if (row === undefined) bySubject.set(id, [action]);
      else row.push(action);
    }
  }
  return bySubject;
}

/** The incident with the new actions that belong to it; the same object when there are none. */
export function withActions(
  incident: Incident,
  bySubject: ReadonlyMap<string, readonly ReportedAction[]>,
): Incident {
  const from = beginOf(incident);
  const last = incident.actions.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const isNew = (action: ReportedAction) =>
    isAnswerTo(incident, action) &&
    action.at >= from &&
    action.at >= last &&
    // A repair belongs to the whole; an incident of a part (RouteAway) has actions of its own.
    (action.thing !== 'repair' || wholeOf(incident) === null) &&
    (action.at >= incident.openedAt || action.concerns.includes(incident.subject.id)) &&
    !incident.actions.some((one) => one.at === action.at && one.summary === action.summary);
  const fresh = (bySubject.get(incident.subject.id) ?? []).filter(isNew);
  if (fresh.length === 0) return incident;
  const summaries = new Set(fresh.map(({ summary }) => summary));
  const before = new Set(incident.actions.map(gistOf));
  // A later attempt of the same action replaces the earlier one: `written`, then `done`.
  const earlier = incident.actions.filter(({ summary }) => !summaries.has(summary));
  const marked = fresh.map((action) =>
    before.has(gistOf(action)) ? { ...action, isAgain: true } : action,
  );
  const actions = [...earlier, ...marked].slice(-ACTIONS_KEPT);
  // Failovers are measured; failbacks only where there was no failover. Repairs are not: traffic flowed before them.
  const isAnswer = ({ concerns, thing }: ReportedAction) =>
    thing !== 'repair' && concerns.includes(incident.subject.id);
  const measured = actions.some(isAnswer) ? fresh.filter(isAnswer) : fresh;
  const times = measured.reduce(withTimes, incident.times);
  // It was detected before it was acted on, and is notified after both.
  const detectedAt = Math.min(incident.detectedAt, times.decidedAt ?? incident.detectedAt);
  return { ...incident, actions, times, detectedAt };
}

/** A route is moved because something is down or leaves, or because of the route itself, never because of a tag or a probe's setting. */
const isAnswerTo = (incident: Incident, { thing }: ReportedAction): boolean =>
  thing !== 'route' || isDown(incident) || isOfRoutes(incident);

/** Whether a move of routes can end it. */
export const isOfRoutes = ({ reason }: Pick<Incident, 'reason'>): boolean =>
  /^(Route|WriteFailed|Pool|ApplianceLeaving|ConnectionRoutesAway|Transit)/.test(reason);

const gistOf = (action: ReportedAction): string =>
  `${isDone(action) ? 'done' : action.outcome} ${action.summary}`;

/** Routes are written before the incident opens; actions of an earlier failure do not belong to it. */
export const beginOf = ({ since, openedAt }: Pick<Incident, 'since' | 'openedAt'>): Instant =>
  Math.min(since, openedAt - NOTIFY_WAIT_MS);

/** A notification may wait for the one before. */
const NOTIFY_WAIT_MS = 10_000;

/** Actions that restored it: those that serve its subject after it opened. A repair may have begun before. */
export const servingActions = ({
  actions,
  openedAt,
  subject,
}: Incident): readonly ReportedAction[] =>
  actions.filter(
    ({ at, thing, serves }) =>
      serves.includes(subject.id) && (at >= openedAt || thing === 'repair'),
  );

/** An action's outcome in words. */
export const SAID: Readonly<Record<ReportedAction['outcome'], string>> = {
  done: 'done',
  written: 'written, not yet read back',
  asked: 'asked, not confirmed: the answer was lost',
  skipped: 'no longer needed',
  deferred: 'deferred to the next pass',
  failed: 'failed',
};

/** Done, or possibly done: the answer was lost. */
export const isTried = (action: ReportedAction): boolean =>
  isDone(action) || action.outcome === 'asked';

export const isDone = ({ outcome }: ReportedAction): boolean =>
  outcome === 'done' || outcome === 'written';

function withTimes(times: Times, action: ReportedAction): Times {
  if (!isDone(action)) return times;
  const wroteAt = action.times?.wroteAt ?? action.at;
  const readBackAt = action.times?.readBackAt ?? (action.outcome === 'done' ? action.at : null);
  return {
    decidedAt: least(times.decidedAt, action.times?.decidedAt ?? null),
    firstWriteAt: least(times.firstWriteAt, wroteAt),
    lastWriteAt: Math.max(times.lastWriteAt ?? wroteAt, wroteAt),
    readBackAt:
      readBackAt === null ? times.readBackAt : Math.max(times.readBackAt ?? 0, readBackAt),
  };
}

const least = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** EC2's answer was lost: the write may have been made. */
export const isAsked = ({ outcome }: ReportedAction): boolean => outcome === 'asked';

/** EC2 accepted the write, and no read has shown it yet. */
export const isUnseen = ({ thing, outcome }: ReportedAction): boolean =>
  thing === 'route' && outcome === 'written';
