/** Which deeds belong to which incident, and the times that they measure. Pure. */

import type { ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { wholeOf } from './inhibition.ts';
import { ACTIONS_KEPT, type Incident, type Times } from './types.ts';

/** By the id of each subject that a deed concerns or serves. */
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

/** The incident with those deeds that answer it and that it does not have yet; the very same one when there are none. */
export function withActions(
  incident: Incident,
  bySubject: ReadonlyMap<string, readonly ReportedAction[]>,
): Incident {
  const from = beginOf(incident);
  const last = incident.actions.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const isNew = (action: ReportedAction) =>
    action.at >= from &&
    action.at >= last &&
    // A repair answers the whole; what of it is told as a part (routes away) ends by deeds of its own.
    (action.thing !== 'repair' || wholeOf(incident) === null) &&
    (action.at >= incident.openedAt || action.concerns.includes(incident.subject.id)) &&
    !incident.actions.some((one) => one.at === action.at && one.summary === action.summary);
  const fresh = (bySubject.get(incident.subject.id) ?? []).filter(isNew);
  if (fresh.length === 0) return incident;
  const summaries = new Set(fresh.map(({ summary }) => summary));
  const before = new Set(incident.actions.map(gistOf));
  // A later try of the same thing replaces the earlier one: `written`, then `done`.
  const earlier = incident.actions.filter(({ summary }) => !summaries.has(summary));
  const marked = fresh.map((action) =>
    before.has(gistOf(action)) ? { ...action, isAgain: true } : action,
  );
  const actions = [...earlier, ...marked].slice(-ACTIONS_KEPT);
  // What answers the trouble is measured; bringing things home after it only where there was nothing else to do.
  // Nor is a repair, where routes were the answer: traffic flowed before it.
  const isAnswer = ({ concerns, thing }: ReportedAction) =>
    thing !== 'repair' && concerns.includes(incident.subject.id);
  const measured = actions.some(isAnswer) ? fresh.filter(isAnswer) : fresh;
  const times = measured.reduce(withTimes, incident.times);
  // It was found before it was acted on, and is told after both.
  const detectedAt = Math.min(incident.detectedAt, times.decidedAt ?? incident.detectedAt);
  return { ...incident, actions, times, detectedAt };
}

const gistOf = (action: ReportedAction): string =>
  `${isDone(action) ? 'done' : action.outcome} ${action.summary}`;

/** Routes are written before anything is told; what was done about an earlier failure is another story. */
export const beginOf = ({ since, openedAt }: Pick<Incident, 'since' | 'openedAt'>): Instant =>
  Math.min(since, openedAt - TELLING_MS);

/** A telling may wait for the one before. */
const TELLING_MS = 10_000;

/** What led to its end: what serves its subject and came after it was found. A repair is found with its first result. */
export const servingActions = ({
  actions,
  openedAt,
  subject,
}: Incident): readonly ReportedAction[] =>
  actions.filter(
    ({ at, thing, serves }) =>
      serves.includes(subject.id) && (at >= openedAt || thing === 'repair'),
  );

/** What came of a deed, for people. */
export const SAID: Readonly<Record<ReportedAction['outcome'], string>> = {
  done: 'done',
  written: 'written, not yet read back',
  asked: 'asked, not confirmed: the answer was lost',
  skipped: 'not needed any more',
  deferred: 'put off to the next look',
  failed: 'failed',
};

/** Done, or perhaps done: its answer was lost. */
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
