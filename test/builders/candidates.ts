/** Any routes among any appliances: what the plan makes of them. */

import { plan } from '../../lib/appliances/plan.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import type { Plan } from '../../lib/appliances/types/plan.ts';
import type {
  Appliance,
  ManagedRoute,
  TableObservation,
} from '../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import { NOW } from './facts.ts';
import { anAppliance, anAssessment, aRoute, aWorld, down, memoryOf, policyOf } from './world.ts';

interface Setting {
  readonly ids?: readonly string[];
  readonly appliances?: readonly Appliance[];
  readonly routes: readonly ManagedRoute[];
  readonly tables?: readonly TableObservation[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly memory?: Partial<Memory>;
}

export function planFor({ ids = [], appliances, routes, tables, verdicts, memory }: Setting): Plan {
  const world = aWorld({
    appliances: appliances ?? ids.map((id) => anAppliance(id)),
    routes,
    ...(tables === undefined ? {} : { tables }),
  });
  return plan(world, anAssessment(world, verdicts), memoryOf(memory), policyOf(), NOW);
}

export const moves = ({ actions }: Plan): readonly string[] =>
  actions.map(({ kind, routeKey, to }) => `${kind} ${routeKey} -> ${to}`);
export const targets = ({ actions }: Plan): readonly string[] => actions.map(({ to }) => to);

/** `count` routes of one table each, all by one carrier and at home there. */
export const routesBy = (nextHop: string, count: number, from = 1): readonly ManagedRoute[] =>
  Array.from({ length: count }, (_, index) => aRoute(`rtb-${from + index} 10.0.0.0/8`, nextHop));

export const DEAD = { 'i-a1': down() };
