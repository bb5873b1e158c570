/** The appliances' state between invocations: read once when leadership begins, written by the leader when it has changed. */
import { acksId, parseAcks, type RouteAcks, withAcks } from '../appliances/state/ack.ts';
import { type Admit, admitsId, parseAdmits } from '../appliances/state/admit.ts';
import { drillsId, parseDrillRequests } from '../appliances/state/drill.ts';
import { failbacksId, parseFailbacks } from '../appliances/state/failback.ts';
import { type Leave, leavesId, parseLeaves } from '../appliances/state/leave.ts';
import {
  essenceOf,
  hasMoved,
  parseState,
  type StoredMemory,
  stateBody,
  stateId,
} from '../appliances/state/stored.ts';
import { type ApplianceMemory, type Memory, noMemory } from '../appliances/state.ts';
import type { DrillRequest } from '../appliances/types/drill.ts';
import type { FailbackRequest } from '../appliances/types/failback.ts';
import type { Policy } from '../appliances/types/policy.ts';
import { type Link, linksId, parseLinks } from '../core/connectionEnds.ts';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../core/maintenance.ts';
import { openPauseGate, PAUSE_ID, type PauseGate } from '../core/pause.ts';
import { isOfConnection, type Pin, parsePins, pinsId } from '../core/pin.ts';
import type { Item, StorePort } from '../core/ports.ts';
import { known, type Reading } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import { isAlive, leaseId, parseLease } from './lease.ts';

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

export interface Requests {
  /** Null: what is stored cannot be read as pins. */
  readonly pins: readonly Pin[] | null;
  readonly acks: RouteAcks;
  /** Null: what is stored cannot be read as admissions. */
  readonly admits: readonly Admit[] | null;
  /** Null: what is stored cannot be read as leaves. */
  readonly leaves: readonly Leave[] | null;
  /** Null: what is stored cannot be read as words of people. */
  readonly failbacks: readonly FailbackRequest[] | null;
  /** What the poll of connections has written; the same list while nothing changes. */
  readonly links: readonly Link[];
  /** Null: what is stored cannot be read as requests for drills. */
  readonly drillRequests: readonly DrillRequest[] | null;
  readonly windows: readonly MaintenanceWindow[];
}

/** The memory with what was asked for; where that cannot be read it is as before. */
export const withRequests = (memory: Memory, asked: Requests): Memory => ({
  ...memory,
  groups: withAcks(memory.groups, asked.acks),
  pins: asked.pins ?? memory.pins,
  admits: asked.admits ?? memory.admits,
  leaves: asked.leaves ?? memory.leaves,
  failbacks: asked.failbacks ?? memory.failbacks,
  drillRequests: asked.drillRequests ?? memory.drillRequests,
  links: asked.links,
  windows: asked.windows,
});

/** Groups of appliances and of connections may have the same name. */
const appliancePins = (body: unknown): readonly Pin[] | null =>
  parsePins(body)?.filter((pin) => !isOfConnection(pin)) ?? null;

/** What only refreshes "seen" waits for this: each write is paid. */
const LAZY_MS = 600_000;

/** So many lines of one item are notified. */
const REFUSED_MAX = 20;

export function openState(store: StorePort, clock: Clock, region: string): StateStore {
  const id = stateId(region);
  const pause = openPauseGate(store, clock);
  let version = 0;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let keptEssence = '';
  let keptProven: ReadonlySet<string> = new Set();
  let keptPreferred: Memory['preferred'] | null = null;
  let keptAdmissions: Memory['admissions'] | null = null;

  let linksVersion: number | undefined;
  let links: readonly Link[] = [];

  const refusals = new Map<string, readonly string[]>();
  let refused: readonly string[] = [];
  /** What is found wrong in an item stays known until the item is read again without a fault; of the state, for good. */
  function refuse(of: string, lines: readonly string[]): void {
    if ((refusals.get(of) ?? []).join() === lines.join()) return;
    refusals.set(of, lines);
    refused = [...refusals.values()].flat();
  }

  const learn = (item: Item | undefined) => {
    version = item?.version ?? 0;
    const parsed = parseState(item?.body, clock.now());
    if (item !== undefined && parsed === null) refuse(id, [`${id}: is no state of the appliances`]);
    const { dropped = [] } = parsed ?? {};
    if (dropped.length > 0)
      refuse(
        id,
        dropped.slice(0, REFUSED_MAX).map((one) => `${id}: ${one}`),
      );
    return parsed;
  };

  async function requests(signal: AbortSignal): Promise<Requests | null> {
    const reading = await store.read(
      [
        pinsId(region),
        acksId(region),
        admitsId(region),
        leavesId(region),
        failbacksId(region),
        linksId(region),
        drillsId(region),
        maintenanceId(region),
        PAUSE_ID,
      ],
      signal,
    );
    if (!reading.known) return null;
    pause.learn(reading.value);
    const body = (of: string) => reading.value.find((item) => item.id === of)?.body;
    const pins = body(pinsId(region));
    const admits = body(admitsId(region));
    const leaves = body(leavesId(region));
    const acks = body(acksId(region));
    const failbacks = body(failbacksId(region));
    const drills = body(drillsId(region));
    const asked = {
      pins: pins === undefined ? [] : appliancePins(pins),
      acks: acks === undefined ? {} : parseAcks(acks),
      admits: admits === undefined ? [] : parseAdmits(admits),
      leaves: leaves === undefined ? [] : parseLeaves(leaves),
      failbacks: failbacks === undefined ? [] : parseFailbacks(failbacks),
      drillRequests: drills === undefined ? [] : parseDrillRequests(drills),
      windows: readWindows(body(maintenanceId(region))),
    };
    refuse(pinsId(region), asked.pins === null ? [`${pinsId(region)}: are no pins`] : []);
    refuse(acksId(region), asked.acks === null ? [`${acksId(region)}: are no acks`] : []);
    refuse(
      admitsId(region),
      asked.admits === null ? [`${admitsId(region)}: are no admissions`] : [],
    );
    refuse(
      leavesId(region),
      asked.leaves === null ? [`${leavesId(region)}: are no notices of leaving`] : [],
    );
    refuse(
      failbacksId(region),
      asked.failbacks === null ? [`${failbacksId(region)}: are no words of people`] : [],
    );
    refuse(
      drillsId(region),
      asked.drillRequests === null ? [`${drillsId(region)}: are no requests for drills`] : [],
    );
    const item = reading.value.find(({ id: of }) => of === linksId(region));
    if (item?.version !== linksVersion) {
      linksVersion = item?.version;
      links = parseLinks(item?.body);
    }
    return { ...asked, acks: asked.acks ?? {}, links };
  }

  async function write(
    memory: Memory,
    token: number,
    signal: AbortSignal,
  ): Promise<'written' | 'conflict' | 'failed'> {
    const body = stateBody(memory, token, clock.now());
    const answer = await store.write({ id, overVersion: version, body, expiresAt: null }, signal);
    if (answer.kind === 'written') ({ version } = answer);
    return answer.kind;
  }

  async function recall(policy: Policy, signal: AbortSignal): Promise<Reading<Memory>> {
    const lease = leaseId(region, 'appliances');
    const reading = await store.read([id, lease], signal);
    if (!reading.known) return reading;
    const body = (of: string) => reading.value.find((item) => item.id === of);
    const stored = learn(body(id));
    const nothing = noMemory(clock.now(), policy.writeBurst);
    if (stored === null) return known(nothing, reading.at);
    const { memory } = stored;
    // Without a recent failover breaks in a row of answers are not stored, so such a row is not carried on.
    const isExact = hasMoved(memory, clock.now());
    const held = parseLease(body(lease));
    const isWatched = held !== null && isAlive(held, clock.now());
    const carried = (one: ApplianceMemory): ApplianceMemory =>
      !isExact
        ? { ...one, goodSince: null }
        : isWatched && one.goodSince !== null
          ? { ...one, seenAt: clock.now() }
          : one;
    const appliances = new Map([...memory.appliances].map(([key, one]) => [key, carried(one)]));
    return known({ ...nothing, ...memory, appliances }, reading.at);
  }

  return {
    pause,
    refused: () => refused,
    requests,
    recall,
    async remembered(policy, signal) {
      const [reading, asked] = await Promise.all([recall(policy, signal), requests(signal)]);
      const memory = reading.known ? reading.value : noMemory(clock.now(), policy.writeBurst);
      return asked === null
        ? memory
        : { ...withRequests(memory, asked), pause: pause.current(), refused };
    },
    async takeOver(signal) {
      const reading = await store.read([id, PAUSE_ID], signal);
      if (!reading.known) return reading;
      pause.learn(reading.value);
      const stored = learn(reading.value.find((item) => item.id === id));
      keptEssence = '';
      keptProven = new Set();
      return known(stored?.memory ?? null, reading.at);
    },
    async keep(memory, token, signal) {
      const essence = essenceOf(memory, clock.now());
      const isDue = clock.monotonicMs() - writtenAtMs >= LAZY_MS;
      const proven = provenIn(memory);
      const isSame =
        essence === keptEssence &&
        [...proven].every((one) => keptProven.has(one)) &&
        memory.preferred === keptPreferred &&
        memory.admissions === keptAdmissions;
      if (isSame && !isDue) return 'kept';
      let answer = await write(memory, token, signal);
      if (answer === 'conflict') {
        // Our own answer may have been lost, or an older leader's last write came late.
        const reading = await store.read([id], signal);
        if (!reading.known) return 'failed';
        const stored = learn(reading.value[0]);
        if (stored !== null && stored.token > token) return 'lost';
        answer = await write(memory, token, signal);
      }
      if (answer !== 'written') return 'failed';
      writtenAtMs = clock.monotonicMs();
      keptEssence = essence;
      keptProven = proven;
      keptPreferred = memory.preferred;
      keptAdmissions = memory.admissions;
      return 'kept';
    },
  };
}

/**
 * Appliances that answer. One that is new among them is stored at once, as other surfaces show what is stored; one that
 * leaves waits, as a lost probe alone would be two writes.
 */
const provenIn = ({ appliances }: Memory): ReadonlySet<string> =>
  new Set([...appliances].flatMap(([id, { goodSince }]) => (goodSince === null ? [] : [id])));
