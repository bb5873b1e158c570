/** What one look changes of one incident: it begins, is seen again, is due. Pure. */
import type { Finding, Severity } from '../../core/finding.ts';
import type { Silence } from '../../core/maintenance.ts';
import type { Instant } from '../../core/time.ts';
import { isTried } from '../actions.ts';
import { type Delays, waitMs } from '../delays.ts';
import { isDown, isObjection, type openExplainer } from '../inhibition.ts';
import { CLOSED_MS } from '../store/page.ts';
import type { Incident } from '../types.ts';
import type { Incidents, Look } from './look.ts';
import { clearMs } from './over.ts';
import { silenceOf } from './silence.ts';

export function openIncident(
  id: string,
  finding: Finding,
  before: Incident | undefined,
  now: Instant,
): Incident {
  const openings = before === undefined ? [] : [...before.openings, before.openedAt];
  const earlier = openings.filter((at) => isRecent(at, now));
  return {
    id,
    reason: finding.reason,
    subject: finding.subject,
    severity: finding.severity,
    summary: finding.summary,
    evidence: finding.evidence,
    hint: finding.hint,
    since: finding.since,
    detectedAt: now,
    openedAt: now,
    seenAt: now,
    missedAt: null,
    dueAt: null,
    notifiedAt: null,
    notifiedSeverity: null,
    notifiedReason: null,
    revision: finding.revision ?? null,
    notifiedRevision: null,
    severitySince: now,
    repeatedAt: null,
    parent: null,
    inhibitedBy: null,
    silence: null,
    ackedAt: null,
    ackedBy: null,
    resolvedAt: null,
    restoredBy: null,
    actions: [],
    times: { decidedAt: null, firstWriteAt: null, lastWriteAt: null, readBackAt: null },
    openings: earlier.slice(-OPENINGS_KEPT),
  };
}

const OPENINGS_KEPT = 10;

/** After the clock went back, nothing waits until it has caught up. */
export function notAhead(incident: Incident, now: Instant): Incident {
  const { detectedAt, openedAt, seenAt, missedAt, repeatedAt } = incident;
  if (Math.max(detectedAt, openedAt, seenAt, missedAt ?? 0, repeatedAt ?? 0) <= now) {
    return incident;
  }
  return {
    ...incident,
    detectedAt: Math.min(detectedAt, now),
    openedAt: Math.min(openedAt, now),
    seenAt: Math.min(seenAt, now),
    missedAt: missedAt === null ? null : Math.min(missedAt, now),
    repeatedAt: repeatedAt === null ? null : Math.min(repeatedAt, now),
  };
}

export const seenAgain = (incident: Incident, finding: Finding, now: Instant): Incident => ({
  ...incident,
  reason: finding.reason,
  subject: finding.subject,
  severity: finding.severity,
  severitySince: finding.severity === incident.severity ? incident.severitySince : now,
  summary: finding.summary,
  evidence: finding.evidence,
  hint: finding.hint,
  revision: finding.revision ?? null,
  since: Math.min(incident.since, finding.since),
  seenAt: now,
  missedAt: null,
});

/** Whether it is explained, silenced, and due, now that it is seen. */
export function weighed(
  incident: Incident,
  look: Look,
  explain: ReturnType<typeof openExplainer>,
  known: Incidents,
  now: Instant,
): Incident {
  const { subject, severity, detectedAt } = incident;
  const isNew = severity !== 'critical' && look.newSubjectIds.has(subject.id);
  const isRipe = !isNew && now - detectedAt >= waitMs(incident, look.delays);
  return {
    ...incident,
    inhibitedBy:
      explain(incident, isActedOn(incident)) ?? lingering(incident, known, look.delays, now),
    silence:
      silenceOf([subject.id, ...(subject.within ?? [])], look, now) ?? expectedOf(incident, look),
    dueAt: incident.dueAt ?? (isRipe ? now : null),
  };
}

/** Of an end that was announced, or asked for, and that cost no traffic. */
const expectedOf = (incident: Incident, { expected }: Look): Silence | null =>
  isDown(incident) && incident.severity !== 'critical'
    ? (expected?.get(incident.subject.id) ?? null)
    : null;

const isActedOn = ({ actions }: Incident): boolean => actions.some(isTried);

/** While what explained it is on its way out, its leaves get the same time to recover. */
function lingering(
  { inhibitedBy }: Incident,
  known: Incidents,
  delays: Delays,
  now: Instant,
): string | null {
  const root = inhibitedBy === null ? undefined : known.get(inhibitedBy);
  if (root === undefined || root.resolvedAt !== null || isObjection(root)) return null;
  return now - (root.missedAt ?? now) < clearMs(root, delays) ? inhibitedBy : null;
}

export const isRecent = (at: Instant, now: Instant): boolean => Math.abs(now - at) < CLOSED_MS;

const GRAVITY: readonly Severity[] = ['critical', 'warning', 'info'];

export const isGraver = (one: Severity, than: Severity): boolean =>
  GRAVITY.indexOf(one) < GRAVITY.indexOf(than);
