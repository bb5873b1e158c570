/** When an appliance last answered. Pure. */

import { latest } from '../../core/order.ts';
import type { Instant } from '../../core/time.ts';
import type { Assessment } from '../types/assessment.ts';
import type { World } from '../types/world.ts';

/** Its last answer to any probe, at any vantage; where there is none, when it was first known to be down. */
export function lastGoodOf(world: World, { verdicts }: Assessment, instanceId: string): Instant {
  const verdict = verdicts.get(instanceId);
  const since = verdict?.kind === 'down' ? verdict.since : world.at;
  const answered = world.vantages.flatMap(({ histories }) =>
    [...histories].flatMap(([key, { goodSentAts }]) =>
      key.startsWith(`${instanceId} `) ? goodSentAts : [],
    ),
  );
  // An answer that came after it was found down is another probe's, and no proof of health.
  return latest(answered.filter((at) => at <= since)) ?? since;
}
