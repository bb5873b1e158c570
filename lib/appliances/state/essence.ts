/** Which changes of the appliances' state are worth a write at once. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import { type DrillMemory, runningDrill } from '../types/drill.ts';
import type { StoredMemory } from './stored.ts';

/** Rows of good answers matter to the next leader only while a route may be about to fail back. */
const RECENT_MS = 6 * 3_600_000;

/** While this is so, each break in a row of answers is stored at once. */
export const hasMoved = ({ groups, drills }: StoredMemory, now: Instant): boolean =>
  [...groups.values()].some(({ lastFailoverAt }) => now - lastFailoverAt < RECENT_MS) ||
  [...drills.values()].some((one) => runningDrill(one) !== null);

/** What must not wait: failovers and pins, which appliances are down or have answered, what is being written. */
export function essenceOf(memory: Memory, now: Instant): string {
  const { appliances, groups, pending, drills } = memory;
  const isExact = hasMoved(memory, now);
  return JSON.stringify([
    [...appliances].map(
      ([
        id,
        {
          goodSince,
          downSince,
          downCause,
          doubt,
          answered,
          answeredKeys = {},
          interfaces,
          connectionIds = [],
        },
      ]) => [
        id,
        isExact ? goodSince : null,
        downSince,
        downCause,
        doubt,
        answered.length,
        ...Object.values(answeredKeys),
        interfaces,
        connectionIds,
      ],
    ),
    [...groups],
    [...pending.keys()],
    // Its counts alone wait for the next write.
    [...drills].map(([group, one]) => [group, essenceOfDrills(one)]),
  ]);
}

const essenceOfDrills = ({ drills, ...rest }: DrillMemory): unknown => [
  rest,
  drills.map(({ probes: _probes, missed, outageMs: _outage, ...drill }) => [missed, drill]),
];
