/** What an incident is after a step of its life has been told, or was not worth telling. Pure. */
import type { Incident } from '../model/incident.ts';
import type { Instant } from '../time.ts';
import { isDone, servingDeeds } from './deeds.ts';
import { removalOf } from './gone.ts';
import { isGraver } from './incidents.ts';
import { isPerhapsTold, leadOf } from './merge.ts';
import type { News } from './news.ts';

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
  const own = servingDeeds(incident).filter(isDone);
  const last = own.at(-1);
  if (last === undefined) {
    return incident.deeds.some((deed) => deed.thing === 'repair' && isDone(deed))
      ? 'nothing that vpn-medic tried'
      : 'itself or other hands: vpn-medic did nothing to it';
  }
  return own.length === 1
    ? `vpn-medic: ${last.summary}`
    : `vpn-medic: ${own.length} steps, last ${last.summary}`;
}

/** From its detection until it was last seen. */
export const lastedMs = ({ openedAt, seenAt }: Incident): number => Math.max(0, seenAt - openedAt);
