/** One route of i-a1 and one other appliance, i-b1: what the plan makes of it. */

import { plan } from '../../lib/appliances/plan.ts';
import type { Leave } from '../../lib/appliances/state/leave.ts';
import type { GroupMemory, Memory } from '../../lib/appliances/state.ts';
import type { Plan } from '../../lib/appliances/types/plan.ts';
import type { Policy } from '../../lib/appliances/types/policy.ts';
import type {
  Appliance,
  ManagedRoute,
  TableObservation,
} from '../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import type { Ec2Signals, World } from '../../lib/appliances/types/world.ts';
import type { Finding } from '../../lib/core/finding.ts';
import type { Pin } from '../../lib/core/pin.ts';
import { NOW } from './facts.ts';
import {
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  failbackAt,
  groupMemory,
  memoryOf,
  policyOf,
  up,
} from './world.ts';

export const KEY = 'rtb-1 10.0.0.0/8';

export interface Setting {
  /** i-a1's verdict; the route is its own. */
  readonly nextHop?: Verdict;
  /** i-b1's verdict and signals: the only other appliance. */
  readonly target?: Verdict;
  readonly signals?: Partial<Ec2Signals>;
  /** What EC2 says of i-a1. */
  readonly nextHopSignals?: Partial<Ec2Signals>;
  readonly appliance?: Partial<Appliance>;
  /** Instead of the two. */
  readonly appliances?: readonly Appliance[];
  readonly route?: Partial<ManagedRoute>;
  readonly tables?: readonly TableObservation[];
  readonly world?: Partial<World>;
  readonly findings?: readonly Finding[];
  readonly group?: Partial<GroupMemory>;
  readonly memory?: Partial<Memory>;
  readonly policy?: Partial<Policy>;
  readonly pins?: readonly Pin[];
  readonly leaves?: readonly Leave[];
}

export function planFor(setting: Setting): Plan {
  const world = aWorld({
    appliances: setting.appliances ?? [anAppliance('i-a1'), anAppliance('i-b1', setting.appliance)],
    routes: [aRoute(KEY, 'i-a1', setting.route)],
    ...(setting.tables === undefined ? {} : { tables: setting.tables }),
    signals: { 'i-a1': setting.nextHopSignals ?? {}, 'i-b1': setting.signals ?? {} },
    ...(setting.world === undefined ? {} : { over: setting.world }),
  });
  const verdicts = { 'i-a1': setting.nextHop ?? down(), 'i-b1': setting.target ?? up() };
  const groups = new Map(
    setting.group === undefined ? [] : [['hq', groupMemory(setting.group)] as const],
  );
  return plan(
    world,
    anAssessment(world, verdicts, setting.findings, setting.leaves),
    memoryOf({ groups, pins: setting.pins ?? [], ...setting.memory }),
    policyOf(setting.policy),
    NOW,
  );
}

/** A failover to i-b1 as `moves`, or the rule that holds it. */
export function outcome(setting: Setting): string {
  const { actions, held } = planFor(setting);
  return actions.length > 0 ? 'moves' : (held[0]?.rule ?? 'no wish');
}

/** A move home to i-b1. */
export const failbacks = (setting: Setting): Setting => ({
  nextHop: up(),
  ...setting,
  route: { preferred: failbackAt('i-b1'), ...setting.route },
});
