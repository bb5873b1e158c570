/** The notification for programs: our own fields (docs/notice.schema.json) beside PagerDuty's names. Pure. */
import { createHash } from 'node:crypto';
import type { ReportedAction, ReportedHeld } from '../../core/report.ts';
import { cut, oneLine } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { Content } from '../content.ts';
import { runbook } from '../links.ts';
import type { Incident, IncidentChangeKind } from '../types.ts';

/** Rows of a list; longer ones are counted and cut. */
const ROWS_MAX = 100;

/** Bounded: far below the size limit of SNS. */
export function jsonOf(content: Content, subject: string): string {
  const { kind, lead, severity, members, covered, done, held, over, todo, context, now } = content;
  const about = lead.subject;
  const summary = clean(lead.summary);
  return JSON.stringify({
    version: 1,
    state: kind,
    incidentId: lead.id,
    reason: lead.reason,
    severity,
    subject: about,
    account: context.accountId,
    region: context.region,
    mode: context.mode,
    medicVersion: context.signature.version,
    title: subject,
    summary,
    impact: clean(content.impact),
    evidence: lead.evidence.slice(0, ROWS_MAX).map(clean),
    since: toIso(lead.since),
    detectedAt: toIso(lead.detectedAt),
    openedAt: toIso(lead.openedAt),
    actedAt: maybe(content.actedAt),
    readBackAt: maybe(lead.times.readBackAt),
    resolvedAt: over === null ? null : toIso(now),
    lastedMs: over?.lastedMs ?? null,
    restoredBy: over === null ? null : clean(over.by),
    at: toIso(now),
    hint: todo === null ? null : clean(todo.hint),
    command: todo?.command ?? null,
    next: content.next.map(clean),
    endMayBeLost: content.endMayBeLost,
    mayRepeat: content.mayRepeat,
    runbook: `docs/${runbook(lead)}`,
    actions: done.slice(0, ROWS_MAX).map(actionOf),
    actionCount: done.length,
    held: held.slice(0, ROWS_MAX).map(heldOf),
    heldCount: held.length,
    members: members.slice(0, ROWS_MAX).map(named),
    memberCount: members.length,
    covered: covered.slice(0, ROWS_MAX).map(named),
    coveredCount: covered.length,
    // PagerDuty Events v2, all but the routing key, which is the reader's own.
    event_action: ACTIONS[kind],
    dedup_key: dedupKey(lead.id, context.signature.stage),
    payload: {
      summary: cut(`${subject}. ${summary}`, 1_024),
      source: about.id,
      severity,
      timestamp: toIso(now),
      component: about.kind,
      ...(about.group === null ? {} : { group: about.group }),
      class: lead.reason,
      custom_details: {
        account: context.accountId,
        region: context.region,
        zone: about.zone,
        impact: clean(content.impact),
        mode: context.mode,
      },
    },
    links: content.links,
  });
}

const ACTIONS: Readonly<Record<IncidentChangeKind, 'trigger' | 'resolve'>> = {
  opened: 'trigger',
  updated: 'trigger',
  repeated: 'trigger',
  resolved: 'resolve',
};

const clean = (text: string): string => cut(oneLine(text), 1_000);

const maybe = (at: Instant | null): string | null => (at === null ? null : toIso(at));

const actionOf = ({ kind, thing, summary, outcome, why, at, details }: ReportedAction) => ({
  kind,
  thing,
  summary: clean(summary),
  outcome,
  why: why === null ? null : clean(why),
  at: toIso(at),
  details,
});

const heldOf = ({ kind, thing, summary, rule, because, until, details }: ReportedHeld) => ({
  kind,
  thing,
  summary: clean(summary),
  rule,
  because: clean(because),
  until: maybe(until),
  details,
});

const named = ({ id, reason, subject }: Incident) => ({ incidentId: id, reason, subject });

/** At most 255 characters, and still one for each incident. */
export function dedupKey(incidentId: string, stage: string | null): string {
  const id = stage === null ? incidentId : `${stage}/${incidentId}`;
  return id.length <= 255
    ? id
    : `${id.slice(0, 190)} ${createHash('sha256').update(id).digest('hex').slice(0, 60)}`;
}
