/** From findings to incidents: what opened, what is over. Pure. */
import type { Finding, Reason } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import type { Instant } from '../time.ts';

export interface Turned {
  readonly opened: readonly { readonly incident: Incident; readonly finding: Finding }[];
  /** Over; those that nobody was told of are left out. */
  readonly resolved: readonly Incident[];
  readonly open: ReadonlyMap<string, Incident>;
}

/** A finding has to be gone for so long before its incident is over: what flickers is one incident. */
export const CLEAR_MS = 30_000;

/** Reasons that pass by themselves within seconds are not told before they have lasted this long. */
const PATIENCE_MS: Readonly<Partial<Record<Reason, number>>> = {
  SightLost: 15_000,
  StateLost: 15_000,
  VantageBlind: 15_000,
};

/** Info findings are listed, never told. */
export function turn(
  open: ReadonlyMap<string, Incident>,
  findings: readonly Finding[],
  where: { readonly accountId: string; readonly region: string },
  now: Instant,
): Turned {
  const told = findings.filter(({ severity }) => severity !== 'info');
  const byId = new Map(told.map((finding) => [incidentId(finding, where), finding]));
  const after = new Map<string, Incident>();
  const opened: { incident: Incident; finding: Finding }[] = [];
  const resolved: Incident[] = [];
  for (const [id, incident] of open) {
    const finding = byId.get(id);
    const isOver = finding === undefined && now - incident.seenAt >= CLEAR_MS;
    if (isOver && incident.toldAt !== null) resolved.push(incident);
    if (!isOver) after.set(id, seenAgain(incident, finding, now));
  }
  for (const [id, finding] of byId) {
    const incident =
      after.get(id) ?? openIncident(id, finding, isPartOfGreater(finding, byId, where), now);
    after.set(id, incident);
    const isRipe = now - incident.openedAt >= (PATIENCE_MS[finding.reason] ?? 0);
    if (incident.toldAt === null && isRipe) opened.push({ incident, finding });
  }
  return { opened, resolved, open: after };
}

export const incidentId = (
  { subject, reason }: Finding,
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
