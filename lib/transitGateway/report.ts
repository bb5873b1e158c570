/** What a pass did with transit gateway routes, and what it held, as a report's lines. Pure. */
import { connectionGroupId } from '../core/connectionPath.ts';
import type { ReportedAction, ReportedHeld } from '../core/report.ts';
import { isAsked, reportedMove } from '../core/reportedMove.ts';
import type { Instant } from '../core/time.ts';
import type { TransitHeld, TransitOutcome, TransitPlan } from './types/plan.ts';
import type { TransitWorld } from './types/world.ts';

export function transitReport(
  world: TransitWorld,
  plan: TransitPlan,
  outcomes: readonly TransitOutcome[],
): { readonly actions: readonly ReportedAction[]; readonly held: readonly ReportedHeld[] } {
  const names = new Map(
    (world.paths.known ? world.paths.value : []).map((one) => [one.connectionId, one.name]),
  );
  const nameOf = (id: string) => names.get(id) ?? id;
  return {
    actions: outcomes.map((outcome) => reportedAction(outcome, world.at, nameOf)),
    held: plan.held.map((held) => reportedHeld(held, nameOf)),
  };
}

type NameOf = (connectionId: string) => string;

function reportedAction(
  outcome: TransitOutcome,
  decidedAt: Instant,
  nameOf: NameOf,
): ReportedAction {
  const { move, at, kind } = outcome;
  const isWritten = kind === 'written' && !isAsked(outcome);
  const wroteAt = kind === 'done' ? outcome.wroteAt : isWritten ? at : null;
  const times = { decidedAt, wroteAt, readBackAt: kind === 'done' ? at : null };
  return reportedMove(outcome, connectionGroupId(move.group), times, nameOf);
}

const reportedHeld = (
  { kind, routeKey, group, from, to, rule, because, until }: TransitHeld,
  nameOf: NameOf,
): ReportedHeld => ({
  kind,
  thing: 'route',
  summary: `${routeKey} ${to === null ? 'has nowhere to go' : `not moved to ${nameOf(to)}`}`,
  concerns: [from, connectionGroupId(group), routeKey],
  rule,
  because,
  until,
  details: { route: routeKey, from, to },
});
