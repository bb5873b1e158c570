/** The memory after a pass's writes. Pure. */

import type { Instant } from '../../core/time.ts';
import { targetOf } from '../act/reread.ts';
import type { GroupMemory, Memory } from '../state.ts';
import type { RouteTableFact } from '../types/inventory.ts';
import type { Move, Outcome } from '../types/plan.ts';
import type { Policy } from '../types/policy.ts';
import { refill, spend } from './budget.ts';
import { watchMsOf } from './failback.ts';
import { HOUR_MS, isPinning, REWRITES_KEPT, withFailover } from './failover.ts';
import { PENDING_MS_MAX, type PendingWrite } from './pending.ts';

export type ActMemory = Pick<Memory, 'groups' | 'pending' | 'budget' | 'leftAts'>;

/** Groups' failovers, writes that have not taken yet, planned leaves, and the write budget, after this tick's outcomes. */
export function rememberWrites(
  memory: Memory,
  outcomes: readonly Outcome[],
  tables: readonly RouteTableFact[],
  sent: { readonly count: number; readonly isThrottled: boolean },
  policy: Policy,
  now: Instant,
): ActMemory {
  return {
    groups: withHomecomings(
      withRewrites(rememberFailovers(memory, outcomes, tables, policy, now), outcomes, now),
      outcomes,
      policy,
      now,
    ),
    pending: rememberPending(memory, outcomes, tables, now),
    leftAts: rememberLeft(memory, outcomes),
    budget: spend(refill(memory.budget, policy, now), sent.count, sent.isThrottled),
  };
}

/** The same map when none was moved. Of a write whose answer was lost it is not known. */
function rememberLeft({ leftAts }: Memory, outcomes: readonly Outcome[]): Memory['leftAts'] {
  const left = outcomes.filter(
    (one) =>
      one.move.kind === 'leave' &&
      (one.kind === 'done' || (one.kind === 'written' && !one.isUnclear)),
  );
  return left.length === 0
    ? leftAts
    : new Map([...leftAts, ...left.map(({ move, at }) => [move.routeKey, at] as const)]);
}

/**
 * Where each route was pointed last, to know another writer's change by; and the writes of another tool that were
 * undone, which are no failovers and damp nothing.
 */
function withRewrites(
  groups: Memory['groups'],
  outcomes: readonly Outcome[],
  now: Instant,
): Memory['groups'] {
  const after = new Map(groups);
  for (const { kind, move, at } of outcomes) {
    const group = after.get(move.group);
    if (group === undefined || (kind !== 'done' && kind !== 'written')) continue;
    const undone = (group.rewrites?.[move.routeKey] ?? []).filter((one) => now - one < HOUR_MS);
    const own = move.isUndoing === true ? [...undone, at].slice(-REWRITES_KEPT) : undone;
    const rewrites = { ...group.rewrites, [move.routeKey]: own };
    const lastTargets = { ...group.lastTargets, [move.routeKey]: move.toTargetId };
    const isYoung = ([key]: readonly [string, unknown]) =>
      group.failovers[key] !== undefined || (rewrites[key] ?? []).length > 0;
    after.set(move.group, {
      ...group,
      lastTargets: Object.fromEntries(Object.entries(lastTargets).filter(isYoung)),
      rewrites: Object.fromEntries(Object.entries(rewrites).filter(([, ats]) => ats.length > 0)),
    });
  }
  return after;
}

/** Each route's last failback: any other move of it, and time, end it. */
function withHomecomings(
  groups: Memory['groups'],
  outcomes: readonly Outcome[],
  policy: Policy,
  now: Instant,
): Memory['groups'] {
  const after = new Map(groups);
  for (const { kind, move, at } of outcomes) {
    const group = after.get(move.group);
    if (group === undefined || (kind !== 'done' && kind !== 'written')) continue;
    const { [move.routeKey]: _last, ...others } = group.homecomings ?? {};
    const young = Object.entries(others).filter(([, one]) => now - one.at < watchMsOf(policy));
    const home = { at, to: move.to, from: move.from, farSides: move.farSides ?? [] };
    const own = move.kind === 'failback' ? [[move.routeKey, home] as const] : [];
    if (group.homecomings === undefined && own.length === 0) continue;
    after.set(move.group, { ...group, homecomings: Object.fromEntries([...young, ...own]) });
  }
  return after;
}

/** One failover, and whether it has happened: a write whose answer was lost delays a failback, and counts only when it shows. */
interface Seen {
  readonly routeKey: string;
  readonly group: string;
  /** When it was first written. */
  readonly at: Instant;
  readonly isCertain: boolean;
}

function rememberFailovers(
  memory: Memory,
  outcomes: readonly Outcome[],
  tables: readonly RouteTableFact[],
  policy: Policy,
  now: Instant,
): Memory['groups'] {
  const seen = [
    ...outcomes.flatMap((outcome) => seenNow(outcome, memory)),
    ...seenLate(memory, tables),
  ];
  if (seen.length === 0) return memory.groups;
  const groups = new Map(memory.groups);
  for (const [name, own] of Map.groupBy(seen, ({ group }) => group)) {
    groups.set(name, afterFailovers(groups.get(name), own, policy, now));
  }
  return groups;
}

function seenNow(outcome: Outcome, memory: Memory): readonly Seen[] {
  const { move, at } = outcome;
  if (move.kind !== 'failover') return [];
  if (outcome.kind !== 'done' && outcome.kind !== 'written') return [];
  const last = lastTry(memory, move);
  // What EC2 refused has not happened.
  const before = last?.answer === 'refused' ? undefined : last;
  // What undoes another tool's write restarts the hold-down, and is no failover more.
  const isCertain = move.isUndoing !== true && (outcome.kind === 'done' || !outcome.isUnclear);
  // A retry counts only when it shows: its first try was counted. A retry for another target is another move: it counts
  // when EC2 accepts it, and restarts the hold-down when its answer was lost.
  const isElsewhere = before !== undefined && before.toTargetId !== move.toTargetId;
  const isWorthNotifying = outcome.kind === 'done' || isElsewhere;
  if (before !== undefined && !isWorthNotifying) return [];
  // A second try of the same write is the same failover.
  const firstAt = isElsewhere ? at : (before?.firstAt ?? at);
  return [{ routeKey: move.routeKey, group: move.group, at: firstAt, isCertain }];
}

/** Earlier writes that show now: those whose answer was lost happened after all. */
function seenLate(memory: Memory, tables: readonly RouteTableFact[]): readonly Seen[] {
  return [...memory.pending].flatMap(([routeKey, write]): readonly Seen[] => {
    if (write.kind !== 'failover' || write.answer === 'refused') return [];
    if (shownTarget(routeKey, tables) !== write.toTargetId) return [];
    const past = memory.groups.get(write.group);
    if (past?.rewrites?.[routeKey]?.includes(write.firstAt)) return [];
    // It was counted when EC2 accepted it, after refusals.
    if (past?.failovers[routeKey]?.some((at) => at > write.firstAt) === true) return [];
    return [{ routeKey, group: write.group, at: write.firstAt, isCertain: true }];
  });
}

function afterFailovers(
  past: GroupMemory | undefined,
  seen: readonly Seen[],
  policy: Policy,
  now: Instant,
): GroupMemory {
  const failovers = { ...past?.failovers };
  const pinnedAts = { ...past?.pinnedAts };
  for (const { routeKey, at } of seen.filter(({ isCertain }) => isCertain)) {
    const recent = (failovers[routeKey] ?? []).filter((one) => now - one < HOUR_MS);
    const own = withFailover(recent, at);
    failovers[routeKey] = own;
    if (isPinning(own)) pinnedAts[routeKey] ??= now;
  }
  const lastAt = Math.max(...seen.map(({ at }) => at));
  return {
    lastFailoverAt: Math.max(lastAt, past?.lastFailoverAt ?? lastAt),
    flapCount: flapCountAfter(past, policy, lastAt),
    failovers: Object.fromEntries(
      Object.entries(failovers).filter(([, own]) => own.some((at) => now - at < HOUR_MS)),
    ),
    pinnedAts,
    ...(past?.lastTargets === undefined ? {} : { lastTargets: past.lastTargets }),
    ...(past?.rewrites === undefined ? {} : { rewrites: past.rewrites }),
    ...(past?.homecomings === undefined ? {} : { homecomings: past.homecomings }),
  };
}

/** Failovers further apart than this are not flapping: twice the longest hold-down. */
const FLAP_MEMORY_MS = 2 * HOUR_MS;

function flapCountAfter(past: GroupMemory | undefined, policy: Policy, at: Instant): number {
  if (past === undefined || at - past.lastFailoverAt > FLAP_MEMORY_MS) return 1;
  // Within the hold-down nothing can have failed back: this is still the same failover, over many passes.
  return at - past.lastFailoverAt < policy.holdMs ? past.flapCount : past.flapCount + 1;
}

function rememberPending(
  memory: Memory,
  outcomes: readonly Outcome[],
  tables: readonly RouteTableFact[],
  now: Instant,
): Memory['pending'] {
  const pending = new Map<string, PendingWrite>();
  for (const [routeKey, write] of memory.pending) {
    const shown = shownTarget(routeKey, tables);
    // It shows, or another writer has pointed the route elsewhere since.
    const hasSettled = shown !== undefined && shown !== write.fromTargetId;
    if (!hasSettled && Math.abs(now - write.writtenAt) < PENDING_MS_MAX)
      pending.set(routeKey, write);
  }
  for (const outcome of outcomes) {
    const answer = answerOf(outcome);
    const { move, at } = outcome;
    if (outcome.kind === 'done') pending.delete(move.routeKey);
    if (answer === null) continue;
    const before = lastTry(memory, move);
    pending.set(move.routeKey, {
      kind: move.kind,
      group: move.group,
      toTargetId: move.toTargetId,
      fromTargetId: move.fromTargetId,
      firstAt: before?.toTargetId === move.toTargetId ? before.firstAt : at,
      writtenAt: at,
      tryCount: (before?.tryCount ?? 0) + 1,
      answer,
      why: outcome.kind === 'failed' ? outcome.why : '',
      ...(outcome.kind === 'failed' ? { isOfTable: outcome.isOfTable === true } : {}),
    });
  }
  return pending;
}

/** Null for what leaves nothing to wait for. */
function answerOf(outcome: Outcome): PendingWrite['answer'] | null {
  switch (outcome.kind) {
    case 'written':
      return outcome.isUnclear ? 'unclear' : 'accepted';
    case 'failed':
      return 'refused';
    case 'done':
    case 'skipped':
    case 'deferred':
      return null;
    default:
      return outcome satisfies never;
  }
}

/** The previous try to move the route away from there, to whatever target. */
function lastTry({ pending }: Memory, move: Move): PendingWrite | undefined {
  const before = pending.get(move.routeKey);
  return before?.fromTargetId === move.fromTargetId ? before : undefined;
}

/** What the route leads to by these tables; null when it is no longer there, undefined when they do not hold its table. */
function shownTarget(
  routeKey: string,
  tables: readonly RouteTableFact[],
): string | null | undefined {
  const [tableId = '', destination = ''] = routeKey.split(' ');
  if (!tables.some((table) => table.tableId === tableId)) return undefined;
  return targetOf(tables, tableId, destination)?.targetId ?? null;
}
