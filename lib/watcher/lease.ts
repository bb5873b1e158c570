/** Who decides from probes: the newest watcher, by a fencing number in the state table (S7). */
import * as v from 'valibot';
import type { LeaseState } from '../appliances/types/world.ts';
import type { Item, StoreAnswer, StorePort } from '../core/ports.ts';
import type { Clock, Instant } from '../core/time.ts';
import { type ClockReading, jumpGap, readClocks } from './clockGuard.ts';

export interface Lease {
  observation(): LeaseState;
  /**
   * Takes the lease when it is free, or when this watcher has looked on for long enough and the holder is no newer;
   * renews it when it is due, and at once when our clock has jumped. Never takes it back: a watcher that has lost it is
   * old for good.
   */
  keep(signal: AbortSignal): Promise<void>;
  /**
   * How old the forerunner's last renewal was when we first saw it, by our clock as it goes now: a few seconds while it
   * lived. What is more is an outage or another clock, and nobody can say which; less than nothing is another clock.
   * Infinity: there was none to be read.
   */
  forerunnerAgoMs(): number;
  /** Asked right before a write: still ours, by a conditional write that only the holder can make. */
  confirm(signal: AbortSignal): Promise<boolean>;
}

/** A holder that has not renewed for so long is dead, and its place is free. */
const LIFE_MS = 10_000;
/** Three renewals fit into a life; each is a paid write. */
const RENEW_MS = 3_000;

/** A newcomer that sees worse than the holder waits so much longer: less than two watchers live side by side. */
const POOR_OBSERVATION_MS_MAX = 15_000;

const Body = v.object({
  holder: v.string(),
  fence: v.number(),
  renewedAt: v.number(),
  /** When the holder started, by its own clock: the newer watcher is the one that started later. */
  startedAt: v.optional(v.number(), 0),
  /** Whether it can read the whole region. */
  hasVisibility: v.optional(v.boolean(), true),
});

export interface LeaseOptions {
  readonly id: string;
  /** Unique among watchers. */
  readonly holder: string;
  /** How long a newcomer looks on while another one decides, so that no fault falls between them. */
  readonly shadowMs: number;
  /** Whether this watcher can read the whole region now. */
  readonly hasVisibility: () => boolean;
}

export function openLease(
  store: StorePort,
  clock: Clock,
  { id, holder, shadowMs, hasVisibility }: LeaseOptions,
): Lease {
  const openedAtMs = clock.monotonicMs();
  const startedAt = clock.now();
  let observation: LeaseState = { kind: 'shadowing', until: clock.now() + shadowMs };
  let version = 0;
  /** Both clocks just before our last renewal was sent. */
  let renewed: ClockReading | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let lastSeen: { readonly renewedAt: Instant; readonly atMs: number } | null = null;

  /** Renewing and asking never overlap: two conditional writes over one version would make us lose to ourselves. */
  let lastTurn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(job, job);
    lastTurn = turn;
    return turn;
  }

  async function put(
    fence: number,
    overVersion: number,
    signal: AbortSignal,
  ): Promise<StoreAnswer['kind']> {
    const sent = readClocks(clock);
    const body = { holder, fence, renewedAt: sent.wall, startedAt, hasVisibility: hasVisibility() };
    const answer = await store.write({ id, overVersion, body, expiresAt: null }, signal);
    if (answer.kind === 'written') {
      version = answer.version;
      renewed = sent;
      observation = { kind: 'held', fence };
    }
    if (answer.kind === 'failed') observation = unreachable(answer.why);
    return answer.kind;
  }

  async function take(signal: AbortSignal): Promise<void> {
    const reading = await store.read([id], signal);
    if (!reading.known) {
      observation = unreachable(reading.why);
      return;
    }
    const [item] = reading.value;
    const held = item === undefined ? null : parse(item);
    const until = held === null ? 0 : waitsUntilMs(held);
    if (until > clock.monotonicMs()) {
      observation = { kind: 'shadowing', until: clock.now() + until - clock.monotonicMs() };
      return;
    }
    await put((held?.fence ?? 0) + 1, item?.version ?? 0, signal);
  }

  /** By the monotonic clock; in the past when the place may be taken now. */
  function waitsUntilMs(held: Held): number {
    if (lastSeen?.renewedAt !== held.renewedAt) {
      lastSeen = { renewedAt: held.renewedAt, atMs: clock.monotonicMs() };
    }
    // Both of us came while nobody could be told from the table who leads: the newer one does, as ever, for as long as
    // we see it renew. Its clock and ours may differ, so that its instants do not say whether it lives.
    const isNewer =
      held.startedAt > startedAt || (held.startedAt === startedAt && held.holder > holder);
    if (isNewer) {
      const isSilent = clock.monotonicMs() - lastSeen.atMs > LIFE_MS;
      return isSilent ? 0 : clock.monotonicMs() + ASK_MS;
    }
    if (isOver(held.renewedAt, clock.now())) return 0;
    const isPoorer = held.hasVisibility && !hasVisibility();
    return openedAtMs + shadowMs + (isPoorer ? POOR_OBSERVATION_MS_MAX : 0);
  }

  /** After an outage of the table: is it still ours? Only the holder knows the version. */
  async function regain(signal: AbortSignal): Promise<void> {
    const reading = await store.read([id], signal);
    if (!reading.known) {
      observation = unreachable(reading.why);
      return;
    }
    const [item] = reading.value;
    const held = item === undefined ? null : parse(item);
    // A write whose answer was lost may have raised the version: the name in it says whose it is.
    if (held !== null && held.holder !== holder) observation = { kind: 'lost', to: held.holder };
    else await put(Math.max(1, held?.fence ?? 1), item?.version ?? 0, signal);
  }

  async function renew(signal: AbortSignal): Promise<void> {
    if (version === 0) return take(signal);
    if (observation.kind !== 'held') return regain(signal);
    const { fence } = observation;
    if ((await put(fence, version, signal)) === 'conflict') await meetWinner(fence, signal);
  }

  /** Somebody wrote since our last renewal: us, when that answer was lost; a newer watcher; or a hand that left garbage. */
  async function meetWinner(fence: number, signal: AbortSignal): Promise<void> {
    const reading = await store.read([id], signal);
    const [item] = reading.known ? reading.value : [];
    const held = item === undefined ? null : parse(item);
    const isFree = reading.known && (held === null || held.holder === holder);
    if (isFree && (await put(fence, item?.version ?? 0, signal)) !== 'conflict') return;
    observation = {
      kind: 'lost',
      to: isFree ? 'another watcher' : (held?.holder ?? 'another watcher'),
    };
  }

  /** A clock that jumped is told at once: by our renewals the next one knows how to read the instants that we store. */
  const isRenewalDue = (nowMs: number): boolean =>
    renewed === null ||
    nowMs - renewed.steadyMs >= RENEW_MS ||
    jumpGap(renewed, readClocks(clock)) !== null;

  /** Asked through a call, because the sight changes behind the type checker's back. */
  const hasKind = (kind: LeaseState['kind']): boolean => observation.kind === kind;

  return {
    observation: () => observation,
    forerunnerAgoMs() {
      if (lastSeen === null) return Number.POSITIVE_INFINITY;
      const seenAgoMs = clock.monotonicMs() - lastSeen.atMs;
      return clock.now() - seenAgoMs - lastSeen.renewedAt;
    },
    keep: (signal) =>
      inTurn(async () => {
        const now = clock.monotonicMs();
        if (observation.kind === 'lost') return;
        const isDue = hasKind('held') ? isRenewalDue(now) : now - askedAtMs >= ASK_MS;
        if (!isDue) return;
        askedAtMs = now;
        await renew(signal);
      }),
    confirm: (signal) =>
      inTurn(async () => {
        if (observation.kind !== 'held') return false;
        await renew(signal);
        return hasKind('held');
      }),
  };
}

/** An unreachable table is no verdict for ever: who held the lease goes on asking. */
const unreachable = (why: string): LeaseState => ({ kind: 'unreachable', why });

/** While the lease is not held, it is asked about this often. */
const ASK_MS = 1_000;

const isOver = (renewedAt: Instant, now: Instant): boolean =>
  now - renewedAt > LIFE_MS || renewedAt - now > LIFE_MS;

type Held = v.InferOutput<typeof Body>;

/** Null for garbage: a lease that nobody can read is nobody's. */
function parse(item: Item): Held | null {
  const parsed = v.safeParse(Body, item.body);
  return parsed.success ? parsed.output : null;
}
