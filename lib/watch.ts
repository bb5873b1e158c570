/** The loop at its own pace: one pass a second, sooner on news, by the one watcher that holds the lease. */
import { openLease } from './lease.ts';
import { pass, SAFETY, type Safety, type Tick } from './loop.ts';
import { openMemory } from './memory.ts';
import { openMinutes, type Summary } from './minutes.ts';
import type { Notice } from './model/incident.ts';
import { type Policy, silenceMsMin } from './model/policy.ts';
import type { Gap } from './model/world.ts';
import { openEyes } from './observe/appliances.ts';
import type { Ports } from './ports.ts';
import { openTeller, type Story } from './tell/appliances.ts';
import { type Clock, describeMs } from './time.ts';

export interface WatchOptions {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  readonly policy: Policy;
  /** Unique among watchers; shown to people. */
  readonly watcherId: string;
  /** Time left to this invocation, in ms; it ends under `END_MS`. */
  readonly remainingMs: () => number;
  readonly signal: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
  readonly onNotices?: (notices: readonly Notice[]) => void;
  readonly safety?: Safety;
}

const END_MS = 3_000;
/** Passes on news follow each other no closer than this. */
const NEWS_GAP_MS = 10;
/** How often the groups' memory is read again: others (a person's ack, the event function) write it too. */
const REFRESH_MS = 15_000;

/** Watches one region until a newer watcher takes over, time runs out, or the signal aborts. */
export async function watch(ports: Ports, options: WatchOptions): Promise<Summary> {
  const { policy, signal, safety = SAFETY } = options;
  const { clock, store, journal, region } = ports;
  const minutes = openMinutes(region, journal);
  const archive = openMemory(store, clock, region);
  let memory = await archive.recall(policy, signal);
  const bell = openBell(clock);
  const stopping = new AbortController();
  const all = AbortSignal.any([signal, stopping.signal]);
  const eyes = await openEyes(ports, policy, options.accountId ?? '', () => memory, bell.ring, all);
  await eyes.open(all);
  const background = eyes.run(all);
  const lease = openLease(store, clock, `lease#${region}`, options.watcherId, shadowMs(policy));
  const teller = openTeller(ports, { mode: policy.mode, mayResolve: true });
  const voice = openVoice(async (story) => {
    const notices = await teller.tell(story, signal);
    minutes.told(notices);
    options.onNotices?.(notices);
  });
  const jumps = openJumpWatch(clock, policy);
  let refreshedAtMs = clock.monotonicMs();
  let wasHeld = false;

  while (!signal.aborted && options.remainingMs() >= END_MS) {
    const startedAtMs = clock.monotonicMs();
    await lease.keep(all);
    const { kind } = lease.sight();
    if (kind === 'lost') break;
    const isHeld = kind === 'held';
    if ((isHeld && !wasHeld) || startedAtMs - refreshedAtMs >= REFRESH_MS) {
      memory = { ...memory, groups: await archive.refresh(memory, all) };
      refreshedAtMs = startedAtMs;
    }
    wasHeld = isHeld;
    const jump = jumps.look();
    if (jump !== null) eyes.forgetRuns();
    const speaks = kind !== 'shadowing';
    const tell = speaks ? voice.say : () => {};
    const tick = await pass(ports, eyes, memory, { policy, lease, jump, tell, safety }, all);
    memory = tick.memory;
    minutes.note(tick, clock.monotonicMs() - startedAtMs);
    options.onTick?.(tick);
    if (isHeld) memory = { ...memory, groups: await archive.keep(memory, all) };
    await bell.wait(policy.probeIntervalMs - (clock.monotonicMs() - startedAtMs), NEWS_GAP_MS, all);
  }
  const ended = signal.aborted ? 'aborted' : lease.sight().kind === 'lost' ? 'lease' : 'time';
  stopping.abort();
  await Promise.all([background, voice.quiet()]);
  return minutes.summary(ended, eyes.knockCount());
}

/** The time in which the watcher that still decides would have found and acted on any fault that the newcomer cannot have seen. */
const shadowMs = (policy: Policy): number =>
  silenceMsMin(policy) + policy.probeIntervalMs + policy.probeTimeoutMs + 500;

interface Bell {
  ring(): void;
  /** Until `ms` have passed, or `gapMs` after a ring, or the signal aborts. */
  wait(ms: number, gapMs: number, signal: AbortSignal): Promise<void>;
}

function openBell(clock: Clock): Bell {
  let hasRung = false;
  let nap: AbortController | null = null;
  return {
    ring() {
      hasRung = true;
      nap?.abort();
    },
    async wait(ms, gapMs, signal) {
      if (!hasRung) {
        nap = new AbortController();
        await clock.sleep(Math.max(1, ms), AbortSignal.any([nap.signal, signal]));
        nap = null;
      }
      if (hasRung) await clock.sleep(gapMs, signal);
      hasRung = false;
    },
  };
}

/** Wall clock and monotonic clock may differ by this much between two passes. */
const JUMP_MS = 2_000;

function openJumpWatch(clock: Clock, policy: Policy): { look(): Gap | null } {
  let wall = clock.now();
  let steady = clock.monotonicMs();
  return {
    look() {
      const passedMs = clock.now() - wall;
      const realMs = clock.monotonicMs() - steady;
      wall = clock.now();
      steady = clock.monotonicMs();
      const jumpedMs = passedMs - realMs;
      const sleptMs = realMs - 10 * policy.probeIntervalMs;
      if (Math.abs(jumpedMs) > JUMP_MS) return gap(`the clock jumped by ${describeMs(jumpedMs)}`);
      // A frozen process wakes up with knocks and readings that are long out of date.
      if (sleptMs > JUMP_MS * 10) return gap(`this function stood still for ${describeMs(realMs)}`);
      return null;
    },
  };
  function gap(why: string): Gap {
    return { what: 'the clock', why, since: clock.now(), zone: null };
  }
}

interface Voice {
  say(story: Story): void;
  /** Resolves when all has been said. */
  quiet(): Promise<void>;
}

/** Tells one story after the other without holding up the passes; what waits is merged into the newest. */
function openVoice(tell: (story: Story) => Promise<void>): Voice {
  let waiting: Story | null = null;
  let speaking: Promise<void> | null = null;
  async function speak(): Promise<void> {
    while (waiting !== null) {
      const story = waiting;
      waiting = null;
      await tell(story);
    }
    speaking = null;
  }
  return {
    say(story) {
      const outcomes = [...(waiting?.outcomes ?? []), ...story.outcomes];
      waiting = { ...story, outcomes };
      speaking ??= speak();
    },
    quiet: async () => speaking ?? undefined,
  };
}
