/** A teller over a topic and a table in memory, told tick by tick what is found. */
import type { Finding } from '../../lib/model/finding.ts';
import type { Outcome } from '../../lib/model/plan.ts';
import { applianceStory } from '../../lib/tell/appliances.ts';
import { openTeller } from '../../lib/tell/teller.ts';
import { calm, type TestPorts } from './ports.ts';
import { aFinding, anAppliance, anAssessment, aWorld } from './world.ts';

export const BOOK = 'incidents#eu-west-1#appliances';
export const DOWN = aFinding('ApplianceDown');
export const WORLD = aWorld({ appliances: [anAppliance('i-a1'), anAppliance('i-b1')] });

interface Told {
  readonly outcomes?: readonly Outcome[];
  readonly world?: typeof WORLD;
}

/** One invocation's teller, told what is found now; answers `opened ApplianceDown`. */
export function aTeller(ports: TestPorts, mayResolve = true) {
  const teller = openTeller(ports, { scope: 'appliances', mode: 'act', mayResolve });
  return async (findings: readonly Finding[], { outcomes = [], world = WORLD }: Told = {}) => {
    const assessment = anAssessment(world, {}, findings);
    const plan = { actions: [], held: [] };
    const notices = await teller.tell(applianceStory(world, assessment, plan, outcomes), calm());
    return notices.map(({ state, incidentId }) => `${state} ${incidentId.split('/').at(-1) ?? ''}`);
  };
}

export const later = (ports: TestPorts, ms: number) =>
  ports.clock.run(ports.clock.monotonicMs() + ms);
