/** The part of the memory that one watcher keeps and the next one takes over: appliances, writes under way, the budget. Pure. */
import * as v from 'valibot';
import type { Instant } from '../../core/time.ts';
import type { ApplianceMemory, Memory } from '../state.ts';
import { MOVE_KINDS } from '../types/plan.ts';

export type FleetMemory = Pick<Memory, 'appliances' | 'pending' | 'budget'>;

const At = v.number();
const Appliance = v.object({
  group: v.string(),
  zone: v.string(),
  vpcId: v.string(),
  name: v.string(),
  interfaceIds: v.array(v.string()),
  pools: v.optional(v.array(v.string()), []),
  answered: v.array(v.string()),
  goodSince: v.nullable(At),
  downSince: v.nullable(At),
  seenAt: At,
});
const Pending = v.object({
  kind: v.picklist(MOVE_KINDS),
  group: v.string(),
  toInterfaceId: v.string(),
  fromTargetId: v.string(),
  firstAt: At,
  writtenAt: At,
  tryCount: v.number(),
  answer: v.picklist(['accepted', 'unclear', 'refused']),
  why: v.string(),
});
const Fleet = v.object({
  appliances: v.record(v.string(), Appliance),
  pending: v.record(v.string(), Pending),
  budget: v.object({ tokens: v.number(), at: At }),
  groups: v.array(v.string()),
});

/** As it is stored, with the names of the groups whose own items belong to it. */
export const fleetBody = (
  { appliances, pending, budget, groups }: Memory,
  now: Instant,
): unknown => ({
  appliances: Object.fromEntries(stillSeen(appliances, now)),
  pending: Object.fromEntries(pending),
  budget,
  groups: [...groups.keys()],
});

/** Null for garbage, which is nobody's memory. */
export function parseFleet(
  body: unknown,
  now: Instant,
): { readonly fleet: FleetMemory; readonly groups: readonly string[] } | null {
  const parsed = v.safeParse(Fleet, body);
  if (!parsed.success) return null;
  const { appliances, pending, budget, groups } = parsed.output;
  return {
    fleet: {
      appliances: new Map(stillSeen(new Map(Object.entries(appliances)), now)),
      pending: new Map(Object.entries(pending)),
      budget,
    },
    groups,
  };
}

/** An instance that has not been seen for so long is no longer remembered. */
const FORGET_MS = 86_400_000;

const stillSeen = (
  appliances: ReadonlyMap<string, ApplianceMemory>,
  now: Instant,
): readonly (readonly [string, ApplianceMemory])[] =>
  [...appliances].filter(([, { seenAt }]) => now - seenAt < FORGET_MS);

/** Rows of good answers matter to the next watcher only while something may be on its way home. */
const RECENT_MS = 6 * 3_600_000;

/** While this is so, each break in a row of answers is stored at once. */
export const hasMoved = (groups: Memory['groups'], now: Instant): boolean =>
  [...groups.values()].some(({ lastFailoverAt }) => now - lastFailoverAt < RECENT_MS);

/** What must not wait: who is down, who has spoken, what is being written. */
export function essenceOf({ appliances, groups, pending }: Memory, now: Instant): string {
  const isExact = hasMoved(groups, now);
  return JSON.stringify([
    [...appliances].map(([id, { goodSince, downSince, answered, interfaceIds }]) => [
      id,
      isExact ? goodSince : null,
      downSince,
      answered.length,
      interfaceIds,
    ]),
    [...pending.keys()],
  ]);
}

/**
 * What a watcher knows that takes over: its own sight, and what its forerunner had stored by then of voices that it has
 * not heard itself, of writes under way, and of the budget. Who is down it judges by its own knocks.
 */
export function takeOver(mine: Memory, stored: FleetMemory): Memory {
  const appliances = new Map(stored.appliances);
  for (const [id, own] of mine.appliances) {
    const theirs = stored.appliances.get(id);
    appliances.set(id, {
      ...own,
      answered: [...new Set([...own.answered, ...(theirs?.answered ?? [])])].toSorted(),
    });
  }
  return {
    ...mine,
    appliances,
    pending: new Map([...stored.pending, ...mine.pending]),
    budget: stored.budget.tokens < mine.budget.tokens ? stored.budget : mine.budget,
  };
}
