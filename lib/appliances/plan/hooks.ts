/** Which lifecycle hooks of vpn-medic are completed now, so that Auto Scaling ends the instance. Pure. */
import { pauseNow } from '../../core/pause.ts';
import type { Instant } from '../../core/time.ts';
import type { Leave, LeaveHook } from '../state/leave.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { World } from '../types/world.ts';

export interface DueHook {
  readonly instanceId: string;
  readonly hook: LeaveHook;
  readonly because: string;
}

/** So long a termination is held up for routes that have no other appliance to go to. */
export const HOOK_WAIT_MS = 60_000;

/** An instance that is no appliance is asked for only for so long after the notice. */
const FOREIGN_MS = 120_000;

/**
 * Only by the leader, in mode `act` and outside a pause: a hook that is not completed ends by its own time. Completed is
 * what carries no route any more, as read back from EC2, and what still does after `HOOK_WAIT_MS`.
 */
export function dueHooks(
  world: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): readonly DueHook[] {
  const waiting = memory.leaves.filter(
    ({ hook }) => hook !== null && !memory.completedHooks.has(hook.token),
  );
  if (waiting.length === 0 || world.lease.kind !== 'leader') return [];
  if (policy.mode === 'observe' || pauseNow(memory.pause, now) !== null) return [];
  return waiting.flatMap((leave) => dueHook(leave, world, memory, now));
}

function dueHook(
  { instanceId, hook, at, until }: Leave,
  { topology, signals, gaps }: World,
  memory: Memory,
  now: Instant,
): readonly DueHook[] {
  if (hook === null || (until !== null && now >= until)) return [];
  const appliance = topology.appliances.find((one) => one.instanceId === instanceId);
  const state = signals.get(instanceId)?.state;
  const isEnding = state?.known === true && state.value !== 'running';
  if (isEnding || (appliance === undefined && now - at > FOREIGN_MS)) return [];
  const due = (because: string) => [{ instanceId, hook, because }];
  if (now - at >= HOOK_WAIT_MS) return due('its routes have nowhere to go');
  if (gaps.some(({ zone }) => zone === null)) return [];
  const ids = new Set([
    instanceId,
    ...(appliance?.interfaces ?? []).map(({ interfaceId }) => interfaceId),
  ]);
  const isCarrying =
    topology.routes.some(({ nextHop }) => nextHop === instanceId) ||
    // Written, and not read back yet.
    [...memory.pending.values()].some(({ fromTargetId }) => ids.has(fromTargetId));
  return isCarrying ? [] : due('no route leads to it');
}
