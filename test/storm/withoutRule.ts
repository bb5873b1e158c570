/** The product with one of its safety rules taken away: the plan's rule, and the step of act that serves it. */
import { ACT_STEPS, type ActSteps } from '../../lib/appliances/act/steps.ts';
import { RULES } from '../../lib/appliances/rules.ts';
import type { Rule } from '../../lib/appliances/types/plan.ts';
import { REPAIR_RULES } from '../../lib/repairs/rules.ts';
import type { Safety } from '../../lib/watcher/pass.ts';

export function withoutRule(rule: Rule): Safety {
  return {
    rules: RULES.filter((one) => one.rule !== rule),
    repairRules: REPAIR_RULES.filter((one) => one.rule !== rule),
    steps: {
      ...ACT_STEPS,
      ...(rule === 'S6' ? WITHOUT_CHECKS : {}),
      ...(rule === 'S7' ? ALWAYS_LEADER : {}),
      ...(rule === 'paused' ? NEVER_PAUSED : {}),
    },
  };
}

/** Writes without looking or thinking again before, or looking after. */
const WITHOUT_CHECKS: Pick<ActSteps, 'confirm' | 'readBack' | 'recheck'> = {
  confirm: async (_ec2, moves) => ({
    checks: new Map(moves.map((move) => [move, { kind: 'right' }])),
    tables: [],
  }),
  recheck: () => () => null,
  readBack: async () => ({ confirmed: [], tables: [] }),
};

/** Does not ask before a write. */
const NEVER_PAUSED: Pick<ActSteps, 'askPause'> = { askPause: async () => null };

/** Takes itself for the one who decides, whatever the lease says. */
const ALWAYS_LEADER: Pick<ActSteps, 'askLease'> = { askLease: async () => 'all' };
