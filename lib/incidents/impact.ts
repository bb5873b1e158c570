/** The impact of an incident on the users of the network, in the sentences of a notification. Pure. */
import { countedRoutes } from '../core/elasticAddress.ts';
import { counted } from '../core/text.ts';
import { describeMs } from '../core/time.ts';
import { isAsked, isUnseen } from './actions.ts';
import type { Parts } from './content.ts';
import { ignoredWhy, isUnwatched, partsOf } from './gone.ts';
import { hasNoNextHop, isInTime, lastingOf, namesOf, routeKeyOf } from './parts.ts';
import type { Incident } from './types.ts';

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
  const asked = done.filter((action) => action.thing === 'route' && isAsked(action));
  const stuck = held.filter(({ kind, thing }) => thing === 'route' && kind !== 'failback');
  const withoutNextHop = [lead, ...members, ...covered].filter(hasNoNextHop);
  const failed = done.filter(({ outcome }) => outcome === 'failed');
  const isAll = [unseen, asked, stuck, withoutNextHop, failed].every(({ length }) => length === 0);
  const parts = [
    moved.length === 0
      ? null
      : isInTime(lead)
        ? `${countedRoutes(moved.map(routeKeyOf))} moved while it still worked: no traffic was lost.`
        : `${countedRoutes(moved.map(routeKeyOf))} moved. ${isAll ? 'Traffic' : 'Their traffic is'} restored${cutOf(lead)}.`,
    unseen.length === 0
      ? null
      : `${countedRoutes(unseen.map(routeKeyOf))} written, not yet shown by EC2: that traffic may not flow.`,
    asked.length === 0
      ? null
      : `No answer from EC2 to moving ${countedRoutes(asked.map(routeKeyOf))}: that traffic may not flow.`,
    stuck.length === 0
      ? null
      : `${countedRoutes(stuck.map(routeKeyOf))} not moved: that traffic ${isInTime(lead) ? 'stops when it ends' : 'may not flow'}.`,
    withoutNextHop.length === 0
      ? null
      : `${countedRoutes(withoutNextHop.map(({ subject }) => subject.id))} without a healthy next hop: that traffic does not flow.`,
    failed.length === 0 ? null : `${counted(failed.length, 'attempt')} failed: see below.`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(' ');
  return lead.severity === 'critical'
    ? (LOSSES[lead.subject.kind] ?? 'Traffic that depends on it may not flow.')
    : 'No traffic is known to be lost because of it.';
}

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
