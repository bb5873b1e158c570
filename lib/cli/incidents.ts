/** `vpn-medic incidents`: what is open, and the last twenty that are over. */

import { describeMs, type Instant, toIso } from '../core/time.ts';
import type { Incident } from '../incidents/types.ts';
import type { Doors } from './awsClients.ts';
import { readIncidents } from './incidents/store.ts';
import { type DeskOptions, openDesk, report, shortWho } from './operatorRequest.ts';
import { type Ink, ink } from './output/colour.ts';
import { type Block, blank, count, line, table, title } from './output/textBlocks.ts';
import { type ExitCode, NEEDS_A_PERSON, type Terminal, WELL } from './terminal.ts';

export interface IncidentsOptions extends DeskOptions {
  /** Those too that a greater one explains. */
  readonly all?: boolean;
}

const CLOSED_SHOWN = 20;

/** Exit 2 while something critical is open that nobody has acknowledged. @throws {Unable} when the table cannot be read. */
export async function incidents(
  options: IncidentsOptions,
  terminal: Terminal,
  doors: Doors,
): Promise<ExitCode> {
  const desk = await openDesk(options, terminal, doors);
  const all = (await readIncidents(desk)).map(({ incident }) => incident);
  const open = all.filter(({ resolvedAt }) => resolvedAt === null);
  const own = options.all === true ? open : open.filter(({ inhibitedBy }) => inhibitedBy === null);
  const closed = all
    .filter(({ resolvedAt, toldAt }) => resolvedAt !== null && toldAt !== null)
    .toSorted((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0))
    .slice(0, CLOSED_SHOWN);
  report(
    desk,
    options,
    {
      open: own.map((one) => reportIncident(one, desk.at)),
      explained: open.length - own.length,
      closed: closed.map((one) => reportIncident(one, desk.at)),
    },
    [
      title(`Incidents in ${desk.region}`),
      ...writeOpen(own, open.length - own.length, desk.at),
      ...writeClosed(closed),
      line(
        'vpn-medic explain ID tells one from its beginning; any part of an id will do that only one has.',
      ),
    ],
  );
  return own.some(isCalling) ? NEEDS_A_PERSON : WELL;
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
  const { since, detectedAt, openedAt, resolvedAt, toldAt, ackedAt } = incident;
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
    toldAt: iso(toldAt),
    resolvedAt: iso(resolvedAt),
    lastedMs: (resolvedAt ?? now) - openedAt,
    healedBy: incident.healedBy,
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

const INKS: Readonly<Record<Incident['severity'], Ink>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'plain',
};

function writeOpen(open: readonly Incident[], explained: number, now: Instant): readonly Block[] {
  if (open.length === 0) return [line([ink('good', 'Nothing is open.')]), blank];
  return [
    table(
      ['OPEN FOR', 'SEVERITY', 'SUBJECT', 'STATE', 'ID'],
      open.map((one) => [
        describeMs(Math.max(0, now - one.openedAt)),
        ink(INKS[one.severity], one.severity),
        one.subject.name,
        stateOf(one),
        shortId(one),
      ]),
    ),
    ...(explained === 0
      ? []
      : [line(`${count(explained, 'more')} explained by these: --all lists them.`)]),
    blank,
  ];
}

function stateOf({ ackedBy, silence, toldAt, inhibitedBy }: Incident): string {
  if (ackedBy !== null) return `acked by ${shortWho(ackedBy)}`;
  if (silence !== null) return `in maintenance until ${toIso(silence.until)}`;
  if (inhibitedBy !== null) return `explained by ${inhibitedBy.split('/').slice(2).join('/')}`;
  return toldAt === null ? 'not told yet' : 'told';
}

function writeClosed(closed: readonly Incident[]): readonly Block[] {
  if (closed.length === 0) return [];
  return [
    title('Over'),
    table(
      ['ENDED', 'LASTED', 'SUBJECT', 'ID'],
      closed.map((one) => [
        one.resolvedAt === null ? '' : toIso(one.resolvedAt),
        describeMs(Math.max(0, (one.resolvedAt ?? one.openedAt) - one.openedAt)),
        one.subject.name,
        shortId(one),
      ]),
    ),
    blank,
  ];
}
