/** The only file that reads the machine's clock; everything else is handed an instant. */

/** Milliseconds since 1970-01-01T00:00:00Z, by the wall clock. */
export type Instant = number;

export interface Clock {
  /** Wall time: what people and AWS mean by "now". It may jump. */
  now(): Instant;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** `2026-11-20T21:00:04.123Z` */
export const toIso = (at: Instant): string => new Date(at).toISOString();

/** As SDK commands want it. */
export const toDate = (at: Instant): Date => new Date(at);

/** The instant that AWS or a stored item wrote as text; null when it is not one. */
export function parseInstant(text: string): Instant | null {
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : null;
}

/** What is asked for once in `everyMs`; after a clock that went back everything is due at once. */
export const isDue = (lastAt: Instant | null, everyMs: number, now: Instant): boolean =>
  lastAt === null || now - lastAt >= everyMs || lastAt > now;

/** What is asked for once in each `everyMs` of the clock, so that a pass that starts some seconds late misses none. */
export const isNewPeriod = (lastAt: Instant | null, everyMs: number, now: Instant): boolean =>
  lastAt === null || lastAt > now || Math.floor(now / everyMs) > Math.floor(lastAt / everyMs);

/** `4 min 59 s`, `3.2 s`, `850 ms`: at most two units, for sentences. */
export function describeMs(ms: number): string {
  if (ms < 0) return `-${describeMs(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trimZero((ms / 1_000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const trimZero = (text: string): string => text.replace(/\.0$/, '');
const twoUnits = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
