/** Another tool's write back to a dead next hop: it is undone, and damps nothing. Pure. */

import type { Memory } from '../state.ts';
import type { ManagedRoute } from '../types/topology.ts';
import type { DownVerdict } from '../types/verdict.ts';

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
