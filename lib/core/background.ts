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
      sleep?.abort();
    },
    async wait(ms, gapMs, signal) {
      if (!isDue) {
        sleep = new AbortController();
        await clock.sleep(Math.max(1, ms), AbortSignal.any([sleep.signal, signal]));
        sleep = null;
      }
      if (isDue) await clock.sleep(gapMs, signal);
      isDue = false;
    },
  };
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
