/** What happens next, and what to do, in the sentences of a notification. Pure. */
import { shellQuoted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import { isTried } from './actions.ts';
import type { Parts } from './content.ts';
import { REPEAT_MS } from './lifecycle/repeat.ts';
import { isInTime, isRefused } from './parts.ts';
import type { Incident } from './types.ts';

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
      ? [
          'A refused file is judged again every 15 minutes; it stays refused until its reason is gone.',
        ]
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
