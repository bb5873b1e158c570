import type { Memory } from '../state.ts';
import type { Assessment } from './assessment.ts';
import type { Outcome, Plan } from './plan.ts';
import type { World } from './world.ts';

/** Everything that one pass saw, decided and did. */
export interface Tick {
  readonly world: World;
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  readonly memory: Memory;
}
