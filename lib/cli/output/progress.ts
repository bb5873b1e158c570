/** A line on standard error while a command takes long: silence looks like a hang. */
import type { Terminal } from '../terminal.ts';

const AFTER_MS = 2_000;

export interface Progress {
  /** What is being done has ended. */
  end(what: string): void;
  stop(): void;
}

/** Every 2 s it says what is still awaited; nothing where progress is not shown. */
export function showProgress(
  { progress }: Pick<Terminal, 'progress'>,
  whats: readonly string[],
): Progress {
  const waiting = new Set(whats);
  let ticks = 0;
  const timer =
    progress === undefined
      ? null
      : setInterval(() => {
          ticks += 1;
          progress(`${[...waiting].join(', ')}: ${(ticks * AFTER_MS) / 1_000} s ...`);
        }, AFTER_MS);
  return {
    end: (what) => {
      waiting.delete(what);
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}

/** The same promise, which ends its part of the progress. */
export const during = async <T>(progress: Progress, what: string, job: Promise<T>): Promise<T> => {
  try {
    return await job;
  } finally {
    progress.end(what);
  }
};
