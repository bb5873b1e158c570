/** One move of a route as an action of a report, whatever it leads to. Pure. */
import { routeName } from './elasticAddress.ts';
import type { ReportedAction } from './report.ts';
import type { Instant } from './time.ts';

/** What every outcome of a move has. */
export interface MoveOutcome {
  readonly at: Instant;
  readonly kind: 'done' | 'written' | 'skipped' | 'deferred' | 'failed';
  /** Of `written`: its answer was lost, so it may not have happened. */
  readonly isUnclear?: boolean;
  readonly why?: string;
  readonly move: {
    readonly kind: string;
    readonly routeKey: string;
    readonly tableName: string;
    readonly destination: string;
    readonly from: string;
    readonly to: string;
    readonly because: string;
  };
}

/** Whether it was sent and may not have happened. */
export const isAsked = ({ kind, isUnclear }: MoveOutcome): boolean =>
  kind === 'written' && isUnclear === true;

/** `groupId`: the subject of its group. */
export function reportedMove(
  outcome: MoveOutcome,
  groupId: string,
  times: NonNullable<ReportedAction['times']>,
  nameOf: (id: string) => string,
): ReportedAction {
  const { move, at, kind, why = null } = outcome;
  const { routeKey, from, to, because } = move;
  return {
    at,
    kind: move.kind,
    thing: 'route',
    gist: `moved to ${nameOf(to)}`,
    summary: `${routeName(routeKey, move.destination, move.tableName)}: ${nameOf(from)} -> ${nameOf(to)}`,
    concerns: [from, groupId, routeKey],
    serves: [to],
    outcome: isAsked(outcome) ? 'asked' : kind,
    why,
    because,
    details: { route: routeKey, from, to, kind: move.kind },
    times,
  };
}
