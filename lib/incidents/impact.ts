/** What it means, what happens next, and what a person does: in words. Pure. */

import type { ReportedAction, ReportedHeld } from '../core/report.ts';
import { counted } from '../core/text.ts';
import { describeMs, toIso } from '../core/time.ts';
import { isDone, isTried } from './actions.ts';
import type { Parts } from './content.ts';
import { REPEAT_MS } from './delays.ts';
import { partsOf } from './gone.ts';
import { isDown, isObjection } from './inhibition.ts';
import type { Incident } from './types.ts';

/** Subjects whose trouble is that routes may lead nowhere. */
const ROUTED: ReadonlySet<string> = new Set([
  'appliance',
  'group',
  'zone',
  'region',
  'route',
  'table',
]);

/** The end of the subject line: `3 routes moved to vpn-b`, `2 routes held (S3)`, `over after 5 min`. */
export function headlineOf({ notificationPlan, done, held, over, context }: Parts): string {
  const { lead, members, covered } = notificationPlan;
  if (over !== null) return overLine(lead, done, over.lastedMs, context.gone);
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop).length;
  const what =
    gistOf(done, held) ?? (isDown(lead) || isObjection(lead) ? noneOf(lead) : planOf(lead));
  return [
    what,
    ...(withoutNextHop === 0 || lead.reason === 'RouteStranded'
      ? []
      : [`${withoutNextHop} stranded`]),
  ].join(', ');
}

/** More than a first line has room for. */
const HEADLINE_MAX = 100;

/** Its trouble is told by its reason; where routes are concerned, whether they are safe. */
const noneOf = (lead: Incident): string =>
  // No route of ours leads to the endpoints of a region.
  ROUTED.has(lead.subject.kind) && lead.reason !== 'RegionDown' ? 'no route moved' : planOf(lead);

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
  gone: ReadonlySet<string>,
): string {
  const over = lastedMs === 0 ? 'over, seen by one look' : `over after ${describeMs(lastedMs)}`;
  if (gone.has(subject.id)) {
    const parts = partsOf(subject);
    if (parts !== null) return `${parts} deleted, ${over}`;
    return subject.kind === 'appliance'
      ? 'gone for good, no route leads to it'
      : `gone for good, ${over}`;
  }
  const preferred = done.filter(isTried);
  return reason === 'RouteAway' && preferred.length > 0
    ? `${counted(preferred.length, 'route')} home again, ${over}`
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
    ].join(', ');
  }
  const [first] = held;
  return first === undefined ? null : `${counted(held.length, first.thing)} held (${first.rule})`;
}

const some = (
  actions: readonly ReportedAction[],
  thing: string,
  what: string,
): readonly string[] => (actions.length === 0 ? [] : [`${counted(actions.length, thing)} ${what}`]);

/** EC2's answer was lost: it may have happened. */
const isAsked = ({ outcome }: ReportedAction): boolean => outcome === 'asked';

/** EC2 took the write, and no read has shown it yet. */
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

/** What it means for those who use the network. */
export function impactOf({ notificationPlan, done, held, over, context }: Parts): string {
  const { lead, members, covered } = notificationPlan;
  if (over !== null) {
    if (!context.gone.has(lead.subject.id)) return 'None any more.';
    const parts = partsOf(lead.subject);
    if (parts !== null) return `Its ${parts} were deleted from the account: nothing came back.`;
    return lead.subject.kind === 'appliance'
      ? 'It no longer exists, and no route leads to it.'
      : 'It no longer exists in AWS: nothing came back.';
  }
  const moved = done.filter((action) => action.thing === 'route' && action.outcome === 'done');
  const unseen = done.filter(isUnseen);
  const asked = done.filter(isAsked);
  const stuck = held.filter(({ kind, thing }) => thing === 'route' && kind !== 'failback');
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop);
  const failed = done.filter(({ outcome }) => outcome === 'failed');
  const parts = [
    moved.length === 0
      ? null
      : `${counted(moved.length, 'route')} ${has(moved.length)} been moved: that traffic flows again${cutOf(lead)}.`,
    unseen.length === 0
      ? null
      : `${counted(unseen.length, 'route')} ${has(unseen.length)} been written, and EC2 does not show it yet: that traffic may not flow.`,
    asked.length === 0
      ? null
      : `EC2 was asked to move ${counted(asked.length, 'route')} and its answer was lost: that traffic may not flow.`,
    stuck.length === 0
      ? null
      : `${counted(stuck.length, 'route')} ${has(stuck.length)} not been moved: that traffic may not flow.`,
    withoutNextHop.length === 0
      ? null
      : `${counted(withoutNextHop.length, 'route')} cannot be carried by any other: that traffic does not flow.`,
    failed.length === 0 ? null : `${counted(failed.length, 'attempt')} failed: see below.`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(' ');
  return lead.severity === 'critical'
    ? (LOSSES[lead.subject.kind] ?? 'Traffic that depends on it may not flow.')
    : 'No traffic is known to be lost because of it.';
}

/** What a critical finding costs those who use such a thing. */
const LOSSES: Readonly<Partial<Record<Incident['subject']['kind'], string>>> = {
  connection: 'Traffic to and from the other side of this connection may not flow.',
  site: 'Traffic to and from this site may not flow.',
  endpoint: 'People who work through this endpoint may be cut off, or not get in.',
  crl: 'Who checks this list may refuse everybody, or let in certificates that have been revoked.',
};

/** How long traffic was cut, from the last good sight to the last write. */
function cutOf({ since, times }: Incident): string {
  return times.lastWriteAt === null || times.lastWriteAt <= since
    ? ''
    : `, after about ${describeMs(times.lastWriteAt - since)} without`;
}

const has = (count: number): string => (count === 1 ? 'has' : 'have');

/** What happens without anybody's hand, and when. */
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
        ? 'Its routes are still with others. They go home by themselves when it has answered well for long enough (pinned ones when somebody says so), and a notice says so.'
        : 'Nothing more. If it comes back, a new notice says so.',
    ];
  }
  const untils = held.flatMap(({ until }) => until ?? []);
  // What is not seen to have moved is not yet away.
  const isMoved = done.some(({ thing, outcome }) => thing === 'route' && outcome === 'done');
  const repeats =
    lead.severity === 'critical' &&
    lead.ackedAt === null &&
    (kind === 'opened' || kind === 'repeated');
  return [
    ...(context.mode === 'observe' ? ['Nothing is written: this deployment only observes.'] : []),
    ...(untils.length === 0
      ? []
      : [
          `What is held may go on from ${toIso(Math.min(...untils))} on, and is looked at every second until then.`,
        ]),
    ...(held.length > 0 && untils.length === 0
      ? ['What is held goes on by itself as soon as its rule allows it.']
      : []),
    ...(isMoved && lead.subject.kind === 'appliance'
      ? [
          'The routes go home by themselves when it has answered well for long enough; pinned ones when somebody says so.',
        ]
      : []),
    ...(endMayBeLost(parts)
      ? [`${LOST_END} Look with: vpn-medic check --region ${context.region}`]
      : [
          `A notice says when ${members.length === 0 ? 'it is' : 'they are all'} over${
            repeats
              ? `; until then this one is repeated at ${toIso(now + REPEAT_MS)}, unless somebody acknowledges it`
              : ''
          }.`,
        ]),
  ];
}

/** Whether a route that left it has not come back, as far as its last moves tell. */
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

/** Nothing but this process knows that people are told, as long as the state table is lost. */
export const endMayBeLost = ({ over, context }: Pick<Parts, 'over' | 'context'>): boolean =>
  over === null && !context.isOnRecord;

const LOST_END =
  'Perhaps no notice will say when this is over: the state table could not be written just now, and should vpn-medic restart before it can, it forgets that it told you.';

/** The finding's own advice, and the one command to begin with. */
export function todoOf({ hint, id }: Incident, region: string) {
  const own = /\b[Rr]un: (?<command>[^.;\n]*(?:[.;](?! )[^.;\n]*)*)/.exec(hint)?.groups?.[
    'command'
  ];
  return { hint, command: own?.trim() || `vpn-medic explain ${quoted(id)} --region ${region}` };
}

/** For a shell: nothing in an id can end the quotes. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
