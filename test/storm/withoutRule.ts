/** The product with one of its safety rules taken away: the plan's rule, and the step of act that serves it. */
import { ACT_STEPS, type ActSteps } from '../../lib/appliances/act.ts';
import { RULES } from '../../lib/appliances/rules.ts';
import type { Rule } from '../../lib/appliances/types/plan.ts';
import { REPAIR_RULES } from '../../lib/repairs/rules.ts';
import type { Safety } from '../../lib/watcher/loop.ts';

export function withoutRule(rule: Rule): Safety {
  return {
    rules: RULES.filter((one) => one.rule !== rule),
    repairRules: REPAIR_RULES.filter((one) => one.rule !== rule),
    steps: { ...ACT_STEPS, ...(rule === 'S6' ? UNSEEING : {}), ...(rule === 'S7' ? BOLD : {}) },
  };
}

/** Writes without looking or thinking again before, or looking after. */
const UNSEEING: Pick<ActSteps, 'confirm' | 'readBack' | 'recheck'> = {
  confirm: async (_ec2, moves) => ({
    checks: new Map(moves.map((move) => [move, { kind: 'right' }])),
    tables: [],
  }),
  recheck: () => () => null,
  readBack: async () => ({ confirmed: [], tables: [] }),
};

/** Takes itself for the one who decides, whatever the lease says. */
const BOLD: Pick<ActSteps, 'askLease'> = { askLease: async () => 'all' };
