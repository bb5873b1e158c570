/** What one appliance's probes said, and the vote that it comes to. */
import { type ClauseResult, evaluateProbes } from '../../lib/appliances/assess/probes.ts';
import type { Policy } from '../../lib/appliances/types/policy.ts';
import type { VantageObservation } from '../../lib/appliances/types/world.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';
import { anObservation, each, type Notified } from './evidence.ts';
import { NOW } from './facts.ts';
import { anAppliance, policyOf } from './world.ts';

export const KEY = 'i-a1 ike:500';

interface Setting {
  readonly probe?: string;
  readonly policy?: Partial<Policy>;
}

export function evaluate(
  vantages: readonly VantageObservation[],
  { probe = 'ike:500', policy = {} }: Setting = {},
): ClauseResult {
  const parsed = parseProbes(probe);
  const appliance = anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] });
  const [clauseResult] = evaluateProbes(appliance, vantages, policyOf(policy), NOW);
  if (clauseResult === undefined) throw new Error('no clause to hear');
  return clauseResult;
}

/** One vantage's word about rounds of which the last was sent 100 ms ago. */
export const said = (notified: readonly Notified[], setting?: Setting): string =>
  evaluate([anObservation({ [KEY]: notified })], setting).kind;
export const lately = (seen: string, everyMs = 1_000): readonly Notified[] =>
  each(seen, NOW - 100 - (seen.length - 1) * everyMs, everyMs);
