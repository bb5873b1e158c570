/** What an incident is after a step of its life has been told, or was not worth telling. Pure. */

import type { Instant } from '../core/time.ts';
import { isTried, servingDeeds } from './actions.ts';
import { removalOf } from './gone.ts';
import { isGraver } from './lifecycle.ts';
import type { News } from './notificationPlan.ts';
import { isPerhapsTold, leadOf } from './store/merge.ts';
import type { Incident } from './types.ts';

/** The lead and its members after their notice. */
export function afterTelling(
  { kind, lead, members }: News,
  gone: ReadonlySet<string>,
  now: Instant,
): readonly Incident[] {
  switch (kind) {
    case 'opened':
      return [told(lead, null, now), ...members.map((member) => told(member, lead.id, now))];
    case 'updated':
    case 'repeated':
      return [told(lead, lead.parent, now)];
    case 'resolved':
      return [lead, ...members]
        .filter(({ resolvedAt }) => resolvedAt === null)
        .map((one) => closed(one, gone, now));
    default:
      return kind satisfies never;
  }
}

const told = (incident: Incident, parent: string | null, now: Instant): Incident => ({
  ...incident,
  parent,
  dueAt: incident.dueAt ?? now,
  toldAt: incident.toldAt ?? now,
  toldSeverity:
    incident.toldSeverity === null || isGraver(incident.severity, incident.toldSeverity)
      ? incident.severity
      : incident.toldSeverity,
  repeatedAt: now,
  claim: null,
});

/** What was perhaps told counts as told. */
export const closed = (incident: Incident, gone: ReadonlySet<string>, now: Instant): Incident => ({
  ...incident,
  parent: leadOf(incident),
  toldAt: incident.toldAt ?? (isPerhapsTold(incident) || leadOf(incident) !== null ? now : null),
  resolvedAt: now,
  healedBy: healedBy(incident, gone),
  claim: null,
});

/** What ended it, as far as we know. */
export function healedBy(incident: Incident, gone: ReadonlySet<string>): string {
  const { subject } = incident;
  if (gone.has(subject.id)) return removalOf(subject);
  // It is over, so that what may have been done was done.
  const own = servingDeeds(incident).filter(isTried);
  const last = own.at(-1);
  if (last === undefined) return `itself or other hands; ${triesOf(incident)}`;
  return own.length === 1
    ? `vpn-medic: ${last.summary}`
    : `vpn-medic: ${own.length} steps, last ${last.summary}`;
}

/** What was done to the thing itself, and did not bring it back. */
function triesOf({ deeds }: Incident): string {
  const tries = deeds.filter(
    (deed) => deed.thing === 'repair' && (isTried(deed) || deed.outcome === 'failed'),
  );
  if (tries.length === 0) return 'vpn-medic did nothing to it';
  const names = tries.map(({ summary, outcome }) => `${summary} (${outcome})`);
  return `what vpn-medic had tried did not bring it back: ${[...new Set(names)].join(', ')}`;
}

/** From its detection until it was last seen. */
export const lastedMs = ({ openedAt, seenAt }: Incident): number => Math.max(0, seenAt - openedAt);
