/** From findings to incidents: what begins, goes on, is explained by greater trouble, and is over. Pure. */
import type { Finding } from '../core/finding.ts';
import type { Instant } from '../core/time.ts';
import { actionsBySubject, withActions } from './actions.ts';
import { openExplainer, troubleOf, wholeOf } from './inhibition.ts';
import {
  isGraver,
  isRecent,
  notAhead,
  openIncident,
  seenAgain,
  weighed,
} from './lifecycle/changes.ts';
import { type Incidents, incidentId, type Look } from './lifecycle/look.ts';
import { missed, openHolds } from './lifecycle/over.ts';
import { silenceOf } from './lifecycle/silence.ts';
import { isLedOn } from './store/page.ts';
import type { Incident } from './types.ts';

/** Nothing is notified here: what is over and was notified stays open until its end is notified too. */
export function turn(known: Incidents, look: Look, now: Instant): Incidents {
  const found = continuing(findingsById(look), known);
  const isHeld = openHolds([...found.values()], look);
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

const together = (a: Finding, b: Finding): Finding => ({
  ...a,
  severity: isGraver(b.severity, a.severity) ? b.severity : a.severity,
  summary: `${a.summary} ${b.summary}`,
  evidence: [...a.evidence, ...b.evidence],
  since: Math.min(a.since, b.since),
  hint: a.hint === b.hint ? a.hint : `${a.hint} ${b.hint}`,
});

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
