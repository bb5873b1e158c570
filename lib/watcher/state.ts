/** The appliances' state between invocations: read once when leadership begins, written by the leader when it has changed. */
import { essenceOf, hasMoved } from '../appliances/state/essence.ts';
import { parseState, type StoredMemory, stateBody, stateId } from '../appliances/state/stored.ts';
import { type ApplianceMemory, type Memory, noMemory } from '../appliances/state.ts';
import type { Policy } from '../appliances/types/policy.ts';
import { openPauseGate, PAUSE_ID, type PauseGate } from '../core/pause.ts';
import type { Item, StorePort } from '../core/ports.ts';
import { known, type Reading } from '../core/reading.ts';
import type { Clock, Instant } from '../core/time.ts';
import { isAlive, leaseId, parseLease } from './lease/item.ts';
import {
  faultsOf,
  openRequests,
  type Requests,
  requestIds,
  withRequests,
} from './state/requests.ts';

export interface StateStore {
  /** What was stored last, for a process that begins; empty where there is nothing. Unknown: the table cannot be read. */
  recall(policy: Policy, signal: AbortSignal): Promise<Reading<Memory>>;
  /** What the previous leader stored, null for nothing; the item is then the new leader's to write. */
  takeOver(signal: AbortSignal): Promise<Reading<StoredMemory | null>>;
  /** Writes what changed, over the version that was read. `lost`: a newer leader has written, and this one stops. */
  keep(memory: Memory, token: number, signal: AbortSignal): Promise<'kept' | 'failed' | 'lost'>;
  /** What was stored last with pins, acknowledgements and leaves, for a pass that only reads; empty where unreadable. */
  remembered(policy: Policy, signal: AbortSignal): Promise<Memory>;
  /** What people and the event function have written; null while it cannot be read. Garbage changes nothing. */
  requests(signal: AbortSignal): Promise<Requests | null>;
  /** What was read and is not believed, one line each; the same list while nothing changes. */
  refused(): readonly string[];
  /** Known from each of the readings above, and asked again before each write. */
  readonly pause: PauseGate;
}

/** What only refreshes "seen" waits for this: each write is paid. */
const LAZY_MS = 600_000;

/** So many lines of one item are notified. */
const REFUSED_MAX = 20;

export function openState(store: StorePort, clock: Clock, region: string): StateStore {
  const pause = openPauseGate(store, clock);
  const refusals = openRefusals();
  const stateItem = openStateItem(store, clock, region, refusals.put);
  const { id, learn, write } = stateItem;
  const parseRequests = openRequests(region);
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let kept: Essence | null = null;

  async function requests(signal: AbortSignal): Promise<Requests | null> {
    const reading = await store.read(requestIds(region), signal);
    if (!reading.known) return null;
    pause.learn(reading.value);
    const asked = parseRequests(reading.value);
    for (const [of, fault] of faultsOf(asked, region)) {
      refusals.put(of, fault === null ? [] : [fault]);
    }
    return asked;
  }

  async function recall(policy: Policy, signal: AbortSignal): Promise<Reading<Memory>> {
    const lease = leaseId(region, 'appliances');
    const reading = await store.read([id, lease], signal);
    if (!reading.known) return reading;
    const itemOf = (of: string) => reading.value.find((item) => item.id === of);
    const now = clock.now();
    const held = parseLease(itemOf(lease));
    const stored = learn(itemOf(id));
    const isWatched = held !== null && isAlive(held, now);
    const memory = stored === null ? {} : carriedOn(stored.memory, isWatched, now);
    return known({ ...noMemory(now, policy.writeBurst), ...memory }, reading.at);
  }

  return {
    pause,
    refused: refusals.lines,
    requests,
    recall,
    async remembered(policy, signal) {
      const [reading, asked] = await Promise.all([recall(policy, signal), requests(signal)]);
      const memory = reading.known ? reading.value : noMemory(clock.now(), policy.writeBurst);
      if (asked === null) return memory;
      return { ...withRequests(memory, asked), pause: pause.current(), refused: refusals.lines() };
    },
    async takeOver(signal) {
      const reading = await store.read([id, PAUSE_ID], signal);
      if (!reading.known) return reading;
      pause.learn(reading.value);
      const stored = learn(reading.value.find((item) => item.id === id));
      kept = null;
      return known(stored?.memory ?? null, reading.at);
    },
    async keep(memory, token, signal) {
      const essence = essenceIn(memory, clock.now());
      const isDue = clock.monotonicMs() - writtenAtMs >= LAZY_MS;
      if (kept !== null && isSame(kept, essence) && !isDue) return 'kept';
      const first = await write(memory, token, signal);
      const answer =
        first === 'conflict' ? await stateItem.writeOver(memory, token, signal) : first;
      if (answer === 'lost') return 'lost';
      if (answer !== 'written') return 'failed';
      writtenAtMs = clock.monotonicMs();
      kept = essence;
      return 'kept';
    },
  };
}

type Written = 'written' | 'conflict' | 'failed';

/** The item of the state, written over the version that was learnt last. */
function openStateItem(
  store: StorePort,
  clock: Clock,
  region: string,
  refuse: (id: string, faults: readonly string[]) => void,
) {
  const id = stateId(region);
  let version = 0;

  function learn(item: Item | undefined) {
    version = item?.version ?? 0;
    const parsed = parseState(item?.body, clock.now());
    const faults =
      item !== undefined && parsed === null
        ? ['is no state of the appliances']
        : (parsed?.dropped ?? []).slice(0, REFUSED_MAX);
    // Of the state it stays known for good.
    if (faults.length > 0) refuse(id, faults);
    return parsed;
  }

  async function write(memory: Memory, token: number, signal: AbortSignal): Promise<Written> {
    const body = stateBody(memory, token, clock.now());
    const answer = await store.write({ id, overVersion: version, body, expiresAt: null }, signal);
    if (answer.kind === 'written') ({ version } = answer);
    return answer.kind;
  }

  /** After a conflict: our own answer may have been lost, or an older leader's last write came late. */
  async function writeOver(
    memory: Memory,
    token: number,
    signal: AbortSignal,
  ): Promise<Written | 'lost'> {
    const reading = await store.read([id], signal);
    if (!reading.known) return 'failed';
    const stored = learn(reading.value[0]);
    return stored !== null && stored.token > token ? 'lost' : write(memory, token, signal);
  }

  return { id, learn, write, writeOver };
}

/** What is found wrong in an item stays known until `put` is called with other lines for it. */
function openRefusals() {
  const byItem = new Map<string, readonly string[]>();
  let all: readonly string[] = [];
  return {
    /** One line each; the same list while nothing changes. */
    lines: () => all,
    put(id: string, faults: readonly string[]): void {
      const lines = faults.map((one) => `${id}: ${one}`);
      if ((byItem.get(id) ?? []).join() === lines.join()) return;
      byItem.set(id, lines);
      all = [...byItem.values()].flat();
    },
  };
}

/** The stored memory as a process that begins goes on with it. */
function carriedOn(stored: StoredMemory, isWatched: boolean, now: Instant): StoredMemory {
  // Without a recent failover breaks in a row of answers are not stored, so such a row is not carried on.
  const isExact = hasMoved(stored, now);
  const carried = (one: ApplianceMemory): ApplianceMemory =>
    !isExact
      ? { ...one, goodSince: null }
      : isWatched && one.goodSince !== null
        ? { ...one, seenAt: now }
        : one;
  return {
    ...stored,
    appliances: new Map([...stored.appliances].map(([key, one]) => [key, carried(one)])),
  };
}

/** What a change is worth a write for. */
interface Essence {
  readonly text: string;
  /**
   * Appliances that answer. One that is new among them is stored at once, as other surfaces show what is stored; one
   * that leaves waits, as a lost probe alone would be two writes.
   */
  readonly proven: ReadonlySet<string>;
  readonly preferred: Memory['preferred'];
  readonly admissions: Memory['admissions'];
}

const essenceIn = (memory: Memory, now: Instant): Essence => ({
  text: essenceOf(memory, now),
  proven: new Set(
    [...memory.appliances].flatMap(([id, { goodSince }]) => (goodSince === null ? [] : [id])),
  ),
  preferred: memory.preferred,
  admissions: memory.admissions,
});

const isSame = (kept: Essence, now: Essence): boolean =>
  now.text === kept.text &&
  [...now.proven].every((one) => kept.proven.has(one)) &&
  now.preferred === kept.preferred &&
  now.admissions === kept.admissions;
