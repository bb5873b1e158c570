/** The sentences of a notification: impact, what happens next, what to do. Pure. */

import type { ReportedAction, ReportedHeld } from '../core/report.ts';
import { counted, shellQuoted } from '../core/text.ts';
import { describeMs, toIso } from '../core/time.ts';
import { isDone, isTried } from './actions.ts';
import type { Parts } from './content.ts';
import { REPEAT_MS } from './delays.ts';
import { type Ended, ignoredWhy, isUnwatched, partsOf } from './gone.ts';
import { isDown, isObjection } from './inhibition.ts';
import type { Incident } from './types.ts';

/** Subjects whose failure affects managed routes. */
const ROUTED: ReadonlySet<string> = new Set([
  'appliance',
  'group',
  'zone',
  'vpc',
  'region',
  'route',
  'table',
]);

/** The end of the subject line: `3 routes moved to vpn-b`, `2 routes held (S3)`, `lasted 5 min`. */
export function headlineOf({ notificationPlan, done, held, over, context }: Parts): string {
  const { lead, members, covered, parts = [] } = notificationPlan;
  if (over !== null) {
    const losses = lastingOf(covered).filter(({ severity }) => severity === 'critical');
    const line = overLine(lead, done, over.lastedMs, context);
    return losses.length === 0 ? line : `${namesOf(losses)} goes on, ${line}`;
  }
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop).length;
  const what =
    gistOf(done, held) ?? (isDown(lead) || isObjection(lead) ? noneOf(lead, parts) : planOf(lead));
  // What is lost comes first: the end of the line may be cut.
  return withoutNextHop === 0 || lead.reason === 'RouteStranded'
    ? what
    : `${counted(withoutNextHop, 'route')} without next hop, ${what}`;
}

/** What was named in the notice of a greater trouble, and is still found now that this is over. */
const lastingOf = (covered: readonly Incident[]): readonly Incident[] =>
  covered.filter(({ missedAt, resolvedAt }) => missedAt === null && resolvedAt === null);

/** `ConnectionDown of berlin and 2 more` */
function namesOf(incidents: readonly Incident[]): string {
  const [first, ...others] = incidents.map(({ reason, subject }) => `${reason} of ${subject.name}`);
  return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
}

/** More than a first line has room for. */
const HEADLINE_MAX = 100;

/**
 * The reason names the failure; where routes are concerned, the headline says whether they moved. Another process may
 * have moved them and left no record: where they are now counts.
 */
function noneOf(lead: Incident, parts: readonly Incident[]): string {
  // No route of ours leads to the endpoints of a region.
  if (!ROUTED.has(lead.subject.kind) || lead.reason === 'RegionDown') return planOf(lead);
  const away = parts.filter(({ reason }) => reason === 'RouteAway');
  const awayCount = away.reduce((sum, { evidence }) => sum + evidence.length, 0);
  return awayCount === 0 ? 'no route moved' : `${counted(awayCount, 'route')} on other appliances`;
}

/** The finding without the name that stands before it. */
function planOf({ summary, subject: { name } }: Incident): string {
  const isNamed = summary.startsWith(`${name} `) || summary.startsWith(`${name}: `);
  const rest = isNamed ? summary.slice(name.length + 1).trimStart() : summary;
  return rest.replace(/^\([^)]*\) /, '').slice(0, HEADLINE_MAX);
}

const hasNoNextHop = ({ reason, resolvedAt }: Incident): boolean =>
  reason === 'RouteStranded' && resolvedAt === null;

function overLine(
  { subject, reason }: Incident,
  done: readonly ReportedAction[],
  lastedMs: number,
  ended: Ended,
): string {
  const { gone, ignored } = ended;
  const over = lastedMs === 0 ? 'found in one pass only' : `lasted ${describeMs(lastedMs)}`;
  if (gone.has(subject.id)) {
    const parts = partsOf(subject);
    if (parts !== null) return `${parts} deleted, ${over}`;
    return subject.kind === 'appliance' ? 'deleted, no route leads to it' : `deleted, ${over}`;
  }
  if (ignoredWhy(subject, ignored) !== null) return `now ignored, ${over}`;
  if (isUnwatched(subject, ended)) return `no longer tagged, ${over}`;
  const preferred = done.filter(isTried);
  return reason === 'RouteAway' && preferred.length > 0
    ? `${counted(preferred.length, 'route')} failed back, ${over}`
    : over;
}

function gistOf(done: readonly ReportedAction[], held: readonly ReportedHeld[]): string | null {
  const unseen = done.filter(isUnseen);
  const asked = done.filter(isAsked);
  const moved = done.filter((action) => isDone(action) && !isUnseen(action));
  if (moved.length + unseen.length + asked.length > 0) {
    const byThing = Map.groupBy(moved, ({ thing }) => thing);
    return [
      ...[...byThing].map(([thing, actions]) => togetherOf(thing, actions)),
      ...some(unseen, 'route', 'written, not yet read back'),
      ...some(asked, 'route', 'asked to move, not confirmed'),
      ...stillOnTheDead(held),
    ].join(', ');
  }
  const [first] = held;
  // A refused CRL is not moved by waiting: what its finding says is the news.
  return first === undefined || isRefused(held)
    ? null
    : `${counted(held.length, first.thing)} held (${first.rule})`;
}

/** `1 held (S2)`: a part that moved does not hide the part that did not. */
function stillOnTheDead(held: readonly ReportedHeld[]): readonly string[] {
  const own = held.filter(
    ({ thing, kind }) => thing === 'route' && (kind === 'failover' || kind === 'pool'),
  );
  return own[0] === undefined ? [] : [`${own.length} held (${own[0].rule})`];
}

const some = (
  actions: readonly ReportedAction[],
  thing: string,
  what: string,
): readonly string[] => (actions.length === 0 ? [] : [`${counted(actions.length, thing)} ${what}`]);

/** EC2's answer was lost: the write may have been made. */
const isAsked = ({ outcome }: ReportedAction): boolean => outcome === 'asked';

/** EC2 accepted the write, and no read has shown it yet. */
const isUnseen = ({ thing, outcome }: ReportedAction): boolean =>
  thing === 'route' && outcome === 'written';

/** `3 routes moved to vpn-b and vpn-c` */
function togetherOf(thing: string, actions: readonly ReportedAction[]): string {
  const [first = '', ...others] = new Set(actions.map(({ gist }) => gist));
  const shared = first.slice(0, first.lastIndexOf(' ') + 1);
  const rest = others.map((gist) => (gist.startsWith(shared) ? gist.slice(shared.length) : gist));
  const shown = rest.length <= 2 ? rest : [...rest.slice(0, 1), `${rest.length - 1} more`];
  return `${counted(actions.length, thing)} ${[first, ...shown].join(' and ')}`;
}

/** Impact on the users of the network. */
export function impactOf({ notificationPlan, done, held, over, context }: Parts): string {
  const { lead, members, covered } = notificationPlan;
  if (over !== null) {
    if (isUnwatched(lead.subject, context)) {
      return 'Not known: it was not seen well, its tag vpn-medic:group was removed.';
    }
    if (!context.gone.has(lead.subject.id)) {
      const why = ignoredWhy(lead.subject, context.ignored);
      const lasting = lastingOf(covered);
      return why === null
        ? lasting.length === 0
          ? 'None now.'
          : `None of this now, but ${namesOf(lasting)} goes on: notified by itself if it lasts.`
        : `Not known: it was not seen well, it is ignored from now on (${why}).`;
    }
    const parts = partsOf(lead.subject);
    if (parts !== null) return `Its ${parts} were deleted from the account; they did not recover.`;
    return lead.subject.kind === 'appliance'
      ? 'It no longer exists, and no route leads to it.'
      : 'It no longer exists in AWS; it did not recover.';
  }
  const moved = done.filter((action) => action.thing === 'route' && action.outcome === 'done');
  const unseen = done.filter(isUnseen);
  const asked = done.filter(isAsked);
  const stuck = held.filter(({ kind, thing }) => thing === 'route' && kind !== 'failback');
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop);
  const failed = done.filter(({ outcome }) => outcome === 'failed');
  const isAll = [unseen, asked, stuck, withoutNextHop, failed].every(({ length }) => length === 0);
  const parts = [
    moved.length === 0
      ? null
      : isInTime(lead)
        ? `${counted(moved.length, 'route')} moved while it still worked: no traffic was lost.`
        : `${counted(moved.length, 'route')} moved. ${isAll ? 'Traffic' : 'Their traffic is'} restored${cutOf(lead)}.`,
    unseen.length === 0
      ? null
      : `${counted(unseen.length, 'route')} written, not yet shown by EC2: that traffic may not flow.`,
    asked.length === 0
      ? null
      : `No answer from EC2 to moving ${counted(asked.length, 'route')}: that traffic may not flow.`,
    stuck.length === 0
      ? null
      : `${counted(stuck.length, 'route')} not moved: that traffic ${isInTime(lead) ? 'stops when it ends' : 'may not flow'}.`,
    withoutNextHop.length === 0
      ? null
      : `${counted(withoutNextHop.length, 'route')} without a healthy next hop: that traffic does not flow.`,
    failed.length === 0 ? null : `${counted(failed.length, 'attempt')} failed: see below.`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(' ');
  return lead.severity === 'critical'
    ? (LOSSES[lead.subject.kind] ?? 'Traffic that depends on it may not flow.')
    : 'No traffic is known to be lost because of it.';
}

/** What leaves still works: its routes move before it ends. */
const isInTime = ({ reason }: Incident): boolean => reason === 'ApplianceLeaving';

/** The impact of a critical finding on the users of such a subject. */
const LOSSES: Readonly<Partial<Record<Incident['subject']['kind'], string>>> = {
  connection: 'Traffic to and from the other side of this connection may not flow.',
  site: 'Traffic to and from this site may not flow.',
  endpoint: 'Users of this endpoint may be disconnected or unable to connect.',
  crl: 'Servers that check this CRL may refuse every client, or accept revoked certificates.',
};

/** Length of the outage, from the last good probe to the last write. */
function cutOf({ since, times }: Incident): string {
  return times.lastWriteAt === null || times.lastWriteAt <= since
    ? ''
    : `; outage about ${describeMs(times.lastWriteAt - since)}`;
}

/** Not one of them runs by itself: a CRL that is refused, and not one that a window or the mode holds. */
const isRefused = (held: readonly ReportedHeld[]): boolean =>
  held.length > 0 && held.every(({ thing, rule }) => thing === 'CRL' && rule === 'S11');

/** What happens without an operator, and when. */
export function nextOf(parts: Parts): readonly string[] {
  const {
    notificationPlan: { kind, lead, members },
    done,
    held,
    over,
    context,
    now,
  } = parts;
  if (over !== null) {
    return [
      isAway(lead)
        ? 'Its routes are still on other appliances. They fail back after the hold-down (pinned ones after an acknowledgement), and that is notified.'
        : 'Nothing. A new notification is sent if it recurs.',
    ];
  }
  const untils = held.flatMap(({ until }) => until ?? []);
  // Only what was read back counts as moved.
  const isMoved = done.some(({ thing, outcome }) => thing === 'route' && outcome === 'done');
  const repeats =
    lead.severity === 'critical' &&
    lead.ackedAt === null &&
    (kind === 'opened' || kind === 'repeated');
  return [
    ...(context.mode === 'observe'
      ? ['Nothing is written: this deployment is in mode observe.']
      : []),
    ...(untils.length === 0
      ? []
      : [
          `Held actions are evaluated every second; the earliest hold ends at ${toIso(Math.min(...untils))}.`,
        ]),
    ...(isRefused(held)
      ? ['A refused file is judged again every hour; it stays refused until its reason is gone.']
      : held.length > 0 && untils.length === 0
        ? ['Held actions run as soon as their rule allows them.']
        : []),
    ...(isMoved && lead.subject.kind === 'appliance'
      ? [
          isInTime(lead)
            ? 'If it does not end after all, the routes fail back when the notice is over.'
            : 'The routes fail back after the hold-down; pinned ones after an acknowledgement.',
        ]
      : []),
    ...(endMayBeLost(parts)
      ? [`${LOST_END} To check: vpn-medic check --region ${context.region}`]
      : [
          `A notification is sent when ${members.length === 0 ? 'it is' : 'all are'} resolved${
            repeats
              ? `; until then this one is repeated at ${toIso(now + REPEAT_MS)} unless it is acknowledged`
              : ''
          }.`,
        ]),
  ];
}

/** Whether a route that was moved off it has not failed back, by its last moves. */
function isAway({ subject, actions }: Incident): boolean {
  if (subject.kind !== 'appliance') return false;
  const last = new Map(
    actions
      .filter(isTried)
      .flatMap(({ thing, details }) =>
        thing === 'route' ? [[details['route'], details['to']] as const] : [],
      ),
  );
  return [...last.values()].some((to) => to !== subject.id);
}

/** While the state table cannot be written, only this process knows that a notification was sent. */
export const endMayBeLost = ({ over, context }: Pick<Parts, 'over' | 'context'>): boolean =>
  over === null && !context.isOnRecord;

const LOST_END =
  'The resolution may not be notified: the state table could not be written, and the record of this notification is lost if vpn-medic restarts before it can.';

/** The finding's hint, and the first command to run. */
export function todoOf({ hint, id }: Incident, region: string) {
  const own = /\b[Rr]un: (?<command>[^.;\n]*(?:[.;](?! )[^.;\n]*)*)/.exec(hint)?.groups?.[
    'command'
  ];
  return {
    hint,
    command: own?.trim() || `vpn-medic explain ${shellQuoted(id)} --region ${region}`,
  };
}
