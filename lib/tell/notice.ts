/** One incident's change as people and machines read it. Pure. */
import type { Incident, Notice } from '../model/incident.ts';
import type { Held, Move, Outcome } from '../model/plan.ts';
import { describeMs, type Instant, toIso } from '../time.ts';
import type { Cause } from './incidents.ts';
import { oneLine, printable } from './text.ts';

/** What a notice says beyond its incident. */
export interface Context {
  readonly accountId: string;
  readonly region: string;
  readonly mode: string;
  readonly outcomes: readonly Outcome[];
  readonly held: readonly Held[];
  /** Names of appliances, by instance id. */
  readonly names: ReadonlyMap<string, string>;
  /** Appliances that EC2 has terminated or no longer knows. */
  readonly gone: ReadonlySet<string>;
}

export function openedNotice(
  incident: Incident,
  finding: Cause,
  context: Context,
  now: Instant,
): Notice {
  // What was done about an earlier failure of the same thing is another story.
  const from = Math.min(finding.since, incident.openedAt - TELLING_MS);
  // What a region's trouble holds back is its news; what is moved all the same is told with the appliance that died.
  const isRegion = finding.subject.kind === 'region';
  const done = context.outcomes.filter(
    ({ move, at }) => !isRegion && at >= from && concerns(move, finding),
  );
  const held = context.held.filter((one) => concerns(one, finding));
  const impact = impactOf(done, held, context);
  const body = [
    finding.summary,
    '',
    `Since:    ${toIso(finding.since)}`,
    `Detected: ${toIso(incident.openedAt)} (${describeMs(Math.max(0, incident.openedAt - finding.since))} later)`,
    ...doneLines(done, context),
    ...heldLines(held, context),
    ...(finding.evidence.length === 0 ? [] : ['', 'Seen:', ...finding.evidence.map(bullet)]),
    '',
    `To do: ${finding.hint}`,
    '',
    ...footer(incident, context),
  ];
  return noticeOf('opened', incident, impact, body, { finding, done, held }, context, now);
}

export function resolvedNotice(incident: Incident, context: Context, now: Instant): Notice {
  const lastedMs = incident.seenAt - incident.openedAt;
  const isGone = incident.subject.kind === 'appliance' && context.gone.has(incident.subject.id);
  const done = context.outcomes.filter(
    ({ move, at }) => at >= incident.openedAt && move.to === incident.subject.id,
  );
  const body = [
    `${isGone ? 'EC2 no longer has it' : 'Over'}: ${incident.summary}`,
    '',
    `Opened:   ${toIso(incident.openedAt)}`,
    `Last seen: ${toIso(incident.seenAt)}, so it lasted ${describeMs(lastedMs)}`,
    ...doneLines(done, context),
    '',
    ...footer(incident, context),
  ];
  const lasted = `over after ${describeMs(lastedMs)}`;
  const isHome = incident.reason === 'RouteAway' && done.length > 0;
  const impact = isGone
    ? 'gone for good, no route leads to it'
    : isHome
      ? `${routes(done.length)} home again, ${lasted}`
      : lasted;
  return noticeOf('resolved', incident, impact, body, { done, held: [] }, context, now);
}

/** Routes are written before anything is told, and a telling may wait for the one before. */
const TELLING_MS = 10_000;

interface Parts {
  readonly finding?: Cause;
  readonly done: readonly Outcome[];
  readonly held: readonly Held[];
}

/** SNS: under 100 characters, printable ASCII to be safe everywhere. */
const SUBJECT_MAX = 99;

function noticeOf(
  state: Notice['state'],
  incident: Incident,
  impact: string,
  body: readonly string[],
  parts: Parts,
  context: Context,
  now: Instant,
): Notice {
  const { subject, reason, severity } = incident;
  const word = state === 'opened' ? severity.toUpperCase() : 'OK';
  const title = `${word} ${subject.name}: ${reason}, ${impact}`;
  return {
    state,
    incidentId: incident.id,
    subject: printable(title).slice(0, SUBJECT_MAX).trimEnd(),
    text: body.map(oneLine).join('\n'),
    json: JSON.stringify({
      version: 1,
      state,
      incidentId: incident.id,
      reason,
      severity,
      subject,
      account: context.accountId,
      region: context.region,
      mode: context.mode,
      summary: incident.summary,
      evidence: parts.finding?.evidence ?? [],
      since: toIso(parts.finding?.since ?? incident.openedAt),
      openedAt: toIso(incident.openedAt),
      at: toIso(now),
      hint: parts.finding?.hint ?? null,
      moves: parts.done.map(({ move, kind, at }) => ({
        route: move.routeKey,
        from: move.from,
        to: move.to,
        kind: move.kind,
        outcome: kind,
        at: toIso(at),
      })),
      held: parts.held.map(({ routeKey, from, to, rule, because, until }) => ({
        route: routeKey,
        from,
        to,
        rule,
        because,
        until: until === null ? null : toIso(until),
      })),
    }),
    attributes: {
      state,
      severity,
      reason: oneLine(reason),
      subject: oneLine(subject.id),
      region: context.region,
      ...(subject.group === null ? {} : { group: oneLine(subject.group) }),
    },
  };
}

/** A move belongs to the finding about the appliance it leaves, or about its route, group or zone. */
function concerns(
  move: Pick<Move | Held, 'from' | 'group' | 'routeKey'>,
  { subject }: Cause,
): boolean {
  switch (subject.kind) {
    case 'appliance':
      return move.from === subject.id;
    case 'group':
      return move.group === subject.id;
    case 'route':
      return move.routeKey === subject.id;
    case 'region':
      return true;
    case 'zone':
    case 'table':
    case 'vantage':
      return false;
    default:
      return subject.kind satisfies never;
  }
}

function impactOf(done: readonly Outcome[], held: readonly Held[], { names }: Context): string {
  const moved = done.filter(({ kind }) => kind === 'done' || kind === 'written');
  if (moved.length > 0) {
    const targets = [...new Set(moved.map(({ move }) => names.get(move.to) ?? move.to))];
    return `${routes(moved.length)} moved to ${targets.join(' and ')}`;
  }
  if (held.length > 0) return `${routes(held.length)} held (${held[0]?.rule ?? ''})`;
  return 'no route moved';
}

function doneLines(done: readonly Outcome[], { names }: Context): readonly string[] {
  if (done.length === 0) return [];
  const shown = done.filter(({ kind }) => kind === 'done').length;
  const lines = done.map(
    ({ move, kind, ...rest }) =>
      `${move.destination} in ${move.tableName}: ${names.get(move.from) ?? move.from} -> ${names.get(move.to) ?? move.to}, ${kind}${'why' in rest ? ` (${rest.why})` : ''}`,
  );
  return ['', `Done (${shown} of ${done.length} read back):`, ...lines.map(bullet)];
}

function heldLines(held: readonly Held[], { names }: Context): readonly string[] {
  if (held.length === 0) return [];
  const lines = held.map(
    ({ routeKey, to, rule, because, until }) =>
      `${routeKey} ${to === null ? 'has nowhere to go' : `not moved to ${names.get(to) ?? to}`}: ${rule}, ${because}${until === null ? '' : `; until ${toIso(until)}`}`,
  );
  return ['', 'Held back:', ...lines.map(bullet)];
}

const footer = (incident: Incident, { accountId, region, mode }: Context): readonly string[] => [
  `${incident.reason} of ${incident.subject.id}, account ${accountId}, ${region}, mode ${mode}`,
  `Runbook: docs/runbook.md#${incident.reason.toLowerCase()}`,
];

const bullet = (line: string): string => `- ${line}`;
const routes = (count: number): string => `${count} route${count === 1 ? '' : 's'}`;
