/** `vpn-medic incidents`: open incidents, the last twenty that were resolved, and drills. */

import { bySeverity } from '../core/finding.ts';
import { describeMs, type Instant, toIso } from '../core/time.ts';
import { durationMs, endingText, lastedMs } from '../incidents/steps.ts';
import type { Incident } from '../incidents/types.ts';
import { isLate } from '../watcher/lastLooks.ts';
import { isOpen } from '../watcher/leaderView.ts';
import type { AwsClients } from './awsClients.ts';
import { readDrills, reportDrills, writeDrillTable } from './drill.ts';
import { readIncidents } from './incidents/store.ts';
import {
  type OperatorRequest,
  type OperatorRequestOptions,
  openOperatorRequest,
  report,
  shortArn,
} from './operatorRequest.ts';
import { type Colour, colour } from './output/colour.ts';
import { type Block, blank, line, table, title } from './output/textBlocks.ts';
import { type ExitCode, NEEDS_A_PERSON, type Terminal, WELL } from './terminal.ts';

export interface IncidentsOptions extends OperatorRequestOptions {
  /** Also incidents suppressed by a root cause. */
  readonly all?: boolean;
}

const CLOSED_SHOWN = 20;

/** Exit 2 while a critical incident is open and not acknowledged, 1 while a leader is late.
 * @throws {Unable} when the table cannot be read. */
export async function incidents(
  options: IncidentsOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  const all = (await readIncidents(request)).map(({ incident }) => incident);
  const open = all
    .filter((one) => isOpen(one, request.watch))
    .toSorted((a, b) => bySeverity(a, b) || a.openedAt - b.openedAt);
  const own = options.all === true ? open : open.filter(({ inhibitedBy }) => inhibitedBy === null);
  const drills = await readDrills(request);
  const closed = all
    .filter(({ resolvedAt, notifiedAt }) => resolvedAt !== null && notifiedAt !== null)
    .toSorted((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0))
    .slice(0, CLOSED_SHOWN);
  const exit = report(
    request,
    options,
    {
      open: own.map((one) => reportIncident(one, request.at)),
      explained: open.length - own.length,
      closed: closed.map((one) => reportIncident(one, request.at)),
      ...reportDrills(drills),
    },
    [
      title(`Incidents in ${request.region}`),
      ...writeOpen(own, open.length - own.length, request),
      ...writeClosed(closed),
      ...writeDrillTable(drills),
      line('vpn-medic explain ID prints the history of one; a unique part of an id is enough.'),
    ],
  );
  return exit === WELL && own.some(isCalling) ? NEEDS_A_PERSON : exit;
}

/** Without account and region: enough to name it by. */
const shortId = ({ id }: Incident): string => id.split('/').slice(2).join('/');

const isCalling = ({ severity, ackedAt, silence }: Incident): boolean =>
  severity === 'critical' && ackedAt === null && silence === null;

/** As `--json` prints it. */
export function reportIncident(
  incident: Incident,
  now: Instant,
): Readonly<Record<string, unknown>> {
  const { id, reason, severity, subject, summary, hint } = incident;
  const { since, detectedAt, openedAt, missedAt, resolvedAt, notifiedAt, ackedAt } = incident;
  return {
    id,
    reason,
    severity,
    subject: { kind: subject.kind, id: subject.id, name: subject.name },
    summary,
    hint,
    since: toIso(since),
    detectedAt: toIso(detectedAt),
    openedAt: toIso(openedAt),
    notifiedAt: iso(notifiedAt),
    missedAt: iso(missedAt),
    resolvedAt: iso(resolvedAt),
    lastedMs: durationMs(incident, now),
    restoredBy: incident.restoredBy,
    ackedAt: iso(ackedAt),
    ackedBy: incident.ackedBy,
    inhibitedBy: incident.inhibitedBy,
    silence:
      incident.silence === null
        ? null
        : { ...incident.silence, until: toIso(incident.silence.until) },
  };
}

const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));

const COLOURS: Readonly<Record<Incident['severity'], Colour>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'plain',
};

function writeOpen(
  open: readonly Incident[],
  explained: number,
  { watch, at: now }: Pick<OperatorRequest, 'watch' | 'at'>,
): readonly Block[] {
  if (open.length === 0) {
    const what = isLate(watch)
      ? colour('warn', 'Not known whether anything is open: see above.')
      : colour('good', 'Nothing is open.');
    return [line([what]), blank];
  }
  return [
    table(
      ['OPEN FOR', 'SEVERITY', 'SUBJECT', 'STATE', 'ID'],
      open.map((one) => [
        describeMs(durationMs(one, now)),
        colour(COLOURS[one.severity], one.severity),
        one.subject.name,
        stateOf(one),
        shortId(one),
      ]),
    ),
    ...(explained === 0
      ? []
      : [line(`${explained} more suppressed, same root cause: --all lists them.`)]),
    blank,
  ];
}

function stateOf(incident: Incident): string {
  const { ackedBy, silence, notifiedAt, inhibitedBy } = incident;
  const ending = endingText(incident);
  if (ending !== null) return ending;
  if (ackedBy !== null) return `acknowledged by ${shortArn(ackedBy)}`;
  if (silence !== null) return `in maintenance until ${toIso(silence.until)}`;
  if (inhibitedBy !== null) return `suppressed by ${inhibitedBy.split('/').slice(2).join('/')}`;
  return notifiedAt === null ? 'not notified yet' : 'notified';
}

function writeClosed(closed: readonly Incident[]): readonly Block[] {
  if (closed.length === 0) return [];
  return [
    title('Resolved'),
    table(
      ['ENDED', 'LASTED', 'SUBJECT', 'ID'],
      closed.map((one) => [
        one.resolvedAt === null ? '' : toIso(one.resolvedAt),
        describeMs(lastedMs(one)),
        one.subject.name,
        shortId(one),
      ]),
    ),
    blank,
  ];
}
