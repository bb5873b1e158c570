/** What a pass did with transit gateway routes, and what it held, as a report's lines. Pure. */
import { connectionGroupId } from '../core/connectionPath.ts';
import type { ReportedAction, ReportedHeld } from '../core/report.ts';
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
  const isAsked = kind === 'written' && outcome.isUnclear;
  const wroteAt = kind === 'done' ? outcome.wroteAt : kind === 'written' && !isAsked ? at : null;
  return {
    at,
    kind: move.kind,
    thing: 'route',
    gist: `moved to ${nameOf(move.to)}`,
    summary: `${move.destination} in ${move.tableName}: ${nameOf(move.from)} -> ${nameOf(move.to)}`,
    concerns: [move.from, connectionGroupId(move.group), move.routeKey],
    serves: [move.to],
    outcome: isAsked ? 'asked' : kind,
    why: 'why' in outcome ? outcome.why : null,
    because: move.because,
    details: { route: move.routeKey, from: move.from, to: move.to, kind: move.kind },
    times: { decidedAt, wroteAt, readBackAt: kind === 'done' ? at : null },
  };
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
