/** One incident's change as people and machines read it. Pure. */
import type { Incident, Notice } from '../model/incident.ts';
import type { Deed, HeldDeed } from '../model/story.ts';
import { describeMs, type Instant, toIso } from '../time.ts';
import { beginOf } from './deeds.ts';
import type { News } from './news.ts';
import { lastedMs } from './steps.ts';
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

export function noticeOf(news: News, context: Context, now: Instant): Notice {
  return news.kind === 'resolved'
    ? resolvedNotice(news, context, now)
    : openedNotice(news, context, now);
}

function openedNotice(
  { kind, lead, members, covered }: News,
  context: Context,
  now: Instant,
): Notice {
  const ids = new Set([lead, ...members, ...covered].map(({ subject }) => subject.id));
  const from = beginOf(lead);
  const recent = context.deeds.filter(
    ({ concerns, at }) => at >= from && concerns.some((id) => ids.has(id)),
  );
  const kept = [lead, ...members, ...covered].flatMap(({ deeds }) => deeds);
  const done = [...new Map([...kept, ...recent].map((deed) => [deed.summary, deed])).values()];
  const held = context.held.filter(({ concerns }) => concerns.some((id) => ids.has(id)));
  const impact = impactOf(done, held);
  const body = [
    lead.summary,
    '',
    `Since:    ${toIso(lead.since)}`,
    `Detected: ${toIso(lead.detectedAt)} (${describeMs(Math.max(0, lead.detectedAt - lead.since))} later)`,
    ...doneLines(done),
    ...heldLines(held),
    ...(lead.evidence.length === 0 ? [] : ['', 'Seen:', ...lead.evidence.map(bullet)]),
    '',
    `To do: ${lead.hint}`,
    '',
    ...footer(lead, context),
  ];
  return made(kind, lead, impact, body, { done, held }, context, now);
}

function resolvedNotice({ lead }: News, context: Context, now: Instant): Notice {
  const lasted = lastedMs(lead);
  const isGone = lead.subject.kind === 'appliance' && context.gone.has(lead.subject.id);
  const done = lead.deeds.filter(
    ({ serves, at }) => at >= lead.openedAt && serves.includes(lead.subject.id),
  );
  const body = [
    `${isGone ? 'EC2 no longer has it' : 'Over'}: ${lead.summary}`,
    '',
    `Opened:   ${toIso(lead.openedAt)}`,
    `Last seen: ${toIso(lead.seenAt)}, so it lasted ${describeMs(lasted)}`,
    ...doneLines(done),
    '',
    ...footer(lead, context),
  ];
  const over = `over after ${describeMs(lasted)}`;
  const isHome = lead.reason === 'RouteAway' && done.length > 0;
  const impact = isGone
    ? 'gone for good, no route leads to it'
    : isHome
      ? `${counted(done.length, 'route')} home again, ${over}`
      : over;
  return made('resolved', lead, impact, body, { done, held: [] }, context, now);
}

interface Parts {
  readonly done: readonly Deed[];
  readonly held: readonly HeldDeed[];
}

/** SNS: under 100 characters, printable ASCII to be safe everywhere. */
const SUBJECT_MAX = 99;

function made(
  state: Notice['state'],
  incident: Incident,
  impact: string,
  body: readonly string[],
  parts: Parts,
  context: Context,
  now: Instant,
): Notice {
  const { subject, reason, severity } = incident;
  const word = state === 'resolved' ? 'OK' : severity.toUpperCase();
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
      evidence: incident.evidence,
      since: toIso(incident.since),
      openedAt: toIso(incident.openedAt),
      at: toIso(now),
      hint: incident.hint,
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
