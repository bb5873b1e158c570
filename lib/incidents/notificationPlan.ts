/** What of all incidents is to be notified now, grouped so that one cause is one notification. Pure. */

import { compare } from '../core/order.ts';
import type { ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { isTried } from './actions.ts';
import { UPDATE_MS, waitMs } from './delays.ts';
import { isNotifiedAsPart, isRefusal, wholeOf } from './inhibition.ts';
import { isGraver } from './lifecycle/changes.ts';
import type { Incidents, Look } from './lifecycle/look.ts';
import { isOver } from './lifecycle/over.ts';
import { isRepeatDue, isRevised, lastNotifiedAt } from './lifecycle/repeat.ts';
import type { Incident, IncidentChangeKind } from './types.ts';

export interface NotificationPlan {
  readonly kind: IncidentChangeKind;
  /** Whose notice it is. */
  readonly lead: Incident;
  /** In the same notification, and over when all of them are. */
  readonly members: readonly Incident[];
  /** Explained by it: named in its notification, never notified by themselves. */
  readonly covered: readonly Incident[];
  /** Of the same subject, and part of its notification until it ends: routes on other appliances. Absent: none. */
  readonly parts?: readonly Incident[];
}

/** The gravest and oldest first: where publishing is slow, what matters most is sent. */
export function planOf(all: Incidents, look: Look, now: Instant): readonly NotificationPlan[] {
  const families = familiesOf(all);
  const opening: Incident[] = [];
  const notificationPlan: NotificationPlan[] = [];
  const say = (kind: IncidentChangeKind, lead: Incident) =>
    notificationPlan.push({ kind, lead, ...families(lead.id) });
  for (const incident of all.values()) {
    if (incident.resolvedAt !== null) continue;
    if (incident.parent !== null && !isNotifiedAtEnd(incident)) {
      if (isRevised(incident, now)) say('updated', incident);
      continue;
    }
    const over = isOver(incident, look, now);
    if (incident.notifiedAt === null) {
      if (isTellable(incident) && (over || incident.missedAt === null)) opening.push(incident);
    } else if (over) {
      const { members } = families(incident.id);
      const isAllOver = members.every((one) => one.resolvedAt !== null || isOver(one, look, now));
      if (isAllOver) say('resolved', incident);
    } else if (incident.inhibitedBy === null && incident.silence === null) {
      if (isWorse(incident, now) || isRevised(incident, now)) say('updated', incident);
      else if (isRepeatDue(incident, now)) say('repeated', incident);
    }
  }
  return [...grouped(opening, all, look).map(withCovered(families)), ...notificationPlan].toSorted(
    (a, b) =>
      weight(a) - weight(b) || a.lead.openedAt - b.lead.openedAt || compare(a.lead.id, b.lead.id),
  );
}

/** Due, and neither explained by greater trouble nor inside a maintenance window. */
const isTellable = ({ dueAt, inhibitedBy, silence }: Incident): boolean =>
  dueAt !== null && inhibitedBy === null && silence === null;

/** Over without a notification: it was never notified, or its lead's notification covers its end. */
export const isQuietlyOver = (incident: Incident, look: Look, now: Instant): boolean =>
  incident.resolvedAt === null &&
  isOver(incident, look, now) &&
  (incident.notifiedAt === null
    ? !isTellable(incident)
    : incident.parent !== null && !isNotifiedAtEnd(incident));

/** A part was notified with its whole, and ends by an action: its routes failed back. */
const isNotifiedAtEnd = (one: Incident): boolean =>
  isNotifiedAsPart(one) &&
  one.actions.some((action) => isTried(action) && action.serves.includes(one.subject.id));

type Family = Pick<NotificationPlan, 'members' | 'covered' | 'parts'>;

function familiesOf(all: Incidents): (id: string) => Family {
  const members = new Map<string, Incident[]>();
  const covered = new Map<string, Incident[]>();
  const parts = new Map<string, Incident[]>();
  for (const one of all.values()) {
    const wholeId = wholeIdOf(one);
    if (wholeId !== null && one.resolvedAt === null) add(parts, wholeId, one);
    if (isNotifiedAsPart(one)) continue;
    if (one.parent !== null) add(members, one.parent, one);
    else if (one.inhibitedBy !== null && one.resolvedAt === null)
      add(covered, one.inhibitedBy, one);
  }
  return (id) => ({
    members: members.get(id) ?? [],
    covered: covered.get(id) ?? [],
    parts: parts.get(id) ?? [],
  });
}

/** The id of the incident that it is a part of, open or not. */
function wholeIdOf(one: Incident): string | null {
  const whole = wholeOf(one);
  return whole === null ? null : one.id.slice(0, one.id.lastIndexOf('/') + 1) + whole;
}

function add(to: Map<string, Incident[]>, id: string, one: Incident): void {
  const row = to.get(id);
  if (row === undefined) to.set(id, [one]);
  else row.push(one);
}

const withCovered =
  (families: (id: string) => Family) =>
  ({ lead, members }: Pick<NotificationPlan, 'lead' | 'members'>): NotificationPlan => ({
    kind: 'opened',
    lead,
    members,
    covered: [lead, ...members].flatMap(({ id }) => families(id).covered),
    parts: [lead, ...members].flatMap(({ id }) => families(id).parts ?? []),
  });

/** So many losses of the data path are notified one by one; more at once are one trouble. */
const LOSSES_APART_MAX = 3;
/** So many refused uploads: each is another file, of another CA. */
const REFUSALS_APART_MAX = 5;

const apartMax = (one: Incident): number =>
  one.severity === 'critical' ? LOSSES_APART_MAX : isRefusal(one) ? REFUSALS_APART_MAX : 0;

/** By reason and severity. Who has to wait for others like him leaves with the first of them. */
function grouped(
  opening: readonly Incident[],
  all: Incidents,
  look: Look,
): readonly Pick<NotificationPlan, 'lead' | 'members'>[] {
  const groups = Map.groupBy(opening, groupKey);
  const chosen = new Set(opening);
  for (const one of all.values()) {
    const group = groups.get(groupKey(one));
    if (group !== undefined && !chosen.has(one) && isWaiting(one, look)) group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => a.detectedAt - b.detectedAt || compare(a.id, b.id));
    const [lead] = sorted;
    if (lead === undefined) return [];
    if (sorted.length <= apartMax(lead)) {
      return sorted.map((one) => ({ lead: one, members: [] }));
    }
    return [{ lead, members: sorted.slice(1) }];
  });
}

const groupKey = ({ reason, severity }: Incident): string => `${severity} ${reason}`;

/** Seen, not notified, and waiting only to be grouped. */
const isWaiting = (one: Incident, look: Look): boolean =>
  one.resolvedAt === null &&
  one.missedAt === null &&
  one.notifiedAt === null &&
  one.parent === null &&
  one.inhibitedBy === null &&
  one.silence === null &&
  !look.newSubjectIds.has(one.subject.id) &&
  waitMs(one, look.delays) === look.delays.groupMs;

/** It weighs more than was notified, it is of another nature, or something of note was done about it since. */
function isWorse(incident: Incident, now: Instant): boolean {
  const { reason, severity, notifiedReason, notifiedSeverity } = incident;
  if (notifiedSeverity !== null && isGraver(severity, notifiedSeverity)) return true;
  if (notifiedReason !== null && notifiedReason !== reason) return true;
  const lastAt = lastNotifiedAt(incident);
  if (now - lastAt < UPDATE_MS) return false;
  return notesOf(incident).some(({ at }) => at > lastAt);
}

/** A move within a group is notified with the appliance that it leaves, not again with the group or the region. */
const notesOf = (incident: Incident): readonly ReportedAction[] =>
  incident.subject.kind === 'group' ||
  incident.subject.kind === 'vpc' ||
  incident.subject.kind === 'region' ||
  wholeOf(incident) !== null
    ? []
    : incident.actions.filter(
        (action) =>
          action.concerns.includes(incident.subject.id) &&
          (isTried(action) || action.outcome === 'failed') &&
          action.isAgain !== true,
      );

const weight = ({ kind, lead }: NotificationPlan): number =>
  (lead.severity === 'critical' ? 0 : 2) + (kind === 'opened' ? 0 : 1);
