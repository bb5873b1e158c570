/** The report of repairs: what was tried with which result, and what a brake holds. Pure. */

import { withPlaces } from '../appliances/report/places.ts';
import type { World } from '../appliances/types/world.ts';
import type { Finding } from '../core/finding.ts';
import type { Report, ReportedAction, ReportedHeld } from '../core/report.ts';
import type { HeldRepair } from './types/plan.ts';
import { type Attempt, type Ladder, type Ladders, stepOf } from './types.ts';

/** `notificationPlan`: ids of attempts whose result was not notified before. */
export function repairReport(
  world: World,
  findings: readonly Finding[],
  ladders: Ladders,
  notificationPlan: ReadonlySet<string>,
  held: readonly HeldRepair[],
): Report {
  return {
    accountId: world.accountId,
    region: world.region,
    findings: withPlaces(findings, world),
    ignored: new Map(world.topology.ignored),
    actions: [...ladders].flatMap(([instanceId, all]) =>
      (all.at(-1)?.attempts ?? [])
        .filter(({ id, result }) => result !== null && notificationPlan.has(id))
        .flatMap((attempt) => reportedActionOf(instanceId, all.at(-1), attempt)),
    ),
    held: held.map(reportedHeldOf),
    gone: new Set(
      [...world.signals].flatMap(([id, { state }]) =>
        state.known && (state.value === 'gone' || state.value === 'terminated') ? [id] : [],
      ),
    ),
  };
}

function reportedActionOf(
  instanceId: string,
  ladder: Ladder | undefined,
  { id, phase, result }: Attempt,
): readonly ReportedAction[] {
  if (result === null || ladder === undefined) return [];
  const step = stepOf(phase);
  return [
    {
      at: result.at,
      kind: phase,
      thing: 'repair',
      gist: `by ${step}`,
      summary: `${step}${step === phase || phase === 'restart' ? '' : ` (${phase})`} of ${ladder.name}`,
      concerns: [instanceId],
      // Whether it helped is not known yet: see `helpOf`.
      serves: [],
      outcome: OUTCOMES[result.kind],
      why: result.why,
      details: { instance: instanceId, phase, attempt: id, result: result.kind },
    },
  ];
}

/** Of each ladder that helped, the step that brought the appliance back; of one that is spent or under way nothing. */
export const helpOf = (ladders: Ladders): readonly ReportedAction[] =>
  [...ladders].flatMap(([instanceId, all]) => {
    const last = all.at(-1);
    const attempt = last?.attempts.findLast(({ result }) => result?.kind === 'done');
    if (last?.end?.kind !== 'helped' || attempt === undefined) return [];
    const { at } = last.end;
    return reportedActionOf(instanceId, last, attempt).map((action) => ({
      ...action,
      at,
      serves: [instanceId],
    }));
  });

/** What was tried, for the appliance's own history: not notified again, and not yet its recovery. */
export const asTried = (action: ReportedAction): ReportedAction => ({ ...action, isAgain: true });

/** For the appliance's own report, where it is not notified again: the repair's own notification has it. */
export const asAlreadyNotified = (action: ReportedAction): ReportedAction => ({
  ...action,
  concerns: [],
});

const OUTCOMES = {
  done: 'done',
  failed: 'failed',
  refused: 'skipped',
  held: 'deferred',
} as const;

const reportedHeldOf = ({ due, rule, brake, because, until }: HeldRepair): ReportedHeld => ({
  kind: due.phase,
  thing: 'repair',
  summary: `${stepOf(due.phase)} of ${due.name} not started`,
  concerns: [due.instanceId],
  rule,
  because: `${brake}: ${because}`,
  until,
  details: { instance: due.instanceId, phase: due.phase, brake },
});
