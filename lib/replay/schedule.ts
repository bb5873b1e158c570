/** Runs functions as their schedules and events start them, on a virtual clock, from its beginning to an end. */
import type { VirtualClock } from '../simulator/clock.ts';

export interface ScheduledFunction {
  readonly name: string;
  /** Started at the beginning, and then so often. */
  readonly everyMs: number;
  readonly run: (invocation: RunContext) => Promise<unknown>;
}

export interface RunContext {
  readonly startedMs: number;
  /** When the replay ends: no function is started after it. */
  readonly endMs: number;
  readonly signal: AbortSignal;
}

export interface Crash {
  readonly name: string;
  readonly atMs: number;
  readonly error: unknown;
}

/** What is running at the end gets so long to finish. */
const FINISH_MS = 300_000;

export interface Schedule {
  every(scheduled: ScheduledFunction): void;
  /** Once, at `atMs`. */
  at(atMs: number, name: string, run: ScheduledFunction['run']): void;
  /** Resolves when everything that was started has ended. */
  run(): Promise<readonly Crash[]>;
}

export function openSchedule(clock: VirtualClock, endMs: number): Schedule {
  const crashes: Crash[] = [];
  const stopping = new AbortController();
  let runningCount = 0;

  function start(name: string, run: ScheduledFunction['run']): void {
    const startedMs = clock.monotonicMs();
    if (startedMs > endMs) return;
    runningCount += 1;
    run({ startedMs, endMs, signal: stopping.signal })
      .catch((error: unknown) => crashes.push({ name, atMs: clock.monotonicMs(), error }))
      .finally(() => {
        runningCount -= 1;
      });
  }

  function every(scheduled: ScheduledFunction): void {
    const { name, everyMs, run } = scheduled;
    if (clock.monotonicMs() > endMs) return;
    start(name, run);
    clock.at(clock.monotonicMs() + everyMs, () => every(scheduled));
  }

  return {
    every,
    at: (atMs, name, run) => clock.at(atMs, () => start(name, run)),
    async run() {
      await clock.run(endMs);
      await clock.run(endMs + FINISH_MS, () => runningCount === 0);
      stopping.abort();
      await clock.run(endMs + 2 * FINISH_MS, () => runningCount === 0);
      return crashes;
    },
  };
}
