/** The one place where the stages of the appliances' scope meet: observe, assess, plan, act, report. */

import { completeHooks, rememberHooks } from '../appliances/act/hooks.ts';
import type { Reads } from '../appliances/act/insist.ts';
import { confirmMoves } from '../appliances/act/reread.ts';
import {
  ACT_STEPS,
  type ActSteps,
  type Recheck,
  type WritePermission,
} from '../appliances/act/steps.ts';
import { act } from '../appliances/act.ts';
import { assess } from '../appliances/assess.ts';
import { type Observer, observe } from '../appliances/observe.ts';
import { turnDrills } from '../appliances/plan/drill.ts';
import { dueHooks } from '../appliances/plan/hooks.ts';
import { objectionTo, wayTableIds } from '../appliances/plan/recheck.ts';
import { plan } from '../appliances/plan.ts';
import type { Ports } from '../appliances/ports.ts';
import { applianceReport } from '../appliances/report.ts';
import type { DrillRule } from '../appliances/rules/drill.ts';
import { type PlanRule, RULES } from '../appliances/rules.ts';
import { learnAdmissions } from '../appliances/state/joining.ts';
import { learnPreferred, withMoves } from '../appliances/state/preferred.ts';
import type { Memory } from '../appliances/state.ts';
import type { Plan } from '../appliances/types/plan.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Gap, World } from '../appliances/types/world.ts';
import { isElastic } from '../core/elasticAddress.ts';
import type { LeaseState } from '../core/lease.ts';
import type { AskPause } from '../core/pause.ts';
import type { Report } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import type { RepairRule } from '../repairs/rules.ts';
import { driftGap, readClocks } from './clockGuard.ts';

/** The rules and steps that keep writes safe. Production runs all of them; a test removes one to see it missed. */
export interface Safety {
  readonly rules: readonly PlanRule[];
  readonly steps: ActSteps;
  /** Absent: all of them. */
  readonly drillRules?: readonly DrillRule[];
  /** Absent: all of them. */
  readonly repairRules?: readonly RepairRule[];
}

export const SAFETY: Safety = { rules: RULES, steps: ACT_STEPS };

export interface PassContext {
  readonly policy: Policy;
  readonly lease: () => LeaseState;
  /** Asked right before the first write of a pass. */
  readonly mayWrite: () => Promise<WritePermission>;
  readonly askPause: AskPause;
  /** What the fresh reads of a pass are asked of; absent: EC2. */
  readonly reads?: Reads;
  /** A clock jump or a freeze since the last pass, or null. */
  readonly clockGap: Gap | null;
  readonly report: (report: Report) => void;
  /** Stores, beside the pass, what must not be lost if the process ends between a write and its record. */
  readonly intend: (memory: Memory) => void;
  readonly safety: Safety;
}

/** One pass. The memory that it returns is what the next pass must be given. */
export async function pass(
  ports: Ports,
  observer: Observer,
  stored: Memory,
  context: PassContext,
  signal: AbortSignal,
): Promise<Tick> {
  const { policy, lease, clockGap, report, intend, safety, askPause, mayWrite } = context;
  const now = ports.clock.now();
  const { world, assessment, memory } = judge(observer, lease(), stored, policy, clockGap, now);
  const recheckFrom = openRecheck(ports, observer, memory, context);
  const decided = plan(world, assessment, memory, policy, now, safety.rules);
  const learnt = memory.preferred;
  const preferred = withMoves(learnt, decided.actions, world, now);
  const admissions = learnAdmissions(world, memory, policy, now);
  const { over, ...drilled } = turnDrills(
    { world, assessment, memory, policy, now },
    (leave) => {
      const leaves = new Map(assessment.leaves).set(leave.instanceId, leave);
      return plan(world, { ...assessment, leaves }, memory, policy, now, safety.rules);
    },
    safety.drillRules,
  );
  if (preferred !== learnt) intend({ ...memory, preferred });
  const recheck = recheckFrom(world, decided);
  const acted = await act({ ports, policy, recheck, signal, steps: safety.steps }, decided, memory);
  const due = dueHooks(world, memory, policy, now);
  const mayComplete = async () => (await askPause()) === null && (await mayWrite()) === 'all';
  const hooks = await completeHooks(ports, due, mayComplete, signal);
  report(applianceReport(world, assessment, decided, acted.outcomes, hooks, over));

  observer.learn(acted.tables);
  const { appliances } = assessment;
  const { outcomes } = acted;
  return {
    world,
    assessment,
    plan: decided,
    outcomes,
    memory: {
      ...memory,
      ...acted.memory,
      completedHooks: rememberHooks(memory, hooks),
      appliances,
      preferred,
      admissions,
      ...drilled,
    },
  };
}

/** Where owners have put routes is learnt before anything is planned: what they have just moved, and lives, is well there. */
function judge(
  observer: Observer,
  lease: LeaseState,
  stored: Memory,
  policy: Policy,
  clockGap: Gap | null,
  now: Instant,
): Pick<Tick, 'world' | 'assessment' | 'memory'> {
  const world = observe(observer, lease, stored, clockGap, now);
  const assessment = assess(world, stored, policy, now);
  const preferred = learnPreferred(world, assessment.verdicts, stored, now);
  if (preferred === stored.preferred) return { world, assessment, memory: stored };
  const memory = { ...stored, preferred };
  const seen = observe(observer, lease, memory, clockGap, now);
  return { world: seen, assessment: assess(seen, memory, policy, now), memory };
}

/**
 * Begins the reads that a pass will ask for before its writes, if these instances' silence goes on for as long as a verdict
 * needs. It decides nothing: the pass judges by what the probes have answered by then.
 */
export function readEarly(
  { clock }: Ports,
  observer: Observer,
  memory: Memory,
  { policy, lease, safety }: Pick<PassContext, 'policy' | 'lease' | 'safety'>,
  silentIds: ReadonlySet<string>,
  early: Reads,
  signal: AbortSignal,
): void {
  const now = clock.now();
  const world = observe(observer, lease(), memory, null, now);
  const assessment = assess(world, memory, policy, now);
  const down = {
    kind: 'down',
    cause: 'probes',
    isEc2Confirmed: false,
    since: now,
    why: '',
  } as const;
  const verdicts = new Map(assessment.verdicts);
  for (const id of silentIds) if (verdicts.get(id)?.kind !== 'down') verdicts.set(id, down);
  const foreseen = plan(world, { ...assessment, verdicts }, memory, policy, now, safety.rules);
  const actions = foreseen.actions.filter(
    ({ from, tableId }) => silentIds.has(from) && !isElastic(tableId),
  );
  if (actions.length === 0) return;
  const ways = wayTableIds(world, { actions, held: [] });
  // The pass that uses an answer fails with it.
  confirmMoves(early, actions, ways, signal).catch(() => undefined);
}

/** The same decision once more between the fresh reads and the write, with what probes have answered meanwhile (S6). */
function openRecheck(
  { clock }: Ports,
  observer: Observer,
  memory: Memory,
  { policy, lease, mayWrite, askPause, clockGap, safety, reads }: PassContext,
): (world: World, decided: Plan) => Recheck {
  const begun = readClocks(clock);
  return (world, decided) => ({
    wayTableIds: wayTableIds(world, decided),
    mayWrite,
    askPause,
    ...(reads === undefined ? {} : { reads }),
    recheck(tables) {
      observer.learn(tables);
      const read = readClocks(clock);
      const gap = clockGap ?? driftGap(begun, read);
      const seen = observe(observer, lease(), memory, gap, read.now);
      const judged = assess(seen, memory, policy, read.now);
      const again = plan(seen, judged, memory, policy, read.now, safety.rules);
      return (move) => objectionTo(move, again, judged.verdicts);
    },
  });
}
