/** What it means, what happens next, and what a person does: in words. Pure. */
import type { Incident } from '../model/incident.ts';
import type { Deed, HeldDeed } from '../model/story.ts';
import { describeMs, toIso } from '../time.ts';
import type { Parts } from './brief.ts';
import { isDone } from './deeds.ts';
import { partsOf } from './gone.ts';
import { REPEAT_MS } from './patience.ts';
import { counted, cut } from './text.ts';

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
export function headlineOf({ news, done, held, over, context }: Parts): string {
  const { lead, members, covered } = news;
  if (over !== null) return overLine(lead, done, over.lastedMs, context.gone);
  const company = members.length + covered.length;
  const gist = gistOf(done, held);
  const others = company === 0 ? '' : `, with ${counted(company, 'other')}`;
  if (gist !== null) return `${gist}${others}`;
  return `${ROUTED.has(lead.subject.kind) ? 'no route moved' : cut(lead.summary, HEADLINE_MAX)}${others}`;
}

const HEADLINE_MAX = 60;

function overLine(
  { subject, reason }: Incident,
  done: readonly Deed[],
  lastedMs: number,
  gone: ReadonlySet<string>,
): string {
  const over = `over after ${describeMs(lastedMs)}`;
  if (gone.has(subject.id)) {
    const parts = partsOf(subject);
    if (parts !== null) return `${parts} deleted, ${over}`;
    return subject.kind === 'appliance'
      ? 'gone for good, no route leads to it'
      : `gone for good, ${over}`;
  }
  return reason === 'RouteAway' && done.length > 0
    ? `${counted(done.length, 'route')} home again, ${over}`
    : over;
}

function gistOf(done: readonly Deed[], held: readonly HeldDeed[]): string | null {
  const unseen = done.filter(isUnseen);
  const moved = done.filter((deed) => isDone(deed) && !isUnseen(deed));
  if (moved.length + unseen.length > 0) {
    const byThing = Map.groupBy(moved, ({ thing }) => thing);
    return [
      ...[...byThing].map(([thing, deeds]) => togetherOf(thing, deeds)),
      ...(unseen.length === 0
        ? []
        : [`${counted(unseen.length, 'route')} written, not yet read back`]),
    ].join(', ');
  }
  const [first] = held;
  return first === undefined ? null : `${counted(held.length, first.thing)} held (${first.rule})`;
}

/** EC2 took the write, or its answer was lost, and no read has shown it yet. */
const isUnseen = ({ thing, outcome }: Deed): boolean => thing === 'route' && outcome === 'written';

/** `3 routes moved to vpn-b and vpn-c` */
function togetherOf(thing: string, deeds: readonly Deed[]): string {
  const [first = '', ...others] = new Set(deeds.map(({ gist }) => gist));
  const shared = first.slice(0, first.lastIndexOf(' ') + 1);
  const rest = others.map((gist) => (gist.startsWith(shared) ? gist.slice(shared.length) : gist));
  return `${counted(deeds.length, thing)} ${[first, ...rest].join(' and ')}`;
}

/** What it means for those who use the network. */
export function impactOf({ news, done, held, over, context }: Parts): string {
  const { lead, members, covered } = news;
  if (over !== null) {
    if (!context.gone.has(lead.subject.id)) return 'None any more.';
    const parts = partsOf(lead.subject);
    if (parts !== null) return `Its ${parts} were deleted from the account: nothing came back.`;
    return lead.subject.kind === 'appliance'
      ? 'It no longer exists, and no route leads to it.'
      : 'It no longer exists in AWS: nothing came back.';
  }
  const moved = done.filter((deed) => deed.thing === 'route' && deed.outcome === 'done');
  const unseen = done.filter(isUnseen);
  const stuck = held.filter(({ kind, thing }) => thing === 'route' && kind !== 'home');
  const stranded = [lead, ...members, ...covered].filter(
    ({ reason, resolvedAt }) => reason === 'RouteStranded' && resolvedAt === null,
  );
  const failed = done.filter(({ outcome }) => outcome === 'failed');
  const parts = [
    moved.length === 0
      ? null
      : `${counted(moved.length, 'route')} ${has(moved.length)} been moved: that traffic flows again${cutOf(lead)}.`,
    unseen.length === 0
      ? null
      : `${counted(unseen.length, 'route')} ${has(unseen.length)} been written, and EC2 does not show it yet: that traffic may not flow.`,
    stuck.length === 0
      ? null
      : `${counted(stuck.length, 'route')} ${has(stuck.length)} not been moved: that traffic may not flow.`,
    stranded.length === 0
      ? null
      : `${counted(stranded.length, 'route')} cannot be carried by any other: that traffic does not flow.`,
    failed.length === 0 ? null : `${counted(failed.length, 'attempt')} failed: see below.`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(' ');
  return lead.severity === 'critical'
    ? 'Traffic that depends on it may not flow.'
    : 'No traffic is known to be lost by this now.';
}

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
    news: { kind, lead, members },
    done,
    held,
    over,
    context,
    now,
  } = parts;
  if (over !== null) return ['Nothing more. If it comes back, a new notice says so.'];
  const untils = held.flatMap(({ until }) => until ?? []);
  const isMoved = done.some((deed) => deed.thing === 'route' && isDone(deed));
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
      ? ['The routes go home by themselves when it has answered well for long enough.']
      : []),
    ...(mayEndUntold(parts)
      ? [`${UNTOLD_END} Look with: vpn-medic check --region ${context.region}`]
      : [
          `A notice says when ${members.length === 0 ? 'it is' : 'they are all'} over${
            repeats
              ? `; until then this one is repeated at ${toIso(now + REPEAT_MS)}, unless somebody acknowledges it`
              : ''
          }.`,
        ]),
  ];
}

/** Nothing but this process knows that people are told, as long as the state table is lost. */
export const mayEndUntold = ({ over, context }: Pick<Parts, 'over' | 'context'>): boolean =>
  over === null && !context.isOnRecord;

const UNTOLD_END =
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
