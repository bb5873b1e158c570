/** Composes the content of one notification, the same for every channel. Pure. */

import type { ReportedAction } from '../core/report.ts';
import { describeMs, type Instant } from '../core/time.ts';
import { beginOf, isDone, servingActions } from './actions.ts';
import type { Content, Context } from './content.ts';
import { headlineOf } from './headline.ts';
import { impactOf } from './impact.ts';
import { linksOf } from './links.ts';
import { endMayBeLost, nextOf, todoOf } from './next.ts';
import type { NotificationPlan } from './notificationPlan.ts';
import { lastedMs, restoredBy } from './steps.ts';
import type { Incident, IncidentChangeKind } from './types.ts';

export function contentOf(
  notificationPlan: NotificationPlan,
  context: Context,
  now: Instant,
): Content {
  const { kind, lead, members, covered } = notificationPlan;
  const isOver = kind === 'resolved';
  const done = isOver ? servingActions(lead) : actionsOf(notificationPlan, context);
  const ids = new Set([lead, ...members, ...covered].map(({ subject }) => subject.id));
  const held = isOver
    ? []
    : context.held.filter(({ concerns }) => concerns.some((id) => ids.has(id)));
  const over = isOver ? { lastedMs: lastedMs(lead), by: restoredBy(lead, context) } : null;
  const severity =
    lead.severity === 'critical' || lead.notifiedSeverity === 'critical'
      ? 'critical'
      : lead.severity;
  const parts = { notificationPlan, done, held, over, context, now };
  return {
    kind,
    lead,
    severity,
    word: wordOf(kind, lead, now),
    headline: headlineOf(parts),
    impact: impactOf(parts),
    members,
    covered,
    done,
    held,
    actedAt: lead.times.firstWriteAt ?? firstDone(done),
    over,
    endMayBeLost: endMayBeLost(parts),
    mayRepeat: context.mayRepeat,
    next: context.mayRepeat ? [MAY_REPEAT, ...nextOf(parts)] : nextOf(parts),
    todo: isOver ? null : todoOf(lead, context.region),
    links: linksOf(lead, context.signature, context.region, now),
    context,
    now,
  };
}

const MAY_REPEAT = 'This notification may repeat an earlier one.';

function wordOf(kind: IncidentChangeKind, lead: Incident, now: Instant): string {
  const severity = lead.severity.toUpperCase();
  switch (kind) {
    case 'opened':
      return severity;
    case 'updated':
      return `${severity} UPDATE`;
    case 'repeated':
      return `${severity} STILL OPEN after ${describeMs(now - Math.max(lead.openedAt, lead.severitySince))}`;
    case 'resolved':
      return 'RESOLVED';
    default:
      return kind satisfies never;
  }
}

/** What was done about it and all that it stands for; the last word on each. */
function actionsOf(
  { lead, members, covered }: NotificationPlan,
  { actions }: Context,
): readonly ReportedAction[] {
  const all = [lead, ...members, ...covered];
  const begins = new Map(all.map((one) => [one.subject.id, beginOf(one)]));
  const recent = actions.filter(({ concerns, at }) =>
    concerns.some((id) => at >= (begins.get(id) ?? Number.POSITIVE_INFINITY)),
  );
  const kept = all.flatMap((one) => one.actions);
  return [...new Map([...kept, ...recent].map((action) => [action.summary, action])).values()];
}

const firstDone = (done: readonly ReportedAction[]): Instant | null => {
  const ats = done.filter(isDone).map(({ at }) => at);
  return ats.length === 0 ? null : Math.min(...ats);
};
