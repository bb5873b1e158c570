/** From findings to incidents: what opened, what is over. Pure. */
import type { Finding, Reason, Severity } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import type { Instant } from '../time.ts';

/** What an opening tells of its finding. */
export type Cause = Pick<Finding, 'subject' | 'summary' | 'evidence' | 'since' | 'hint'>;

export interface Turned {
  readonly opened: readonly { readonly incident: Incident; readonly finding: Cause }[];
  /** Over, and told of; what nobody could be told of in time is opened late, so that it is never lost. */
  readonly resolved: readonly Incident[];
  readonly open: ReadonlyMap<string, Incident>;
}

/** A finding has to be gone for so long before its incident is over: what flickers is one incident. */
export const CLEAR_MS = 30_000;

/** Reasons that pass by themselves within seconds are not told before they have lasted this long. */
const PATIENCE_MS: ReadonlyMap<string, number> = new Map<Reason, number>([
  ['SightLost', 15_000],
  ['StateLost', 15_000],
  ['VantageBlind', 15_000],
  // Most brakes let go by themselves: routes leave, a boot ends.
  ['RepairHeld', 60_000],
]);

/** Info findings are listed, never told. */
export function turn(
  open: ReadonlyMap<string, Incident>,
  findings: readonly Finding[],
  where: { readonly accountId: string; readonly region: string },
  now: Instant,
): Turned {
  const told = findings.filter(({ severity }) => severity !== 'info');
  const byId = findingsById(told, where);
  const after = new Map<string, Incident>();
  const opened: { incident: Incident; finding: Cause }[] = [];
  const resolved: Incident[] = [];
  for (const [id, stored] of open) {
    const incident = notAhead(stored, now);
    const finding = byId.get(id);
    const isOver = finding === undefined && now - incident.seenAt >= CLEAR_MS;
    if (!isOver) after.set(id, seenAgain(incident, finding, now));
    else if (incident.toldAt !== null) resolved.push(incident);
    else if (isRipe(incident, incident.seenAt)) {
      after.set(id, incident);
      opened.push({ incident, finding: asCause(incident) });
    }
  }
  for (const [id, finding] of byId) {
    const incident =
      after.get(id) ?? openIncident(id, finding, isPartOfGreater(finding, byId, where), now);
    after.set(id, incident);
    if (incident.toldAt === null && isRipe(incident, now)) opened.push({ incident, finding });
  }
  return { opened, resolved, open: after };
}

/** After the clock went back, nothing waits until it has caught up. */
const notAhead = (incident: Incident, now: Instant): Incident => ({
  ...incident,
  openedAt: Math.min(incident.openedAt, now),
  seenAt: Math.min(incident.seenAt, now),
});

const isRipe = ({ reason, openedAt }: Incident, at: Instant): boolean =>
  at - openedAt >= (PATIENCE_MS.get(reason) ?? 0);

const asCause = ({ subject, summary, openedAt }: Incident): Cause => ({
  subject,
  summary,
  evidence: [],
  since: openedAt,
  hint: 'Nothing now: it is over, and could not be told while it lasted.',
});

/** By incident; faults of one reason on one thing (two tags of one instance) are told together. */
function findingsById(
  findings: readonly Finding[],
  where: { readonly accountId: string; readonly region: string },
): ReadonlyMap<string, Finding> {
  const byId = new Map<string, Finding>();
  for (const finding of findings) {
    const id = incidentId(finding, where);
    const other = byId.get(id);
    byId.set(id, other === undefined ? finding : together(other, finding));
  }
  return byId;
}

const GRAVITY: readonly Severity[] = ['critical', 'warning', 'info'];

const together = (a: Finding, b: Finding): Finding => ({
  ...a,
  severity: GRAVITY.find((one) => one === a.severity || one === b.severity) ?? a.severity,
  summary: `${a.summary} ${b.summary}`,
  evidence: [...a.evidence, ...b.evidence],
  since: Math.min(a.since, b.since),
  hint: a.hint === b.hint ? a.hint : `${a.hint} ${b.hint}`,
});

const incidentId = (
  { subject, reason }: Pick<Finding, 'subject' | 'reason'>,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string => `${accountId}/${region}/${subject.id}/${reason}`;

function seenAgain(incident: Incident, finding: Finding | undefined, now: Instant): Incident {
  if (finding === undefined) return incident;
  return { ...incident, seenAt: now, severity: finding.severity, summary: finding.summary };
}

/** A dead appliance's notice already says where its routes went; only their coming home is news. */
const isPartOfGreater = (
  finding: Finding,
  byId: ReadonlyMap<string, Finding>,
  where: { readonly accountId: string; readonly region: string },
): boolean =>
  finding.reason === 'RouteAway' &&
  byId.has(incidentId({ ...finding, reason: 'ApplianceDown' }, where));

const openIncident = (id: string, finding: Finding, isTold: boolean, now: Instant): Incident => ({
  id,
  reason: finding.reason,
  subject: finding.subject,
  severity: finding.severity,
  summary: finding.summary,
  openedAt: now,
  seenAt: now,
  toldAt: isTold ? now : null,
});
