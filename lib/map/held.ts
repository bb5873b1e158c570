/** Moves that the leader would hold now. A look that decides nothing would hold every move, for no reason of the leader's. Pure. */
import { plan } from '../appliances/plan.ts';
import type { Memory } from '../appliances/state.ts';
import type { Assessment } from '../appliances/types/assessment.ts';
import type { Held } from '../appliances/types/plan.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { World } from '../appliances/types/world.ts';
import { type LeaderView, withLeader } from '../watcher/leaderView.ts';

export interface Look {
  readonly world: World;
  /** Of this look alone. */
  readonly assessment: Assessment;
  readonly memory: Memory;
  readonly leader: LeaderView | null;
}

/** By the leader's verdicts where it has fresh ones. `policy`: with the deployment's own mode. */
export const heldByLeader = (
  { world, assessment, memory, leader }: Look,
  policy: Policy,
): readonly Held[] =>
  plan(
    { ...world, lease: { kind: 'leader', token: 0 } },
    withLeader(assessment, leader),
    memory,
    policy,
    world.at,
  ).held;
