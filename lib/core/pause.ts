/** `vpn-medic pause`: an operator's stop of every write, in every region and function, for a limited time. */
import * as v from 'valibot';
import type { Item, StorePort } from './ports.ts';
import { type Clock, type Instant, toIso } from './time.ts';

export interface Pause {
  readonly at: Instant;
  readonly until: Instant;
  /** The caller who asked for it, as AWS names it. */
  readonly by: string;
  readonly why: string;
}

/** One item for the whole stack: written by people only, read by every function that writes. */
export const PAUSE_ID = 'pause';

/** Whatever is stored, no pause lasts longer. */
export const PAUSE_MS_MAX = 24 * 3_600_000;

const Body = v.object({
  at: v.number(),
  until: v.number(),
  by: v.string(),
  why: v.string(),
});

/** Null: none is stored. What has no end that can be read is no pause. */
export function parsePause(body: unknown): Pause | null {
  const parsed = v.safeParse(Body, body);
  if (!parsed.success) return null;
  const { at, until, by, why } = parsed.output;
  return { at, until: Math.min(until, at + PAUSE_MS_MAX), by, why };
}

/** An operator's clock is ahead by no more: a pause from later than that was made by no command. */
const AHEAD_MS = 300_000;

/** The pause that counts now; null: none, or it has ended. */
export const pauseNow = (pause: Pause | null | undefined, now: Instant): Pause | null =>
  pause != null && now < pause.until && pause.at <= now + AHEAD_MS ? pause : null;

/** One clause, for people: `paused by … until … (why)`. */
export const describePause = ({ by, until, why }: Pause): string =>
  `paused by ${by} until ${toIso(until)} (${why})`;

/** Asked right before each write. Why nothing may be written now; null: it may. */
export type AskPause = () => Promise<string | null>;

/** What a writer asks right before each write. */
export interface PauseGate {
  /** As it was read last; null: no pause, or never read. */
  current(): Pause | null;
  /** Reads it again. Why nothing may be written now; null: it may. */
  ask(signal: AbortSignal): Promise<string | null>;
  /** Takes it from a reading that asked for `PAUSE_ID` among others. */
  learn(items: readonly Item[]): void;
}

/** After a read that failed, the pause that is known counts for so long without asking: a slow table delays one write, not each. */
const UNREAD_MS = 1_000;

/** While the table cannot be read, the pause that is known goes on to its end; before the first read nothing is written. */
export function openPauseGate(store: Pick<StorePort, 'read'>, clock: Clock): PauseGate {
  let seen: { readonly pause: Pause | null } | null = null;
  let unread = { why: 'not read yet', atMs: Number.NEGATIVE_INFINITY };
  let asking: Promise<void> | null = null;

  const learn = (items: readonly Item[]) => {
    seen = { pause: parsePause(items.find(({ id }) => id === PAUSE_ID)?.body) };
  };

  async function read(signal: AbortSignal): Promise<void> {
    const reading = await store.read([PAUSE_ID], signal);
    if (reading.known) learn(reading.value);
    else unread = { why: reading.why, atMs: clock.monotonicMs() };
  }

  return {
    current: () => pauseNow(seen?.pause, clock.now()),
    learn,
    async ask(signal) {
      if (clock.monotonicMs() - unread.atMs >= UNREAD_MS) {
        asking ??= read(signal).finally(() => {
          asking = null;
        });
        await asking;
      }
      if (seen === null) return `whether writes are paused cannot be read: ${unread.why}`;
      const pause = pauseNow(seen.pause, clock.now());
      return pause === null ? null : describePause(pause);
    },
  };
}
