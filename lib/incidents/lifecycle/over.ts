/** When an incident is over: its finding is absent for long enough, and nothing hides it. Pure. */
import type { Finding } from '../../core/finding.ts';
import { unjudgedKey } from '../../core/report.ts';
import type { Instant } from '../../core/time.ts';
import type { Delays } from '../delays.ts';
import { isDown, isObjectedBy, isObjection, troubleOf, unwellIds } from '../inhibition.ts';
import type { Incident } from '../types.ts';
import type { Look } from './look.ts';

/** Whether its finding has been gone for long enough. */
export const isOver = (incident: Incident, look: Look, now: Instant): boolean =>
  look.mayResolve &&
  incident.missedAt !== null &&
  now - (look.delays.isPolled ? incident.seenAt : incident.missedAt) >=
    clearMs(incident, look.delays);

/** What cannot be seen well now is neither found nor over (S13). */
export function missed(incident: Incident, look: Look, isHeld: boolean, now: Instant): Incident {
  const { missedAt, seenAt } = incident;
  // What was absent before, and may be there again, has to be absent anew.
  if (isHeld && !look.gone.has(incident.subject.id)) return { ...incident, missedAt: null };
  if (missedAt !== null || !look.mayResolve) return incident;
  // The previous leader saw it until just now, and stored that when it began.
  const isOfPrevious = !look.delays.isPolled && now - seenAt > LOOK_GAP_MS;
  return { ...incident, missedAt: now, seenAt: isOfPrevious ? now : seenAt };
}

/** Longer than two looks of one watcher lie apart. */
const LOOK_GAP_MS = 10_000;

/** Whether an absent finding is no evidence of an end: what would show it is unwell, unjudged, or found under another name. */
export function openHolds(found: readonly Finding[], look: Look): (incident: Incident) => boolean {
  const unwell = unwellIds(look.findings);
  const troubles = new Set(found.map(troubleOf));
  const objections = found.filter(isObjection);
  return (incident) =>
    !isByPeople(incident) &&
    ((isDown(incident) && objections.some((by) => isObjectedBy(incident, by))) ||
      isUnwell(incident, unwell) ||
      look.unjudged?.has(unjudgedKey(incident.reason, incident.subject.id)) === true ||
      troubles.has(troubleOf(incident)));
}

/** Whether its thing, or what that is within, is down or cannot be judged: then nothing of it is over. */
const isUnwell = ({ subject }: Incident, unwell: ReadonlySet<string>): boolean =>
  unwell.size > 0 && [subject.id, ...(subject.within ?? [])].some((id) => unwell.has(id));

/** Said by people, not seen: what they end is over at once, whatever else is unwell, and does not flicker. */
const BY_PEOPLE: ReadonlySet<string> = new Set(['Paused']);

const isByPeople = ({ reason }: Pick<Incident, 'reason'>): boolean => BY_PEOPLE.has(reason);

/** Until it is over. From the third opening within an hour on it doubles: a flapping thing is one long trouble. */
export function clearMs(incident: Incident, delays: Delays): number {
  if (isByPeople(incident)) return 0;
  const extra = incident.openings.length - 1;
  if (extra <= 0) return delays.clearMs;
  return Math.min(FLAP_MS_MAX, Math.max(delays.clearMs, FLAP_MS) * 2 ** extra);
}

const FLAP_MS = 30_000;
const FLAP_MS_MAX = 900_000;
