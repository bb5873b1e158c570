/** What the next tick must know of the writes of this one. Pure. */
import { refill, spend } from '../model/budget.ts';
import type { RouteTableFact } from '../model/inventory.ts';
import {
  FAILOVERS_KEPT,
  type GroupMemory,
  HOUR_MS,
  type Memory,
  type PendingWrite,
} from '../model/memory.ts';
import type { Outcome } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Instant } from '../time.ts';
import { targetOf } from './confirm.ts';

export type ActMemory = Pick<Memory, 'groups' | 'pending' | 'budget'>;

/** Groups' failovers, writes that have not shown yet, and the write budget, after this tick's outcomes. */
export function rememberWrites(
  memory: Memory,
  outcomes: readonly Outcome[],
  tables: readonly RouteTableFact[],
  sent: { readonly count: number; readonly isThrottled: boolean },
  policy: Policy,
  now: Instant,
): ActMemory {
  const fresh = outcomes.filter(({ kind }) => kind === 'done' || kind === 'written');
  return {
    groups: rememberFailovers(memory, fresh, policy, now),
    pending: rememberPending(memory, fresh, tables, now),
    budget: spend(refill(memory.budget, policy, now), sent.count, sent.isThrottled),
  };
}

function rememberFailovers(
  memory: Memory,
  fresh: readonly Outcome[],
  policy: Policy,
  now: Instant,
): Memory['groups'] {
  // A second try of the same write is the same failover.
  const failovers = fresh.filter(
    ({ move }) =>
      move.kind === 'failover' &&
      memory.pending.get(move.routeKey)?.toInterfaceId !== move.toInterfaceId,
  );
  if (failovers.length === 0) return memory.groups;
  const groups = new Map(memory.groups);
  for (const [name, outcomes] of Map.groupBy(failovers, ({ move }) => move.group)) {
    groups.set(name, afterFailover(groups.get(name), outcomes, policy, now));
  }
  return groups;
}

function afterFailover(
  past: GroupMemory | undefined,
  outcomes: readonly Outcome[],
  policy: Policy,
  now: Instant,
): GroupMemory {
  const failoverAts = { ...past?.failoverAts };
  const pinnedAts = { ...past?.pinnedAts };
  for (const { move, at } of outcomes) {
    const recent = (failoverAts[move.routeKey] ?? []).filter((earlier) => now - earlier < HOUR_MS);
    failoverAts[move.routeKey] = [...recent, at].slice(-FAILOVERS_KEPT);
    if (recent.length + 1 >= FAILOVERS_KEPT) pinnedAts[move.routeKey] ??= now;
  }
  return {
    lastFailoverAt: now,
    flapCount: flapCountAfter(past, policy, now),
    failoverAts: Object.fromEntries(
      Object.entries(failoverAts).filter(([, ats]) => ats.some((at) => now - at < HOUR_MS)),
    ),
    pinnedAts,
  };
}

/** Failovers further apart than this have nothing to do with each other: twice the longest hold. */
const FLAP_MEMORY_MS = 2 * HOUR_MS;

function flapCountAfter(past: GroupMemory | undefined, policy: Policy, now: Instant): number {
  if (past === undefined || now - past.lastFailoverAt > FLAP_MEMORY_MS) return 1;
  // Within the hold nothing can have come home: this is still the same failover, many ticks long.
  return now - past.lastFailoverAt < policy.holdMs ? past.flapCount : past.flapCount + 1;
}

/** A write that does not show after so long is given up. */
const PENDING_MS_MAX = HOUR_MS;

function rememberPending(
  memory: Memory,
  fresh: readonly Outcome[],
  tables: readonly RouteTableFact[],
  now: Instant,
): Memory['pending'] {
  const pending = new Map<string, PendingWrite>();
  for (const [routeKey, write] of memory.pending) {
    if (!hasSettled(routeKey, write, tables) && now - write.writtenAt < PENDING_MS_MAX) {
      pending.set(routeKey, write);
    }
  }
  for (const { kind, move, at } of fresh) {
    if (kind === 'done') pending.delete(move.routeKey);
    else {
      const before = pending.get(move.routeKey);
      const tryCount = before?.toInterfaceId === move.toInterfaceId ? before.tryCount + 1 : 1;
      pending.set(move.routeKey, {
        toInterfaceId: move.toInterfaceId,
        fromTargetId: move.fromTargetId,
        writtenAt: at,
        tryCount,
      });
    }
  }
  return pending;
}

/** It shows, or somebody else has pointed the route elsewhere since. */
function hasSettled(
  routeKey: string,
  write: PendingWrite,
  tables: readonly RouteTableFact[],
): boolean {
  const [tableId = '', destination = ''] = routeKey.split(' ');
  if (!tables.some((table) => table.tableId === tableId)) return false;
  return targetOf(tables, tableId, destination)?.targetId !== write.fromTargetId;
}
