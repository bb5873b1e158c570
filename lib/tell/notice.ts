/** One incident's change as people and machines read it. Pure. */
import type { Incident, Notice } from '../model/incident.ts';
import type { Deed, HeldDeed } from '../model/story.ts';
import { describeMs, type Instant, toIso } from '../time.ts';
import type { Cause } from './incidents.ts';
import { oneLine, printable } from './text.ts';

/** What a notice says beyond its incident. */
export interface Context {
  readonly accountId: string;
  readonly region: string;
  readonly mode: string;
  readonly deeds: readonly Deed[];
  readonly held: readonly HeldDeed[];
  /** Subjects that AWS has no more. */
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
  const { id } = finding.subject;
  const done = context.deeds.filter(({ concerns, at }) => at >= from && concerns.includes(id));
  const held = context.held.filter(({ concerns }) => concerns.includes(id));
  const impact = impactOf(done, held);
  const body = [
    finding.summary,
    '',
    `Since:    ${toIso(finding.since)}`,
    `Detected: ${toIso(incident.openedAt)} (${describeMs(Math.max(0, incident.openedAt - finding.since))} later)`,
    ...doneLines(done),
    ...heldLines(held),
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
  const done = context.deeds.filter(
    ({ serves, at }) => at >= incident.openedAt && serves.includes(incident.subject.id),
  );
  const body = [
    `${isGone ? 'EC2 no longer has it' : 'Over'}: ${incident.summary}`,
    '',
    `Opened:   ${toIso(incident.openedAt)}`,
    `Last seen: ${toIso(incident.seenAt)}, so it lasted ${describeMs(lastedMs)}`,
    ...doneLines(done),
    '',
    ...footer(incident, context),
  ];
  const lasted = `over after ${describeMs(lastedMs)}`;
  const isHome = incident.reason === 'RouteAway' && done.length > 0;
  const impact = isGone
    ? 'gone for good, no route leads to it'
    : isHome
      ? `${counted(done.length, 'route')} home again, ${lasted}`
      : lasted;
  return noticeOf('resolved', incident, impact, body, { done, held: [] }, context, now);
}

/** Routes are written before anything is told, and a telling may wait for the one before. */
const TELLING_MS = 10_000;

interface Parts {
  readonly finding?: Cause;
  readonly done: readonly Deed[];
  readonly held: readonly HeldDeed[];
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
      moves: parts.done.map(({ details, outcome, at }) => ({ ...details, outcome, at: toIso(at) })),
      held: parts.held.map(({ details, rule, because, until }) => ({
        ...details,
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

function impactOf(done: readonly Deed[], held: readonly HeldDeed[]): string {
  const moved = done.filter(({ outcome }) => outcome === 'done' || outcome === 'written');
  if (moved.length > 0) {
    const byThing = Map.groupBy(moved, ({ thing }) => thing);
    return [...byThing].map(([thing, deeds]) => gistOf(thing, deeds)).join(', ');
  }
  const [first] = held;
  if (first !== undefined) return `${counted(held.length, first.thing)} held (${first.rule})`;
  return 'no route moved';
}

/** `3 routes moved to vpn-b and vpn-c` */
function gistOf(thing: string, deeds: readonly Deed[]): string {
  const [first = '', ...others] = new Set(deeds.map(({ gist }) => gist));
  const shared = first.slice(0, first.lastIndexOf(' ') + 1);
  const rest = others.map((gist) => (gist.startsWith(shared) ? gist.slice(shared.length) : gist));
  return `${counted(deeds.length, thing)} ${[first, ...rest].join(' and ')}`;
}

function doneLines(done: readonly Deed[]): readonly string[] {
  if (done.length === 0) return [];
  const shown = done.filter(({ outcome }) => outcome === 'done').length;
  const lines = done.map(
    ({ summary, outcome, why }) => `${summary}, ${outcome}${why === null ? '' : ` (${why})`}`,
  );
  return ['', `Done (${shown} of ${done.length} read back):`, ...lines.map(bullet)];
}

function heldLines(held: readonly HeldDeed[]): readonly string[] {
  if (held.length === 0) return [];
  const lines = held.map(
    ({ summary, rule, because, until }) =>
      `${summary}: ${rule}, ${because}${until === null ? '' : `; until ${toIso(until)}`}`,
  );
  return ['', 'Held back:', ...lines.map(bullet)];
}

const footer = (incident: Incident, { accountId, region, mode }: Context): readonly string[] => [
  `${incident.reason} of ${incident.subject.id}, account ${accountId}, ${region}, mode ${mode}`,
  `Runbook: docs/runbook.md#${incident.reason.toLowerCase()}`,
];

const bullet = (line: string): string => `- ${line}`;
const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`;
