/** One leader a region and scope, by a lease with a fencing token in the state table (S7). */
import type { Lead, LeaseState } from '../core/lease.ts';
import type { StoreAnswer, StorePort } from '../core/ports.ts';
import type { Switch } from '../core/switches.ts';
import type { Clock, Instant } from '../core/time.ts';
import {
  FUTURE_MS,
  isAlive,
  leaseId,
  parseLease,
  type Scope,
  type StoredLease,
} from './lease/item.ts';

export interface Lease extends Lead {
  /**
   * Takes the lease when it is free, or from an older leader after the standby time; renews it when that is due.
   * A process that has lost the lease never takes it back.
   */
  keep(signal: AbortSignal): Promise<void>;
  /**
   * Frees the lease, if it is ours, so that the next leader need not wait for its life to end. `lookRequested`: a look
   * was requested that this process has not taken yet, and the lease is still ours.
   */
  release(signal: AbortSignal): Promise<'released' | 'lookRequested'>;
  /** Whether a look was requested since this was called last. */
  takeLookRequest(): boolean;
}

export interface LeaseOptions {
  readonly region: string;
  readonly scope: Scope;
  /** Unique among processes; shown to people. */
  readonly leader: string;
  /** Shown to people with the time of the last look. */
  readonly mode: 'act' | 'observe';
  /** What the deployment leaves out: shown to people. */
  readonly off?: readonly Switch[];
  /** How long a standby observes beside a living leader before it takes over, so that no fault is missed by both. */
  readonly standbyMs: number;
  /** False: a living leader is not replaced now, for example while this process cannot read the whole region. */
  readonly mayTakeOver: () => boolean;
}

/** A look request waits for the next renewal; each renewal is a paid write. */
const RENEW_MS = 2_000;
/** While the lease is not ours it is asked for this often. */
const ASK_MS = 1_000;
/** Writes that meet a look request each time; more in a row is a table that misbehaves. */
const TRIES_MAX = 4;
/** A renewal that failed is tried again within this. */
const AGAIN_MS_MAX = 1_500;

// oxlint-disable-next-line max-lines-per-function -- its functions share the lease's state
export function openLease(store: StorePort, clock: Clock, options: LeaseOptions): Lease {
  const id = leaseId(options.region, options.scope);
  const openedAtMs = clock.monotonicMs();
  const startedAt = clock.now();
  const inTurn = oneAtATime();
  let state: LeaseState = { kind: 'standby', until: startedAt + options.standbyMs };
  let version = 0;
  let token = 0;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isLookRequested = false;
  let isAfterCrash = false;

  const leads = () => token > 0 && state.kind !== 'lost';
  const fail = (why: string) => {
    state = { kind: 'unreachable', why, wasLeader: leads() };
  };

  async function put(
    body: StoredLease,
    overVersion: number,
    signal: AbortSignal,
  ): Promise<StoreAnswer> {
    const sentAtMs = clock.monotonicMs();
    const answer = await store.write({ id, overVersion, body, expiresAt: null }, signal);
    if (answer.kind === 'failed') fail(answer.why);
    if (answer.kind !== 'written') return answer;
    ({ version } = answer);
    ({ token } = body);
    writtenAtMs = sentAtMs;
    state = { kind: 'leader', token };
    return answer;
  }

  const own = (ownToken: number) => bodyOf(options, ownToken, startedAt, clock.now());

  async function take(signal: AbortSignal): Promise<void> {
    const reading = await store.read([id], signal);
    if (!reading.known) return fail(reading.why);
    const [item] = reading.value;
    const stored = parseLease(item);
    const until = stored === null ? Number.NEGATIVE_INFINITY : waitsUntilMs(stored);
    if (until > clock.monotonicMs()) {
      const leftMs = until - clock.monotonicMs();
      state = {
        kind: 'standby',
        until: Number.isFinite(leftMs) ? clock.now() + leftMs : clock.now(),
      };
      return;
    }
    const answer = await put(own((stored?.token ?? 0) + 1), item?.version ?? 0, signal);
    if (answer.kind === 'written') isAfterCrash = stored !== null && stored.renewedAt > 0;
  }

  /** By the monotonic clock: in the past when the lease may be taken now; infinity while the leader has to stay. */
  function waitsUntilMs(stored: StoredLease): number {
    if (!isAlive(stored, clock.now())) return Number.NEGATIVE_INFINITY;
    if (stored.startedAt > startedAt && stored.startedAt <= clock.now() + FUTURE_MS) {
      return Number.POSITIVE_INFINITY;
    }
    return options.mayTakeOver() ? openedAtMs + options.standbyMs : Number.POSITIVE_INFINITY;
  }

  /** Our own item may have been marked, or our last answer was lost: then it is written again over what is there. */
  async function renew(signal: AbortSignal): Promise<void> {
    const beganAtMs = clock.monotonicMs();
    let hasFailed = false;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const { kind } = await put(own(token), version, signal);
      if (kind === 'written') return;
      if (kind === 'failed') {
        hasFailed = true;
        // A failed call may be one of few; a table that is gone is not asked for long.
        if (clock.monotonicMs() - beganAtMs >= AGAIN_MS_MAX || signal.aborted) return;
        continue;
      }
      const reading = await store.read([id], signal);
      if (!reading.known) return fail(reading.why);
      const [item] = reading.value;
      const stored = parseLease(item);
      if (stored !== null && (stored.leader !== options.leader || stored.token !== token)) {
        state = { kind: 'lost', to: stored.leader };
        return;
      }
      isLookRequested ||= stored?.isLookRequested === true;
      version = item?.version ?? 0;
    }
    if (!hasFailed) state = { kind: 'lost', to: 'another process' };
  }

  return {
    state: () => state,
    isAfterCrash: () => isAfterCrash,
    takeLookRequest() {
      const was = isLookRequested;
      isLookRequested = false;
      return was;
    },
    keep: (signal) =>
      inTurn(async () => {
        const nowMs = clock.monotonicMs();
        if (state.kind === 'lost') return;
        const isDue =
          state.kind === 'leader' ? nowMs - writtenAtMs >= RENEW_MS : nowMs - askedAtMs >= ASK_MS;
        if (!isDue) return;
        askedAtMs = nowMs;
        await (leads() ? renew(signal) : take(signal));
      }),
    confirm: (signal) =>
      inTurn(async () => {
        if (state.kind !== 'leader') return false;
        await renew(signal);
        return isLeader(state);
      }),
    release: (signal) =>
      inTurn(async () => {
        if (state.kind !== 'leader') return 'released';
        const body = { ...own(token), renewedAt: 0 };
        const answer = await store.write(
          { id, overVersion: version, body, expiresAt: null },
          signal,
        );
        if (answer.kind === 'conflict') {
          await renew(signal);
          if (isLookRequested && isLeader(state)) {
            isLookRequested = false;
            return 'lookRequested';
          }
        }
        state = { kind: 'lost', to: 'no process: it was released' };
        return 'released';
      }),
  };
}

function bodyOf(
  { leader, mode, off }: LeaseOptions,
  token: number,
  startedAt: Instant,
  now: Instant,
): StoredLease {
  return {
    leader,
    token,
    renewedAt: now,
    startedAt,
    isLookRequested: false,
    lookedAt: now,
    mode,
    ...(off?.length && { off: [...off] }),
  };
}

const isLeader = (state: LeaseState): boolean => state.kind === 'leader';

/** Two conditional writes over one version would make a process lose the lease to itself. */
function oneAtATime(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const turn = last.then(job, job);
    last = turn;
    return turn;
  };
}
