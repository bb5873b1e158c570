/** What was stored and is not believed: one finding of the region. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import type { Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import type { World } from '../types/world.ts';
import { regionOf } from './fleet.ts';

export function findRefused(
  world: Pick<World, 'region'>,
  { refused = [] }: Pick<Memory, 'refused'>,
  now: Instant,
): readonly Finding[] {
  if (refused.length === 0) return [];
  return [
    {
      reason: 'StateRefused',
      subject: regionOf(world),
      severity: 'warning',
      summary: `${refused.length === 1 ? 'An entry' : `${refused.length} entries`} of the state table ${refused.length === 1 ? 'breaks its' : 'break their'} bounds and ${refused.length === 1 ? 'was' : 'were'} left out; the rest is used.`,
      evidence: refused,
      since: now,
      hint: APPLIANCE_FINDINGS.StateRefused.hint,
    },
  ];
}
