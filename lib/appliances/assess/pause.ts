/** An operator's stop of every write: notified like any other incident when it begins and ends. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { pauseNow } from '../../core/pause.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import type { World } from '../types/world.ts';
import { regionOf } from './fleet.ts';

export function findPause(
  world: Pick<World, 'region'>,
  memory: Pick<Memory, 'pause'>,
  now: Instant,
): readonly Finding[] {
  const pause = pauseNow(memory.pause, now);
  if (pause === null) return [];
  const { at, until, by, why } = pause;
  return [
    {
      reason: 'Paused',
      subject: regionOf(world),
      severity: 'warning',
      summary: `${by} has paused every write until ${toIso(until)}: ${why}. Nothing is moved, repaired, published or imported meanwhile.`,
      evidence: [`paused at ${toIso(at)}`],
      since: Math.min(at, now),
      hint: APPLIANCE_FINDINGS.Paused.hint,
    },
  ];
}
