/** What one appliance's probes said, and the vote that it comes to. */
import { type ClauseVote, hearProbes } from '../../lib/appliances/assess/probes.ts';
import type { Policy } from '../../lib/appliances/types/policy.ts';
import type { VantageSight } from '../../lib/appliances/types/world.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';
import { aSight, each, type Told } from './evidence.ts';
import { NOW } from './facts.ts';
import { anAppliance, policyOf } from './world.ts';

export const KEY = 'i-a1 ike:500';

interface Setting {
  readonly probe?: string;
  readonly policy?: Partial<Policy>;
}

export function hear(
  vantages: readonly VantageSight[],
  { probe = 'ike:500', policy = {} }: Setting = {},
): ClauseVote {
  const parsed = parseProbes(probe);
  const appliance = anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] });
  const [vote] = hearProbes(appliance, vantages, policyOf(policy), NOW);
  if (vote === undefined) throw new Error('no clause to hear');
  return vote;
}

/** One vantage's word about rounds of which the last was sent 100 ms ago. */
export const said = (told: readonly Told[], setting?: Setting): string =>
  hear([aSight({ [KEY]: told })], setting).kind;
export const lately = (seen: string, everyMs = 1_000): readonly Told[] =>
  each(seen, NOW - 100 - (seen.length - 1) * everyMs, everyMs);
