/** Which due repairs are started now, and which wait for which brake (S9). Pure and deterministic. */

import { type Hold, REPAIR_RULES, type RepairRule, type RepairScene } from './rules.ts';
import type { DueRepair, HeldRepair, RepairPlan } from './types/plan.ts';

/** Instances that a repair has stopped come first; then in the order of their ids. Each that is allowed counts for the next. */
export function planRepairs(
  due: readonly DueRepair[],
  scene: Omit<RepairScene, 'allowed'>,
  rules: readonly RepairRule[] = REPAIR_RULES,
): RepairPlan {
  const actions: DueRepair[] = [];
  const held: HeldRepair[] = [];
  for (const one of due.toSorted((a, b) => isUrgent(b) - isUrgent(a))) {
    const hold = firstHold(one, { ...scene, allowed: actions }, rules);
    if (hold === null) actions.push(one);
    else held.push({ due: one, ...hold });
  }
  return { actions, held };
}

const isUrgent = ({ phase }: DueRepair): number => Number(phase === 'start');

function firstHold(
  due: DueRepair,
  scene: RepairScene,
  rules: readonly RepairRule[],
): (Hold & Pick<HeldRepair, 'rule' | 'brake'>) | null {
  for (const { rule, brake, holds } of rules) {
    const hold = holds(due, scene);
    if (hold !== null) return { rule, brake, ...hold };
  }
  return null;
}
