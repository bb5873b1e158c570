/** Jobs beside the passes, so that neither a table nor a topic that hangs delays a route. */
import type { Report } from './report.ts';
import type { Clock } from './time.ts';

export interface Background {
  /** Starts the job unless one of that name is under way. False: not started. */
  run(name: string, job: () => Promise<void>): boolean;
  over(name: string): Promise<void>;
}

export function openBackground(): Background {
  const busy = new Map<string, Promise<void>>();
  return {
    run(name, job) {
      if (busy.has(name)) return false;
      busy.set(
        name,
        job().finally(() => busy.delete(name)),
      );
      return true;
    },
    over: async (name) => busy.get(name),
  };
}

export interface WakeUp {
  wake(): void;
  /** Until `ms` have passed, or `gapMs` after a wake-up, or the signal aborts. */
  wait(ms: number, gapMs: number, signal: AbortSignal): Promise<void>;
}

export function openWakeUp(clock: Clock): WakeUp {
  let isDue = false;
  let sleep: AbortController | null = null;
  return {
    wake() {
      isDue = true;
      sleep?.abort(WOKEN);
    },
    async wait(ms, gapMs, signal) {
      if (!isDue) {
        sleep = new AbortController();
        const release = abortWith(sleep, signal);
        await clock.sleep(Math.max(1, ms), sleep.signal);
        release();
        sleep = null;
      }
      if (isDue) await clock.sleep(gapMs, signal);
      isDue = false;
    },
  };
}

/** The reason of an abort that only ends a sleep: without one each abort takes a stack trace. */
export const WOKEN = 'woken';

/**
 * Aborts with the signal, until the returned function is called. For the length of a sleep it costs a fifth of a combined
 * signal, and a loop sleeps several times a second.
 */
export function abortWith(waking: AbortController, signal: AbortSignal): () => void {
  const end = () => waking.abort(WOKEN);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

export interface NotificationQueue {
  add(report: Report): void;
  /** Resolves when everything has been sent. */
  drained(): Promise<void>;
}

/** Sends one report after the other without delaying the passes; the newest report takes in the actions of those that wait. */
export function openNotificationQueue(send: (report: Report) => Promise<void>): NotificationQueue {
  let waiting: Report | null = null;
  let sending: Promise<void> | null = null;
  async function sendAll(): Promise<void> {
    while (waiting !== null) {
      const report = waiting;
      waiting = null;
      await send(report);
    }
    sending = null;
  }
  return {
    add(report) {
      const actions = [...(waiting?.actions ?? []), ...report.actions];
      waiting = { ...report, actions };
      sending ??= sendAll();
    },
    drained: async () => sending ?? undefined,
  };
}
