/** The end of a notification's first line. Pure. */
import { countedRoutes } from '../core/elasticAddress.ts';
import type { ReportedAction, ReportedHeld } from '../core/report.ts';
import { counted } from '../core/text.ts';
import { describeMs } from '../core/time.ts';
import { isAsked, isDone, isTried, isUnseen } from './actions.ts';
import type { Parts } from './content.ts';
import { type Ended, ignoredWhy, isUnwatched, partsOf } from './gone.ts';
import { isDown, isObjection } from './inhibition.ts';
import { hasNoNextHop, isRefused, lastingOf, namesOf, routeKeyOf } from './parts.ts';
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
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop);
  const what =
    gistOf(done, held) ?? (isDown(lead) || isObjection(lead) ? noneOf(lead, parts) : planOf(lead));
  // What is lost comes first: the end of the line may be cut.
  return withoutNextHop.length === 0 || lead.reason === 'RouteStranded'
    ? what
    : `${countedRoutes(withoutNextHop.map(({ subject }) => subject.id))} without next hop, ${what}`;
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
  const away = parts.flatMap(({ reason, evidence }) => (reason === 'RouteAway' ? evidence : []));
  return away.length === 0 ? 'no route moved' : `${countedRoutes(away)} on other appliances`;
}

/** The finding without the name that stands before it. */
function planOf({ summary, subject: { name } }: Incident): string {
  const isNamed = summary.startsWith(`${name} `) || summary.startsWith(`${name}: `);
  const rest = isNamed ? summary.slice(name.length + 1).trimStart() : summary;
  return rest.replace(/^\([^)]*\) /, '').slice(0, HEADLINE_MAX);
}

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
    ? `${countedRoutes(preferred.map(routeKeyOf))} failed back, ${over}`
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
      ...(unseen.length === 0 ? [] : [`${countOf('route', unseen)} written, not yet read back`]),
      ...[...Map.groupBy(asked, ({ thing }) => thing)].map(
        ([thing, actions]) =>
          `${countOf(thing, actions)} asked ${thing === 'route' ? 'to move' : 'for'}, not confirmed`,
      ),
      ...stillOnTheDead(held),
    ].join(', ');
  }
  const [first] = held;
  // A refused CRL is not moved by waiting: what its finding says is the news.
  return first === undefined || isRefused(held)
    ? null
    : `${countOf(first.thing, held)} held (${first.rule})`;
}

/** `1 held (S2)`: a part that moved does not hide the part that did not. */
function stillOnTheDead(held: readonly ReportedHeld[]): readonly string[] {
  const own = held.filter(
    ({ thing, kind }) => thing === 'route' && (kind === 'failover' || kind === 'pool'),
  );
  return own[0] === undefined ? [] : [`${own.length} held (${own[0].rule})`];
}

const countOf = (
  thing: string,
  things: readonly Pick<ReportedAction, 'thing' | 'details'>[],
): string =>
  things.every((one) => one.thing === 'route')
    ? countedRoutes(things.map(routeKeyOf))
    : counted(things.length, thing);

/** `3 routes moved to vpn-b and vpn-c` */
function togetherOf(thing: string, actions: readonly ReportedAction[]): string {
  const [first = '', ...others] = new Set(actions.map(({ gist }) => gist));
  const shared = first.slice(0, first.lastIndexOf(' ') + 1);
  const rest = others.map((gist) => (gist.startsWith(shared) ? gist.slice(shared.length) : gist));
  const shown = rest.length <= 2 ? rest : [...rest.slice(0, 1), `${rest.length - 1} more`];
  return `${countOf(thing, actions)} ${[first, ...shown].join(' and ')}`;
}
