/** An incident's change as an EventBridge event; its schema is docs/event.schema.json. Pure. */

import type { ReportedAction } from '../../core/report.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { BusEvent } from '../ports.ts';
import type { IncidentChange } from '../types.ts';

export function eventOf(change: IncidentChange): BusEvent {
  const { kind, at, accountId, region, incident, notification } = change;
  const { subject, times, silence } = incident;
  const id = `${incident.id}@${toIso(incident.openedAt)}/${kind}/${toIso(at)}`;
  return {
    id,
    detailType: `vpn-medic Incident ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    at,
    resources: [cut(subject.id, RESOURCE_MAX)],
    detail: JSON.stringify({
      version: 1,
      id,
      change: kind,
      at: toIso(at),
      account: accountId,
      region,
      incident: {
        id: incident.id,
        reason: incident.reason,
        severity: incident.severity,
        subject: {
          kind: subject.kind,
          id: subject.id,
          name: cut(subject.name),
          group: subject.group,
          zone: subject.zone,
        },
        summary: cut(incident.summary),
        evidence: incident.evidence.slice(0, LINES_MAX).map((text) => cut(text)),
        hint: cut(incident.hint),
        since: toIso(incident.since),
        detectedAt: toIso(incident.detectedAt),
        openedAt: toIso(incident.openedAt),
        decidedAt: isoOrNull(times.decidedAt),
        firstWriteAt: isoOrNull(times.firstWriteAt),
        lastWriteAt: isoOrNull(times.lastWriteAt),
        readBackAt: isoOrNull(times.readBackAt),
        ackedAt: isoOrNull(incident.ackedAt),
        ackedBy: incident.ackedBy,
        resolvedAt: isoOrNull(incident.resolvedAt),
        restoredBy: incident.restoredBy === null ? null : cut(incident.restoredBy),
        inhibitedBy: incident.inhibitedBy,
        silence:
          silence === null
            ? null
            : { until: toIso(silence.until), why: cut(silence.why), by: silence.by },
        actions: incident.actions.slice(-LINES_MAX).map(reportedActionOf),
      },
      notified: notification?.subject ?? null,
      notifiedWith: notification === null ? incident.parent : null,
    }),
  };
}

const reportedActionOf = ({ at, kind, outcome, summary, why, details }: ReportedAction) => ({
  at: toIso(at),
  kind,
  outcome,
  summary: cut(summary),
  why: why === null ? null : cut(why),
  details,
});

const LINES_MAX = 20;
const TEXT_MAX = 1_000;
/** EventBridge takes resources of up to 2,048 characters. */
const RESOURCE_MAX = 2_000;

const cut = (text: string, max = TEXT_MAX): string =>
  text.length <= max ? text : `${text.slice(0, max - 3)}...`;

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : toIso(at));
