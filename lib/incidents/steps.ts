/** What an incident is after a step of its life has been notified, or was not worth a notification. Pure. */

import { type Instant, toIso } from '../core/time.ts';
import { isOfRoutes, isTried, servingActions } from './actions.ts';
import { type Ended, ignoredWhy, isUnwatched, removalOf } from './gone.ts';
import { isDown } from './inhibition.ts';
import { isGraver } from './lifecycle/changes.ts';
import type { NotificationPlan } from './notificationPlan.ts';
import type { Incident } from './types.ts';

/** The lead and its members after their notice. */
export function afterTelling(
  { kind, lead, members }: NotificationPlan,
  ended: Ended,
  now: Instant,
): readonly Incident[] {
  switch (kind) {
    case 'opened':
      return [
        notified(lead, null, now),
        ...members.map((member) => notified(member, lead.id, now)),
      ];
    case 'updated':
    case 'repeated':
      return [notified(lead, lead.parent, now)];
    case 'resolved':
      return [lead, ...members]
        .filter(({ resolvedAt }) => resolvedAt === null)
        .map((one) => closed(one, ended, now));
    default:
      return kind satisfies never;
  }
}

const notified = (incident: Incident, parent: string | null, now: Instant): Incident => ({
  ...incident,
  parent,
  dueAt: incident.dueAt ?? now,
  notifiedAt: incident.notifiedAt ?? now,
  notifiedSeverity:
    incident.notifiedSeverity === null || isGraver(incident.severity, incident.notifiedSeverity)
      ? incident.severity
      : incident.notifiedSeverity,
  notifiedReason: incident.reason,
  notifiedRevision: incident.revision,
  repeatedAt: now,
});

export const closed = (incident: Incident, ended: Ended, now: Instant): Incident => ({
  ...incident,
  resolvedAt: now,
  restoredBy: restoredBy(incident, ended),
});

/** What ended it, as far as we know. */
export function restoredBy(incident: Incident, ended: Ended): string {
  const { gone, ignored } = ended;
  const { subject } = incident;
  if (gone.has(subject.id)) return removalOf(subject);
  const why = ignoredWhy(subject, ignored);
  if (why !== null) return `nothing: it is ignored from now on (${why})`;
  if (isUnwatched(subject, ended)) return 'nothing: its tag vpn-medic:group was removed';
  // It is over, so that what may have been done was done.
  // A route that leads to it again was moved because it is well: that did not make it well.
  const own = servingActions(incident).filter(
    (action) =>
      isTried(action) && (action.thing !== 'route' || !isDown(incident) || isOfRoutes(incident)),
  );
  const last = own.at(-1);
  if (last === undefined) return `itself or a change outside vpn-medic; ${triesOf(incident)}`;
  return own.length === 1
    ? `vpn-medic: ${last.summary}`
    : `vpn-medic: ${own.length} steps, last ${last.summary}`;
}

/** What was done to the thing itself, and did not bring it back. */
function triesOf({ actions }: Incident): string {
  const tries = actions.filter(
    (action) => action.thing === 'repair' && (isTried(action) || action.outcome === 'failed'),
  );
  if (tries.length === 0) return 'vpn-medic did nothing to it';
  const names = tries.map(({ summary, outcome }) => `${summary} (${outcome})`);
  return `what vpn-medic had tried did not bring it back: ${[...new Set(names)].join(', ')}`;
}

/** The one duration of an incident, on every surface: until now while it lasts, and no longer once it is found no more. */
export const durationMs = (
  incident: Pick<Incident, 'since' | 'openedAt' | 'seenAt' | 'missedAt' | 'resolvedAt'>,
  now: Instant,
): number =>
  incident.resolvedAt === null && incident.missedAt === null
    ? Math.max(0, now - incident.since)
    : lastedMs(incident);

/**
 * From its first sign until the first pass that found it no more: its true end lies between that and the one before.
 * 0: found in one pass only.
 */
export const lastedMs = ({
  since,
  openedAt,
  seenAt,
  missedAt,
}: Pick<Incident, 'since' | 'openedAt' | 'seenAt' | 'missedAt'>): number => {
  const endedAt = missedAt ?? seenAt;
  return endedAt <= openedAt ? 0 : endedAt - Math.min(since, openedAt);
};

/** While it is found no more and has not ended yet, as what comes back at once is the same incident; else null. */
export const endingText = ({
  missedAt,
  resolvedAt,
}: Pick<Incident, 'missedAt' | 'resolvedAt'>): string | null =>
  missedAt === null || resolvedAt !== null ? null : endingSince(toIso(missedAt));

export const endingSince = (missedAt: string): string =>
  `not found since ${missedAt}, and ends when that lasts`;
