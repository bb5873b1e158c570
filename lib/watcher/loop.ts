/** The one place where the stages meet: observe, assess, plan, act, tell. */
import { ACT_STEPS, type ActSteps, act, type Recheck } from '../appliances/act.ts';
import { assess } from '../appliances/assess.ts';
import { type Observer, observe } from '../appliances/observe.ts';
import { objectionTo, wayTableIds } from '../appliances/plan/recheck.ts';
import { plan } from '../appliances/plan.ts';
import type { Ports } from '../appliances/ports.ts';
import { applianceReport } from '../appliances/report.ts';
import { type PlanRule, RULES } from '../appliances/rules.ts';
import { mergeGroups } from '../appliances/state/groupMerge.ts';
import type { Memory } from '../appliances/state.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Gap } from '../appliances/types/world.ts';
import type { Report } from '../core/report.ts';
import type { RepairRule } from '../repairs/rules.ts';
import { jumpGap, readClocks } from './clockGuard.ts';
import type { Lease } from './lease.ts';

/** The rules and steps that keep writes safe. Production always runs all of them; a test takes one away to see it missed. */
export interface Safety {
  readonly rules: readonly PlanRule[];
  readonly steps: ActSteps;
  /** Absent: all of them. */
  readonly repairRules?: readonly RepairRule[];
}

export const SAFETY: Safety = { rules: RULES, steps: ACT_STEPS };

export interface PassOptions {
  readonly policy: Policy;
  readonly lease: Pick<Lease, 'observation' | 'confirm'>;
  /** A jump of the clock since the last pass, or null. */
  readonly jump: Gap | null;
  readonly tell: (report: Report) => void;
  /** What others have stored of these groups since, merged with ours; ours when the table cannot be read. */
  readonly latest: (groups: readonly string[], signal: AbortSignal) => Promise<Shared>;
  readonly safety: Safety;
}

/** The part of the memory that other functions and people write too. */
export type Shared = Pick<Memory, 'groups' | 'pins'>;

/** A table that hangs must not hold up what EC2 itself confirms: it is waited for about as long as EC2's own answers. */
const RECALL_MS_MAX = 300;

/** One pass of the loop. What it returns as memory is what the next pass must be given. */
export async function pass(
  ports: Ports,
  observer: Observer,
  memory: Memory,
  { policy, lease, jump, tell, latest, safety }: PassOptions,
  signal: AbortSignal,
): Promise<Tick> {
  const begun = readClocks(ports.clock);
  const now = begun.wall;
  const world = observe(observer, lease.observation(), memory, jump, now);
  const assessment = assess(world, memory, policy, now);
  const decided = plan(world, assessment, memory, policy, now, safety.rules);

  let shared: Shared = memory;
  const second: Recheck = {
    wayTableIds: wayTableIds(world, decided),
    async recall() {
      const groups = [...new Set(decided.actions.map(({ group }) => group))];
      const answered = new AbortController();
      const look = async () => {
        shared = await latest(groups, signal);
        answered.abort();
      };
      const all = AbortSignal.any([signal, answered.signal]);
      await Promise.race([look(), ports.clock.sleep(RECALL_MS_MAX, all)]);
    },
    mayDecide: () => lease.confirm(signal),
    recheck(tables) {
      observer.learn(tables);
      const rechecked = readClocks(ports.clock);
      const then = rechecked.wall;
      const seen = observe(
        observer,
        lease.observation(),
        memory,
        jump ?? jumpGap(begun, rechecked),
        then,
      );
      const judged = assess(seen, memory, policy, then);
      const known = { ...memory, ...shared };
      const again = plan(seen, judged, known, policy, then, safety.rules);
      return (move) => objectionTo(move, again, judged.verdicts);
    },
  };
  const acted = await act(ports, decided, memory, policy, second, signal, safety.steps);
  tell(applianceReport(world, assessment, decided, acted.outcomes));

  observer.learn(acted.tables);
  return {
    world,
    assessment,
    plan: decided,
    outcomes: acted.outcomes,
    memory: {
      ...acted.memory,
      groups: mergeGroups(memory.groups, acted.memory.groups, shared.groups),
      appliances: assessment.appliances,
      pins: shared.pins,
    },
  };
}
