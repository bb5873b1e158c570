/** What S4 damps, and what it never does. Pure. */

import type { Instant } from '../../core/time.ts';
import type { GroupMemory, Memory } from '../state.ts';
import type { ManagedRoute } from '../types/topology.ts';
import type { DownVerdict } from '../types/verdict.ts';
import { FAILOVERS_KEPT, HOUR_MS } from './failover.ts';

/** Whether EC2 itself says that no packet gets through where the route leads: damping never keeps it there. */
export const isDeadEnd = (
  { isBlackhole }: Pick<ManagedRoute, 'isBlackhole'>,
  { cause }: DownVerdict,
): boolean => isBlackhole || cause === 'state' || cause === 'interface';

/** Whether another writer pointed the route at an appliance that was dead before the route last failed over. */
export function isPointedBack(
  { key, group, targetId }: Pick<ManagedRoute, 'key' | 'group' | 'targetId'>,
  { since }: DownVerdict,
  { groups, pending }: Pick<Memory, 'groups' | 'pending'>,
): boolean {
  const past = groups.get(group);
  const lastTarget = past?.lastTargets?.[key];
  const lastAt = Math.max(past?.failovers[key]?.at(-1) ?? 0, past?.rewrites?.[key]?.at(-1) ?? 0);
  return (
    lastTarget !== undefined && lastTarget !== targetId && lastAt >= since && !pending.has(key)
  );
}

/**
 * Until when three failovers within the hour hold the route; null: they do not. Only where the last of them pointed it:
 * failovers that EC2 contradicts hold nothing on the dead.
 */
export function dampedUntil(
  past: GroupMemory | undefined,
  { key, targetId }: Pick<ManagedRoute, 'key' | 'targetId'>,
  now: Instant,
): Instant | null {
  if (past === undefined || past.lastTargets?.[key] !== targetId) return null;
  const recent = (past.failovers[key] ?? []).filter((at) => now - at < HOUR_MS);
  const [oldest] = recent;
  return recent.length < FAILOVERS_KEPT || oldest === undefined ? null : oldest + HOUR_MS;
}
