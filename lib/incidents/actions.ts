/** Which deeds belong to which incident, and the times that they measure. Pure. */

import type { Deed } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { wholeOf } from './inhibition.ts';
import { DEEDS_KEPT, type Incident, type Times } from './types.ts';

/** By the id of each subject that a deed concerns or serves. */
export function deedsBySubject(deeds: readonly Deed[]): ReadonlyMap<string, readonly Deed[]> {
  const bySubject = new Map<string, Deed[]>();
  for (const deed of deeds) {
    for (const id of new Set([...deed.concerns, ...deed.serves])) {
      const row = bySubject.get(id);
      if (row === undefined) bySubject.set(id, [deed]);
      else row.push(deed);
    }
  }
  return bySubject;
}

/** The incident with those deeds that answer it and that it does not have yet; the very same one when there are none. */
export function withDeeds(
  incident: Incident,
  bySubject: ReadonlyMap<string, readonly Deed[]>,
): Incident {
  const from = beginOf(incident);
  const last = incident.deeds.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const isNew = (deed: Deed) =>
    deed.at >= from &&
    deed.at >= last &&
    // A repair answers the whole; what of it is told as a part (routes away) ends by deeds of its own.
    (deed.thing !== 'repair' || wholeOf(incident) === null) &&
    (deed.at >= incident.openedAt || deed.concerns.includes(incident.subject.id)) &&
    !incident.deeds.some((one) => one.at === deed.at && one.summary === deed.summary);
  const fresh = (bySubject.get(incident.subject.id) ?? []).filter(isNew);
  if (fresh.length === 0) return incident;
  const summaries = new Set(fresh.map(({ summary }) => summary));
  const before = new Set(incident.deeds.map(gistOf));
  // A later try of the same thing replaces the earlier one: `written`, then `done`.
  const earlier = incident.deeds.filter(({ summary }) => !summaries.has(summary));
  const marked = fresh.map((deed) =>
    before.has(gistOf(deed)) ? { ...deed, isAgain: true } : deed,
  );
  const deeds = [...earlier, ...marked].slice(-DEEDS_KEPT);
  // What answers the trouble is measured; bringing things home after it only where there was nothing else to do.
  // Nor is a repair, where routes were the answer: traffic flowed before it.
  const isAnswer = ({ concerns, thing }: Deed) =>
    thing !== 'repair' && concerns.includes(incident.subject.id);
  const measured = deeds.some(isAnswer) ? fresh.filter(isAnswer) : fresh;
  const times = measured.reduce(withTimes, incident.times);
  // It was found before it was acted on, and is told after both.
  const detectedAt = Math.min(incident.detectedAt, times.decidedAt ?? incident.detectedAt);
  return { ...incident, deeds, times, detectedAt };
}

const gistOf = (deed: Deed): string => `${isDone(deed) ? 'done' : deed.outcome} ${deed.summary}`;

/** Routes are written before anything is told; what was done about an earlier failure is another story. */
export const beginOf = ({ since, openedAt }: Pick<Incident, 'since' | 'openedAt'>): Instant =>
  Math.min(since, openedAt - TELLING_MS);

/** A telling may wait for the one before. */
const TELLING_MS = 10_000;

/** What led to its end: what serves its subject and came after it was found. A repair is found with its first result. */
export const servingDeeds = ({ deeds, openedAt, subject }: Incident): readonly Deed[] =>
  deeds.filter(
    ({ at, thing, serves }) =>
      serves.includes(subject.id) && (at >= openedAt || thing === 'repair'),
  );

/** What came of a deed, for people. */
export const SAID: Readonly<Record<Deed['outcome'], string>> = {
  done: 'done',
  written: 'written, not yet read back',
  asked: 'asked, not confirmed: the answer was lost',
  skipped: 'not needed any more',
  deferred: 'put off to the next look',
  failed: 'failed',
};

/** Done, or perhaps done: its answer was lost. */
export const isTried = (deed: Deed): boolean => isDone(deed) || deed.outcome === 'asked';

export const isDone = ({ outcome }: Deed): boolean => outcome === 'done' || outcome === 'written';

function withTimes(times: Times, deed: Deed): Times {
  if (!isDone(deed)) return times;
  const wroteAt = deed.times?.wroteAt ?? deed.at;
  const readBackAt = deed.times?.readBackAt ?? (deed.outcome === 'done' ? deed.at : null);
  return {
    decidedAt: least(times.decidedAt, deed.times?.decidedAt ?? null),
    firstWriteAt: least(times.firstWriteAt, wroteAt),
    lastWriteAt: Math.max(times.lastWriteAt ?? wroteAt, wroteAt),
    readBackAt:
      readBackAt === null ? times.readBackAt : Math.max(times.readBackAt ?? 0, readBackAt),
  };
}

const least = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
