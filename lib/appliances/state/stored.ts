/** The appliances' state as it lies in the state table: one item a region, written by the leader only. Pure. */
import * as v from 'valibot';
import { mapOf } from '../../core/mapOf.ts';
import type { Instant } from '../../core/time.ts';
import { KEYS_KEPT } from '../../probe/history.ts';
import type { ApplianceMemory, Memory } from '../state.ts';
import { MOVE_KINDS } from '../types/plan.ts';
import { DOWN_CAUSES } from '../types/verdict.ts';
import { StoredDrills } from './drill.ts';
import { deathHandedOver } from './failback.ts';
import { FAILOVERS_KEPT, REWRITES_KEPT } from './failover.ts';
import { parseAdmissions, storedAdmissions } from './joining.ts';
import { parsePreferred, storedPreferred } from './preferred.ts';

/** What the leader stores; pins, admissions, acknowledgements and leaves are items of their own. */
export type StoredMemory = Omit<
  Memory,
  | 'pins'
  | 'admits'
  | 'leaves'
  | 'failbacks'
  | 'links'
  | 'lastResorts'
  | 'drillCounts'
  | 'drillRequests'
  | 'windows'
  | 'leftAts'
  | 'completedHooks'
  | 'pause'
  | 'refused'
>;

export const stateId = (region: string): string => `state#${region}#appliances`;

const At = v.pipe(v.number(), v.minValue(0));
const Text = v.pipe(v.string(), v.maxLength(2_000));
const Names = v.pipe(v.array(Text), v.maxLength(1_000));
const Interface = v.object({
  interfaceId: Text,
  vpcId: Text,
  deviceIndex: v.pipe(v.number(), v.integer()),
  role: v.nullable(Text),
  isChosen: v.boolean(),
  hasSourceDestCheck: v.boolean(),
  families: v.pipe(v.array(v.picklist(['ipv4', 'ipv6'])), v.maxLength(2)),
  ipv6: v.optional(v.picklist(['had', 'lost'])),
  isAttached: v.boolean(),
  movedTo: v.optional(v.nullable(Text), null),
  hasCarried: v.boolean(),
});
const Appliance = v.object({
  group: Text,
  zone: Text,
  vpcId: Text,
  name: Text,
  interfaces: v.pipe(v.array(Interface), v.maxLength(1_000)),
  pools: Names,
  answered: Names,
  answeredKeys: v.optional(v.record(Text, v.pipe(v.array(Text), v.maxLength(KEYS_KEPT))), {}),
  certificates: v.optional(
    v.record(Text, v.object({ startsAt: v.number(), endsAt: v.number() })),
    {},
  ),
  goodSince: v.nullable(At),
  downSince: v.nullable(At),
  downCause: v.optional(v.nullable(v.picklist(DOWN_CAUSES)), null),
  doubt: v.optional(v.nullable(v.object({ since: At, why: v.picklist(['died', 'undone']) })), null),
  connectionIds: v.optional(Names, []),
  silentSince: v.optional(v.nullable(At), null),
  seenAt: At,
});
const Group = v.object({
  lastFailoverAt: At,
  flapCount: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  failovers: v.record(Text, v.pipe(v.array(At), v.maxLength(FAILOVERS_KEPT))),
  pinnedAts: v.record(Text, At),
  lastTargets: v.optional(v.record(Text, Text), {}),
  rewrites: v.optional(v.record(Text, v.pipe(v.array(At), v.maxLength(REWRITES_KEPT))), {}),
  homecomings: v.optional(
    v.record(Text, v.object({ at: At, to: Text, from: Text, farSides: Names })),
    {},
  ),
});
const Pending = v.object({
  kind: v.picklist(MOVE_KINDS),
  group: Text,
  toTargetId: Text,
  fromTargetId: Text,
  firstAt: At,
  writtenAt: At,
  tryCount: v.pipe(v.number(), v.integer(), v.minValue(1)),
  answer: v.picklist(['accepted', 'unclear', 'refused']),
  why: Text,
  isOfTable: v.optional(v.boolean(), false),
});
const Body = v.object({
  token: v.number(),
  appliances: mapOf(Text, v.unknown()),
  groups: mapOf(Text, v.unknown()),
  pending: mapOf(Text, v.unknown()),
  budget: v.object({ tokens: v.number(), at: At }),
  preferred: v.optional(v.unknown()),
  admissions: v.optional(v.unknown()),
  drills: v.optional(mapOf(Text, v.unknown()), {}),
});

export const stateBody = (
  { appliances, groups, pending, budget, preferred, admissions, drills }: Memory,
  token: number,
  now: Instant,
): unknown => ({
  token,
  appliances: Object.fromEntries([...appliances].filter(isRemembered(now))),
  groups: Object.fromEntries(groups),
  pending: Object.fromEntries(pending),
  budget,
  preferred: storedPreferred(preferred),
  admissions: storedAdmissions(admissions),
  drills: Object.fromEntries(drills),
});

export interface ParsedState {
  readonly token: number;
  readonly memory: StoredMemory;
  /** What was left out, because it breaks its bounds: the names of entries. */
  readonly dropped: readonly string[];
}

/** Null for garbage; an entry that breaks its bounds is left out. Instants more than 5 s in the future count as now. */
export function parseState(body: unknown, now: Instant): ParsedState | null {
  const parsed = v.safeParse(Body, body);
  if (!parsed.success) return null;
  const { token, budget, preferred, admissions } = parsed.output;
  const dropped: string[] = [];
  const past = (at: Instant): Instant => (at > now + FUTURE_MS ? now : at);
  const pastOrNull = (at: Instant | null): Instant | null => (at === null ? null : past(at));
  const each = <T>(
    name: string,
    schema: v.GenericSchema<unknown, T>,
    entries: ReadonlyMap<string, unknown>,
    change: (one: T) => T,
  ): ReadonlyMap<string, T> =>
    new Map(
      [...entries].flatMap(([key, one], index): readonly [string, T][] => {
        const entry = index < ENTRIES_MAX ? v.safeParse(schema, one) : { success: false as const };
        if (entry.success) return [[key, change(entry.output)]];
        dropped.push(`${name} ${key}`);
        return [];
      }),
    );
  const appliances = each('appliance', Appliance, parsed.output.appliances, (one) => ({
    ...one,
    goodSince: pastOrNull(one.goodSince),
    downSince: pastOrNull(one.downSince),
    doubt: one.doubt === null ? null : { ...one.doubt, since: past(one.doubt.since) },
    silentSince: pastOrNull(one.silentSince),
    seenAt: past(one.seenAt),
  }));
  const pastAll = (record: Readonly<Record<string, readonly Instant[]>>) =>
    Object.fromEntries(Object.entries(record).map(([key, ats]) => [key, ats.map(past)]));
  const groups = each('group', Group, parsed.output.groups, (group) => ({
    ...group,
    lastFailoverAt: past(group.lastFailoverAt),
    failovers: pastAll(group.failovers),
    rewrites: pastAll(group.rewrites),
    homecomings: Object.fromEntries(
      Object.entries(group.homecomings).map(([key, home]) => [key, { ...home, at: past(home.at) }]),
    ),
  }));
  const pending = each('write', Pending, parsed.output.pending, (write) => ({
    ...write,
    // A refusal that is only stored is asked for again soon: EC2 itself says whether it stands.
    tryCount: Math.min(write.tryCount, TRIES_BELIEVED),
    firstAt: past(write.firstAt),
    writtenAt: past(write.writtenAt),
  }));
  return {
    token,
    dropped,
    memory: {
      appliances: new Map([...appliances].filter(isRemembered(now))),
      groups,
      pending,
      // A debt is no budget: it would hold every move.
      budget: { tokens: Math.max(0, budget.tokens), at: past(budget.at) },
      preferred: parsePreferred(preferred, past),
      admissions: parseAdmissions(admissions, past),
      drills: each('drills', StoredDrills, parsed.output.drills, (one) => ({
        ...one,
        taggedAt: pastOrNull(one.taggedAt),
        askedAt: past(one.askedAt),
        drills: one.drills.map((drill) => ({ ...drill, at: past(drill.at) })),
      })),
    },
  };
}

const ENTRIES_MAX = 5_000;
/** After so many tries the next waits 4 s (`pending.ts`), and what was refused twice is a finding. */
const TRIES_BELIEVED = 3;

const FUTURE_MS = 5_000;

/** An instance that has not been seen for so long is no longer remembered. */
const FORGET_MS = 86_400_000;

const isRemembered =
  (now: Instant) =>
  ([, { seenAt }]: readonly [string, ApplianceMemory]): boolean =>
    now - seenAt < FORGET_MS;

/** A key that has answered either of them: the newest are kept, those of `mine` as the newer ones. */
export function mergedKeys(
  theirs: ApplianceMemory['answeredKeys'] = {},
  mine: ApplianceMemory['answeredKeys'] = {},
): Pick<ApplianceMemory, 'answeredKeys'> {
  const probes = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].toSorted();
  if (probes.length === 0) return {};
  return {
    answeredKeys: Object.fromEntries(
      probes.map((probe) => {
        const own = mine[probe] ?? [];
        const others = (theirs[probe] ?? []).filter((keyId) => !own.includes(keyId));
        return [probe, [...others, ...own].slice(-KEYS_KEPT)];
      }),
    ),
  };
}

/**
 * What a new leader goes on with: the stored past, and of appliances what it has observed itself as a standby, with
 * every probe that has answered either of them.
 */
export function handedOver(own: Memory, stored: StoredMemory): Memory {
  const appliances = new Map(stored.appliances);
  for (const [id, mine] of own.appliances) {
    const theirs = stored.appliances.get(id);
    appliances.set(id, {
      ...mine,
      answered: [...new Set([...mine.answered, ...(theirs?.answered ?? [])])].toSorted(),
      ...deathHandedOver(mine, theirs),
      ...mergedKeys(theirs?.answeredKeys, mine.answeredKeys),
    });
  }
  const preferred = new Map([...own.preferred, ...stored.preferred]);
  const admissions = new Map([...own.admissions, ...stored.admissions]);
  return { ...own, ...stored, appliances, preferred, admissions };
}
