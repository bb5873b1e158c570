/** From findings to incidents: what begins, goes on, is explained by greater trouble, and is over. Pure. */
import type { Finding, Severity } from '../core/finding.ts';
import { type MaintenanceWindow, type Silence, windowOver } from '../core/maintenance.ts';
import { type Quiet, quietUntil } from '../core/quiet.ts';
import { type ReportedAction, unjudgedKey } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { actionsBySubject, isTried, withActions } from './actions.ts';
import { clearMs, type Delays, isByPeople, waitMs } from './delays.ts';
import {
  isDown,
  isObjectedBy,
  isObjection,
  openExplainer,
  troubleOf,
  unwellIds,
  wholeOf,
} from './inhibition.ts';
import { CLOSED_MS, isLedOn } from './store/page.ts';
import type { Incident } from './types.ts';

/** One look at everything, as far as incidents go by it. */
export interface Look {
  readonly accountId: string;
  readonly region: string;
  /** Without those that people asked to ignore. Info findings are listed, never notified. */
  readonly findings: readonly Finding[];
  /** Explain findings, and open no incidents here. Absent: none. */
  readonly causes?: readonly Finding[];
  readonly actions: readonly ReportedAction[];
  readonly windows: readonly MaintenanceWindow[];
  /** By subject id: hours in which it, and what is within it, is expected to be off. */
  readonly quiets: ReadonlyMap<string, Quiet>;
  /** By subject id: why it is expected to end. Absent: nothing is. */
  readonly expected?: ReadonlyMap<string, Silence>;
  /** Subjects so new that what is merely not ready yet is not notified. */
  readonly newSubjectIds: ReadonlySet<string>;
  /** By `unjudgedKey`: neither found nor over. Absent: nothing is. */
  readonly unjudged?: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
  readonly delays: Delays;
  /** A single look sees too little to say that something is over. */
  readonly mayResolve: boolean;
}

/** All incidents known after the look, by id: open ones, and those closed within the last hour. */
export type Incidents = ReadonlyMap<string, Incident>;

/** Nothing is notified here: what is over and was notified stays open until its end is notified too. */
export function turn(known: Incidents, look: Look, now: Instant): Incidents {
  const found = continuing(findingsById(look), known);
  const unwell = unwellIds(look.findings);
  const troubles = new Set([...found.values()].map(troubleOf));
  const objections = [...found.values()].filter(isObjection);
  const isHeld = (incident: Incident): boolean =>
    !isByPeople(incident) &&
    ((isDown(incident) && objections.some((by) => isObjectedBy(incident, by))) ||
      isUnwell(incident, unwell) ||
      look.unjudged?.has(unjudgedKey(incident.reason, incident.subject.id)) === true ||
      troubles.has(troubleOf(incident)));
  const causes = (look.causes ?? []).map((one) => [incidentId(one, look), one] as const);
  const explainer = openExplainer(
    new Map([...found, ...causes]),
    ({ id, within = [] }) => silenceOf([id, ...within], look, now) !== null,
  );
  const actions = actionsBySubject(look.actions);
  const after = new Map<string, Incident>();
  const step = (incident: Incident, finding: Finding | undefined): Incident => {
    const seen =
      finding === undefined
        ? missed(incident, look, isHeld(incident), now)
        : seenAgain(incident, finding, now);
    const done = withActions(seen, actions);
    return finding === undefined ? done : weighed(done, look, explainer, known, now);
  };
  for (const [id, incident] of known) {
    const finding = found.get(id);
    if (incident.resolvedAt === null) after.set(id, step(notAhead(incident, now), finding));
    else if (
      finding === undefined &&
      (isRecent(incident.resolvedAt, now) || isLedOn(incident, known))
    )
      after.set(id, incident);
  }
  for (const [id, finding] of found) {
    if (after.has(id)) continue;
    after.set(id, step(openIncident(id, finding, known.get(id), now), finding));
  }
  for (const [id, incident] of after) {
    const part = asPart(incident, after, look);
    if (part !== incident) after.set(id, part);
  }
  return after;
}

/** Whether its finding has been gone for long enough. */
export const isOver = (incident: Incident, look: Look, now: Instant): boolean =>
  look.mayResolve &&
  incident.missedAt !== null &&
  now - (look.delays.isPolled ? incident.seenAt : incident.missedAt) >=
    clearMs(incident, look.delays);

export const incidentId = (
  { subject, reason }: Pick<Incident, 'subject' | 'reason'>,
  { accountId, region }: Pick<Look, 'accountId' | 'region'>,
): string => `${accountId}/${region}/${subject.id}/${reason}`;

/** By incident; faults of one reason on one thing (two tags of one instance) are notified together. */
function findingsById(look: Look): ReadonlyMap<string, Finding> {
  const byId = new Map<string, Finding>();
  for (const finding of look.findings) {
    if (finding.severity === 'info') continue;
    const id = incidentId(finding, look);
    const other = byId.get(id);
    byId.set(id, other === undefined ? finding : together(other, finding));
  }
  return byId;
}

/** Findings by the incident that they continue: an open one of the same thing whose own finding is absent, else their own. */
function continuing(
  found: ReadonlyMap<string, Finding>,
  known: Incidents,
): ReadonlyMap<string, Finding> {
  const orphans = new Map<string, string>();
  for (const [id, incident] of known) {
    if (incident.resolvedAt === null && !found.has(id)) orphans.set(troubleOf(incident), id);
  }
  if (orphans.size === 0) return found;
  const byIncident = new Map<string, Finding>();
  for (const [id, finding] of found) {
    const before = known.get(id);
    const isOpen = before !== undefined && before.resolvedAt === null;
    const orphan = isOpen ? undefined : orphans.get(troubleOf(finding));
    orphans.delete(troubleOf(finding));
    byIncident.set(orphan ?? id, finding);
  }
  return byIncident;
}

/** Whether its thing, or what that is within, is down or cannot be judged: then nothing of it is over. */
const isUnwell = ({ subject }: Incident, unwell: ReadonlySet<string>): boolean =>
  unwell.size > 0 && [subject.id, ...(subject.within ?? [])].some((id) => unwell.has(id));

const GRAVITY: readonly Severity[] = ['critical', 'warning', 'info'];

export const isGraver = (one: Severity, than: Severity): boolean =>
  GRAVITY.indexOf(one) < GRAVITY.indexOf(than);

const together = (a: Finding, b: Finding): Finding => ({
  ...a,
  severity: isGraver(b.severity, a.severity) ? b.severity : a.severity,
  summary: `${a.summary} ${b.summary}`,
  evidence: [...a.evidence, ...b.evidence],
  since: Math.min(a.since, b.since),
  hint: a.hint === b.hint ? a.hint : `${a.hint} ${b.hint}`,
});

const isRecent = (at: Instant, now: Instant): boolean => Math.abs(now - at) < CLOSED_MS;

/** After the clock went back, nothing waits until it has caught up. */
function notAhead(incident: Incident, now: Instant): Incident {
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

/** What cannot be seen well now is neither found nor over (S13). */
function missed(incident: Incident, look: Look, isHeld: boolean, now: Instant): Incident {
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

const seenAgain = (incident: Incident, finding: Finding, now: Instant): Incident => ({
  ...incident,
  reason: finding.reason,
  subject: finding.subject,
  severity: finding.severity,
  severitySince: finding.severity === incident.severity ? incident.severitySince : now,
  summary: finding.summary,
  evidence: finding.evidence,
  hint: finding.hint,
  since: Math.min(incident.since, finding.since),
  seenAt: now,
  missedAt: null,
});

/** Whether it is explained, silenced, and due, now that it is seen. */
function weighed(
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

/** The maintenance window or the quiet hours that one of `ids` is in now; null: neither. */
function silenceOf(
  ids: readonly string[],
  { windows, quiets }: Look,
  now: Instant,
): Silence | null {
  const window = windowOver(ids, windows, now);
  if (window !== null) return { until: window.until, why: window.why, by: window.by };
  for (const id of quiets.size === 0 ? [] : ids) {
    const quiet = quiets.get(id);
    const until = quiet === undefined ? null : quietUntil(quiet, now);
    if (until !== null) return { until, why: quiet?.text ?? '', by: 'the tag vpn-medic:quiet' };
  }
  return null;
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

/** A dead appliance's notification already says where its routes went: only their failback is notified again. */
function asPart(incident: Incident, all: Incidents, look: Look): Incident {
  const reason = incident.notifiedAt === null && incident.resolvedAt === null && wholeOf(incident);
  if (!reason) return incident;
  const whole = all.get(incidentId({ subject: incident.subject, reason }, look));
  if (whole === undefined || whole.resolvedAt !== null) return incident;
  const root = whole.inhibitedBy === null ? undefined : all.get(whole.inhibitedBy);
  const notifiedAt = whole.notifiedAt ?? root?.notifiedAt ?? null;
  return notifiedAt === null
    ? { ...incident, inhibitedBy: whole.id }
    : {
        ...incident,
        parent: whole.id,
        inhibitedBy: null,
        notifiedAt,
        notifiedSeverity: incident.severity,
        notifiedReason: incident.reason,
        repeatedAt: notifiedAt,
      };
}

function openIncident(
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
