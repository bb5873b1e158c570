/** The one place where the stages meet: observe, assess, plan, act, tell. */
import { ACT_STEPS, type ActSteps, act } from './act/routes.ts';
import { assess } from './assess/appliances.ts';
import type { Lease } from './lease.ts';
import type { Assessment } from './model/assessment.ts';
import type { Memory } from './model/memory.ts';
import type { Outcome, Plan } from './model/plan.ts';
import type { Policy } from './model/policy.ts';
import type { Story } from './model/story.ts';
import type { Gap, World } from './model/world.ts';
import { type Eyes, observe } from './observe/appliances.ts';
import type { RepairRule } from './plan/repairRules.ts';
import { plan } from './plan/routes.ts';
import { type PlanRule, RULES } from './plan/rules.ts';
import type { Ports } from './ports.ts';
import { applianceStory } from './tell/appliances.ts';

/** Everything that one pass saw, decided and did. */
export interface Tick {
  readonly world: World;
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly memory: Memory;
}

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
  readonly lease: Pick<Lease, 'sight' | 'confirm'>;
  /** A jump of the clock since the last pass, or null. */
  readonly jump: Gap | null;
  readonly tell: (story: Story) => void;
  readonly safety: Safety;
}

/** One pass of the loop. What it returns as memory is what the next pass must be given. */
export async function pass(
  ports: Ports,
  eyes: Eyes,
  memory: Memory,
  { policy, lease, jump, tell, safety }: PassOptions,
  signal: AbortSignal,
): Promise<Tick> {
  const now = ports.clock.now();
  const mayDecide = () => lease.confirm(signal);

  const world = observe(eyes, lease.sight(), memory, jump, now);
  const assessment = assess(world, memory, policy, now);
  const decided = plan(world, assessment, memory, policy, now, safety.rules);
  const acted = await act(ports, decided, memory, policy, mayDecide, signal, safety.steps);
  tell(applianceStory(world, assessment, decided, acted.outcomes));

  eyes.learn(acted.tables);
  return {
    world,
    assessment,
    plan: decided,
    outcomes: acted.outcomes,
    memory: { ...acted.memory, appliances: assessment.appliances, pins: memory.pins },
  };
}
