/** Leadership of the appliances' scope: the lease, and the memory that goes with it from one leader to the next. */
import type { WritePermission } from '../appliances/act/steps.ts';
import { handedOver, type StoredMemory } from '../appliances/state/stored.ts';
import type { Memory } from '../appliances/state.ts';
import type { Background } from '../core/background.ts';
import type { Lead, LeaseState } from '../core/lease.ts';
import { describePause } from '../core/pause.ts';
import type { Clock } from '../core/time.ts';
import type { Lease } from './lease.ts';
import { type Requests, withRequests } from './state/requests.ts';
import type { StateStore } from './state.ts';

export interface Leadership {
  /** A process that holds the lease is a standby until it has read what the leader before it has stored and written. */
  readonly lead: Lead;
  /** Renews, takes over and reads people's requests beside the passes; the first call waits for the lease's first answer. */
  keep(signal: AbortSignal): Promise<void>;
  /** Reads what people and the event function have written, now. */
  look(signal: AbortSignal): void;
  /** The memory with what was read meanwhile: the previous leader's, once, and people's pins and acknowledgements. */
  refresh(memory: Memory): Refreshed;
  /** Stores what has changed, beside the passes; only as the leader. */
  save(memory: Memory, signal: AbortSignal): void;
  /** Asked right before routes are written (S7). */
  mayWrite(signal: AbortSignal): Promise<WritePermission>;
  /** Asked right before each write. Why nothing may be written now; null: it may. */
  askPause(signal: AbortSignal): Promise<string | null>;
  /** Waits for what is under way, stores the rest, and frees the lease. */
  end(memory: Memory, signal: AbortSignal): Promise<void>;
}

export interface Refreshed {
  readonly memory: Memory;
  /** Leadership began with this call. */
  readonly hasTakenOver: boolean;
}

/** How often people's pins and acknowledgements are read again. */
const REQUESTS_MS = 5_000;

// oxlint-disable-next-line max-lines-per-function -- its functions share the leadership's state
export function openLeadership(
  clock: Clock,
  lease: Lease,
  stateStore: StateStore,
  background: Background,
  onChange: () => void,
  readTables: (signal: AbortSignal) => Promise<void>,
): Leadership {
  let isFirst = true;
  let hasTakenOver = false;
  let isLost = false;
  let stored: { readonly memory: StoredMemory | null } | null = null;
  let requests: Requests | null = null;
  let requestedAtMs = Number.NEGATIVE_INFINITY;

  function state(): LeaseState {
    const now = lease.state();
    if (isLost) return { kind: 'lost', to: 'a newer leader' };
    if (hasTakenOver) return now;
    if (now.kind === 'leader') return { kind: 'standby', until: clock.now() };
    return now.kind === 'unreachable' ? { ...now, wasLeader: false } : now;
  }

  async function takeOver(signal: AbortSignal): Promise<void> {
    // What the previous leader has just written is neither planned again nor taken for another writer's change.
    // Nor does a route go where an operator, or a notice of AWS, has since spoken against it.
    const [reading] = await Promise.all([
      stateStore.takeOver(signal),
      readTables(signal),
      readRequests(signal),
    ]);
    if (!reading.known) return;
    stored = { memory: reading.value };
    onChange();
  }

  async function readRequests(signal: AbortSignal): Promise<void> {
    const before = requests;
    requests = (await stateStore.requests(signal)) ?? requests;
    if (JSON.stringify(requests?.leaves) !== JSON.stringify(before?.leaves)) onChange();
  }

  /** While an earlier read is under way, which may have been too early, it stays due. */
  function requestNow(signal: AbortSignal): void {
    if (background.run('requests', () => readRequests(signal))) requestedAtMs = clock.monotonicMs();
  }

  async function store(memory: Memory, signal: AbortSignal): Promise<void> {
    const { kind, ...held } = state();
    if (kind !== 'leader' || !('token' in held)) return;
    const kept = await stateStore.keep(memory, held.token, signal);
    // A larger token while the lease is still ours is of no leader: the next `keep` writes over it.
    if (kept === 'lost' && !(await lease.confirm(signal))) isLost = true;
  }

  return {
    lead: {
      state,
      confirm: async (signal) => state().kind === 'leader' && (await lease.confirm(signal)),
      isAfterCrash: lease.isAfterCrash,
    },
    async keep(signal) {
      background.run('lease', () => lease.keep(signal));
      if (isFirst) await background.over('lease');
      isFirst = false;
      if (lease.state().kind === 'leader' && !hasTakenOver && stored === null) {
        background.run('state', () => takeOver(signal));
      }
      if (clock.monotonicMs() - requestedAtMs >= REQUESTS_MS) requestNow(signal);
    },
    look(signal) {
      requestedAtMs = Number.NEGATIVE_INFINITY;
      requestNow(signal);
    },
    refresh(memory) {
      const begins = stored !== null && !hasTakenOver;
      hasTakenOver ||= begins;
      const own = begins && stored?.memory != null ? handedOver(memory, stored.memory) : memory;
      const asked = requests === null ? own : withRequests(own, requests);
      const refused = stateStore.refused();
      const next = { ...asked, refused, pause: stateStore.pause.current() };
      return { memory: isSame(own, next) ? own : next, hasTakenOver: begins };
    },
    save(memory, signal) {
      if (state().kind === 'leader') background.run('state', () => store(memory, signal));
    },
    async mayWrite(signal) {
      if (state().kind === 'leader' && (await lease.confirm(signal))) return 'all';
      const now = state();
      return now.kind === 'unreachable' && now.wasLeader ? 'confirmedByEc2' : 'none';
    },
    async askPause(signal) {
      // A table that hangs must not delay what EC2 confirms: the pause that is known counts.
      if (state().kind !== 'unreachable') return stateStore.pause.ask(signal);
      const pause = stateStore.pause.current();
      return pause === null ? null : describePause(pause);
    },
    async end(memory, signal) {
      await Promise.all(['lease', 'state', 'requests'].map((name) => background.over(name)));
      await store(memory, signal);
      // The next leader looks anyway: a request must not keep the lease until its life ends.
      if ((await lease.release(signal)) === 'lookRequested') await lease.release(signal);
    },
  };
}

/** Memories are compared by identity: one that did not change is not stored again. */
const isSame = (before: Memory, after: Memory): boolean =>
  Object.entries(after).every(([name, one]) => Reflect.get(before, name) === one);
