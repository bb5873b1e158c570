/** What runs beside the passes, so that neither a hanging table nor a hanging topic holds them up. */
import type { Report } from './report.ts';
import type { Clock } from './time.ts';

export interface Chores {
  /** Starts the job unless one of that name is under way: a table that hangs must not hold up a pass. False: not started. */
  run(name: string, job: () => Promise<void>): boolean;
  over(name: string): Promise<void>;
}

export function openChores(): Chores {
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

export interface Bell {
  ring(): void;
  /** Until `ms` have passed, or `gapMs` after a ring, or the signal aborts. */
  wait(ms: number, gapMs: number, signal: AbortSignal): Promise<void>;
}

export function openBell(clock: Clock): Bell {
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

export interface Voice {
  say(report: Report): void;
  /** Resolves when all has been said. */
  quiet(): Promise<void>;
}

/** Tells one story after the other without holding up the passes; what waits is merged into the newest. */
export function openVoice(tell: (report: Report) => Promise<void>): Voice {
  let waiting: Report | null = null;
  let speaking: Promise<void> | null = null;
  async function speak(): Promise<void> {
    while (waiting !== null) {
      const report = waiting;
      waiting = null;
      await tell(report);
    }
    speaking = null;
  }
  return {
    say(report) {
      const actions = [...(waiting?.actions ?? []), ...report.actions];
      waiting = { ...report, actions };
      speaking ??= speak();
    },
    quiet: async () => speaking ?? undefined,
  };
}
