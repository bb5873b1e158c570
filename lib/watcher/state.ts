/** Memory between invocations: recalled once, kept when it has changed, merged when another wrote meanwhile. */
import * as v from 'valibot';
import {
  essenceOf,
  type FleetMemory,
  fleetBody,
  hasMoved,
  parseFleet,
} from '../appliances/state/fleet.ts';
import { mergeGroup, notAhead } from '../appliances/state/groupMerge.ts';
import { type Pin, parsePins, pinsId } from '../appliances/state/pin.ts';
import { type GroupMemory, type Memory, noMemory } from '../appliances/state.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Item, StoreAnswer, StorePort } from '../core/ports.ts';
import { known, type Reading } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';

export interface MemoryKeeper {
  /** What earlier invocations knew; empty where the table is unreachable or holds garbage. */
  recall(policy: Policy, signal: AbortSignal): Promise<Memory>;
  /** What the forerunner has stored since, for who takes over from it; unknown while the table cannot be read. */
  latest(signal: AbortSignal): Promise<Reading<FleetMemory>>;
  /** These groups, and the pins, as others have them now, merged with ours. Nothing is taken for stored or known by it. */
  lookUp(
    memory: Memory,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Pick<Memory, 'groups' | 'pins'>>;
  /** Groups and pins as another function or a person may have written them since. */
  refresh(memory: Memory, signal: AbortSignal): Promise<Pick<Memory, 'groups' | 'pins'>>;
  /**
   * Writes what changed since it was last written; what could not be written is tried again next time. Resolves to
   * the groups as they are now, with what others wrote meanwhile.
   */
  keep(memory: Memory, signal: AbortSignal): Promise<Memory['groups']>;
  /** Only what must not be lost: the groups' failovers. For a pass beside a watcher that keeps the rest. */
  keepGroups(memory: Memory, signal: AbortSignal): Promise<Memory['groups']>;
}

const Instant = v.number();
const Group = v.object({
  lastFailoverAt: Instant,
  flapCount: v.number(),
  failovers: v.record(
    v.string(),
    v.array(v.object({ from: v.string(), to: v.string(), writtenAt: Instant, at: Instant })),
  ),
  pinnedAts: v.record(v.string(), Instant),
});

/** What only refreshes "seen" waits for this: each write is paid. */
const LAZY_MS = 600_000;
/** A lease renewed within this: its holder lives, and what it has stored is up to date. */
const ALIVE_MS = 10_000;

interface Kept {
  version: number;
  text: string;
  at: number;
}

export function openMemory(store: StorePort, clock: Clock, region: string): MemoryKeeper {
  const fleetId = `fleet#${region}`;
  const groupId = (name: string) => `group#${region}#${name}`;
  const kept = new Map<string, Kept>();
  const base = new Map<string, GroupMemory>();

  const learn = (item: Item) =>
    kept.set(item.id, {
      version: item.version,
      text: JSON.stringify(item.body),
      at: clock.monotonicMs(),
    });

  async function readGroups(names: readonly string[], signal: AbortSignal, learns = true) {
    const groups = new Map<string, GroupMemory>();
    const reading = await store.read([...names.map(groupId), pinsId(region)], signal);
    // Garbage is nobody's word that a wish is over; an item that is not there is.
    let pins: readonly Pin[] | null = [];
    for (const item of reading.known ? reading.value : []) {
      if (item.id === pinsId(region)) {
        pins = parsePins(item.body);
        continue;
      }
      if (learns) learn(item);
      const group = v.safeParse(Group, item.body);
      if (group.success) groups.set(item.id.slice(groupId('').length), group.output);
    }
    return { groups, pins, isKnown: reading.known };
  }

  async function put(id: string, body: unknown, signal: AbortSignal): Promise<StoreAnswer['kind']> {
    const text = JSON.stringify(body);
    const before = kept.get(id);
    if (before?.text === text) return 'written';
    const overVersion = before?.version ?? 0;
    const answer = await store.write({ id, overVersion, body, expiresAt: null }, signal);
    if (answer.kind === 'written') {
      kept.set(id, { version: answer.version, text, at: clock.monotonicMs() });
    }
    return answer.kind;
  }

  /** What this group is now, mine and theirs together. Only what is stored becomes the base of the next merge. */
  async function putGroup(
    name: string,
    mine: GroupMemory,
    signal: AbortSignal,
  ): Promise<GroupMemory> {
    const answer = await put(groupId(name), mine, signal);
    if (answer === 'written') base.set(name, mine);
    if (answer !== 'conflict') return mine;
    const { groups, isKnown } = await readGroups([name], signal);
    if (!isKnown) return mine;
    const merged = mergeGroup(base.get(name), mine, groups.get(name));
    if ((await put(groupId(name), merged, signal)) === 'written') base.set(name, merged);
    return merged;
  }

  async function putGroups(memory: Memory, signal: AbortSignal): Promise<Memory['groups']> {
    const changed = [...memory.groups].filter(([name, group]) => base.get(name) !== group);
    if (changed.length === 0) return memory.groups;
    const groups = new Map(memory.groups);
    for (const [name, group] of changed) groups.set(name, await putGroup(name, group, signal));
    return groups;
  }

  async function putFleet(memory: Memory, signal: AbortSignal): Promise<void> {
    const before = kept.get(fleetId);
    const urgent = essenceOf(memory, clock.now());
    const isEager = urgent !== urgentBefore;
    if (!isEager && before !== undefined && clock.monotonicMs() - before.at < LAZY_MS) return;
    const answer = await put(fleetId, fleetBody(memory, clock.now()), signal);
    if (answer === 'written') urgentBefore = urgent;
    if (answer !== 'conflict') return;
    // The fleet's memory is a copy of what is seen: the newest writer is right.
    const reading = await store.read([fleetId], signal);
    if (reading.known && reading.value[0] !== undefined) learn(reading.value[0]);
  }
  let urgentBefore = '';

  return {
    async recall(policy, signal) {
      const nothing = noMemory(clock.now(), policy.writeBurst);
      const reading = await store.read([fleetId, `lease#${region}`], signal);
      const items = reading.known ? reading.value : [];
      const item = items.find(({ id }) => id === fleetId);
      if (item === undefined) return nothing;
      const lease = v.safeParse(v.object({ renewedAt: Instant }), items.find(isNot(item))?.body);
      const isAlive = lease.success && clock.now() - lease.output.renewedAt < ALIVE_MS;
      learn(item);
      const stored = parseFleet(item.body, clock.now());
      if (stored === null) return nothing;
      const { fleet } = stored;
      const names = new Set([
        ...stored.groups,
        ...[...fleet.appliances.values()].map(({ group }) => group),
      ]);
      const { groups, pins } = await readGroups([...names], signal);
      for (const [name, group] of groups) base.set(name, group);
      // Without a recent failover nobody stores each break in a row of answers: such a row is not carried on.
      const isExact = hasMoved(groups, clock.now());
      return {
        appliances: new Map(
          [...fleet.appliances].map(([id, one]) => [
            id,
            // One that is gone has no row of answers to carry on, and must be forgotten in the end.
            !isExact
              ? { ...one, goodSince: null }
              : isAlive && one.goodSince !== null
                ? { ...one, seenAt: clock.now() }
                : one,
          ]),
        ),
        groups: notAhead(groups, clock.now()),
        pending: fleet.pending,
        budget: fleet.budget,
        pins: pins ?? [],
      };
    },
    async latest(signal) {
      const reading = await store.read([fleetId], signal);
      if (!reading.known) return reading;
      const [item] = reading.value;
      if (item !== undefined) learn(item);
      const stored = parseFleet(item?.body, clock.now())?.fleet;
      return known(stored ?? noMemory(clock.now(), Number.POSITIVE_INFINITY), reading.at);
    },
    async lookUp(memory, names, signal) {
      const { groups, pins, isKnown } = await readGroups(names, signal, false);
      if (!isKnown) return memory;
      const merged = new Map(memory.groups);
      for (const [name, theirs] of groups) {
        const mine = memory.groups.get(name);
        merged.set(name, mine === undefined ? theirs : mergeGroup(base.get(name), mine, theirs));
      }
      return { groups: notAhead(merged, clock.now()), pins: pins ?? memory.pins };
    },
    async refresh(memory, signal) {
      const names = new Set([
        ...memory.groups.keys(),
        ...[...memory.appliances.values()].map(({ group }) => group),
      ]);
      const { groups, pins, isKnown } = await readGroups([...names], signal);
      if (!isKnown) return memory;
      const merged = new Map(memory.groups);
      for (const name of names) {
        const mine = memory.groups.get(name);
        const theirs = groups.get(name);
        const group = mine === undefined ? theirs : mergeGroup(base.get(name), mine, theirs);
        if (group !== undefined) merged.set(name, group);
        if (theirs !== undefined) base.set(name, theirs);
      }
      return { groups: merged, pins: pins ?? memory.pins };
    },
    async keep(memory, signal) {
      const groups = await putGroups(memory, signal);
      await putFleet(memory, signal);
      return groups;
    },
    keepGroups: putGroups,
  };
}

const isNot =
  (item: Item) =>
  ({ id }: Item): boolean =>
    id !== item.id;
