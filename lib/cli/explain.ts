/** `vpn-medic explain ID`: the recorded history of one incident: observed, found, decided, done, notified. */

import { type OperatorEntry, operatorLogId, parseOperatorLog } from '../core/operatorLog.ts';
import { counted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import { type AuditEntry, caseId, parseCase } from '../incidents/history/entry.ts';
import type { Incident } from '../incidents/types.ts';
import type { AwsClients } from './awsClients.ts';
import { milestonesOf, writeExplanation } from './explain/text.ts';
import type { Explanation } from './explain/types.ts';
import { findIncident, readIncidents } from './incidents/store.ts';
import { reportIncident } from './incidents.ts';
import {
  type OperatorRequest,
  type OperatorRequestOptions,
  openOperatorRequest,
  report,
} from './operatorRequest.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface ExplainOptions extends OperatorRequestOptions {
  /** 1: the latest time that it happened; 2: the one before, … */
  readonly nth: string;
}

/** @throws {Unable} for an incident that there is not. */
export async function explain(
  asked: string,
  options: ExplainOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const nth = Number(options.nth);
  if (!(Number.isInteger(nth) && nth >= 1)) {
    throw new Unable(`--nth ${options.nth}: 1 is the latest, 2 the one before, and so on`);
  }
  const request = await openOperatorRequest(options, terminal, clients);
  const one = await readExplanation(request, asked, nth);
  return report(
    request,
    options,
    reportExplanation(one, request.at),
    writeExplanation(one, request.at),
  );
}

async function readExplanation(
  request: OperatorRequest,
  asked: string,
  nth: number,
): Promise<Explanation> {
  const all = await readIncidents(request);
  // An incident that has left the store may still be in the history, under its whole id.
  const direct = await request.read([caseId(asked), operatorLogId(request.region)]);
  const isInHistory = parseCase(direct.get(caseId(asked))?.body) !== null;
  const inStore = all.some(({ incident }) => incident.id === asked);
  const id = isInHistory && !inStore ? asked : findIncident(all, asked, request.region).incident.id;
  const items = id === asked ? direct : await request.read([caseId(id)]);
  const chapters = (parseCase(items.get(caseId(id))?.body)?.chapters ?? []).toReversed();
  const times = all.filter(({ incident }) => incident.id === id).map(({ incident }) => incident);
  const openings = [...new Set([...times, ...chapters].map(({ openedAt }) => openedAt))].toSorted(
    (a, b) => b - a,
  );
  const openedAt = openings[nth - 1];
  if (openedAt === undefined) {
    throw new Unable(
      `${id} is on record ${counted(openings.length, 'time')}: --nth ${nth} is too far back`,
    );
  }
  const incident = times.find((time) => time.openedAt === openedAt) ?? null;
  const chapter = chapters.find((time) => time.openedAt === openedAt) ?? null;
  const log = parseOperatorLog(direct.get(operatorLogId(request.region))?.body);
  return {
    id,
    incident,
    chapter,
    milestones: milestonesOf(incident, chapter),
    people: log.filter((entry) => isAbout(entry, id, incident, openedAt)),
    openings,
    nth,
  };
}

/** What people did about it, its subject or its group, from its opening to its end. */
function isAbout(
  { at, subject }: OperatorEntry,
  id: string,
  incident: Incident | null,
  openedAt: number,
): boolean {
  const names = [id, incident?.subject.id, incident?.subject.group, 'all'];
  return at >= openedAt && at <= (incident?.resolvedAt ?? at) && names.includes(subject);
}

function reportExplanation(one: Explanation, now: number): Readonly<Record<string, unknown>> {
  const { id, incident, chapter, milestones, people, openings, nth } = one;
  return {
    id,
    nth,
    openings: openings.map(toIso),
    incident: incident === null ? null : reportIncident(incident, now),
    times: milestones.map(({ name, at, afterMs }) => ({ name, at: toIso(at), afterMs })),
    evidence: incident?.evidence ?? [],
    seen: chapter?.seen ?? [],
    found: chapter?.found ?? [],
    entries: (chapter?.entries ?? []).map(isoEntry),
    dropped: chapter?.dropped ?? 0,
    people: people.map((entry) => ({ ...entry, at: toIso(entry.at) })),
  };
}

const isoEntry = (entry: AuditEntry): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(entry).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'number' && (name === 'at' || name === 'until' || name.endsWith('At'))
        ? toIso(value)
        : value,
    ]),
  );
