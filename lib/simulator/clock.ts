/** Virtual time: stands still while code runs, and advances to the next timer when none does. */
import type { Clock, Instant } from '../core/time.ts';

export class VirtualClock implements Clock {
  readonly #startAt: Instant;
  #ms = 0;
  #jumpedMs = 0;
  #sequence = 0;
  readonly #queue: Timer[] = [];
  readonly #sleepers = new WeakMap<AbortSignal, Set<Timer>>();

  constructor(startAt: Instant) {
    this.#startAt = startAt;
  }

  now(): Instant {
    return this.#startAt + this.#ms + this.#jumpedMs;
  }

  /** Milliseconds since the simulation began. */
  monotonicMs(): number {
    return this.#ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = this.at(this.#ms + Math.max(0, ms), () => {
        if (signal !== undefined) this.#sleepers.get(signal)?.delete(timer);
        resolve();
      });
      if (signal !== undefined) this.#wakeOn(signal, timer);
    });
  }

  /** Calls `run` at `dueMs`; in the next step when that time has passed. */
  at(dueMs: number, run: () => void): Timer {
    const timer: Timer = {
      dueMs: Math.max(dueMs, this.#ms),
      order: this.#sequence,
      run,
    };
    this.#sequence += 1;
    push(this.#queue, timer);
    return timer;
  }

  /** Moves the wall clock alone, as an NTP step does. */
  jumpWall(byMs: number): void {
    this.#jumpedMs += byMs;
  }

  /**
   * Runs until `untilMs` (included) has passed or `isOver` is true after a step. Timers of one instant run in the
   * order in which they were set; all that follows from them runs before time advances.
   */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    await settled();
    while (!isOver()) {
      const [next] = this.#queue;
      if (next === undefined || next.dueMs > untilMs) {
        this.#ms = Math.max(this.#ms, Number.isFinite(untilMs) ? untilMs : this.#ms);
        return;
      }
      this.#ms = next.dueMs;
      while (this.#queue[0] !== undefined && this.#queue[0].dueMs <= this.#ms) {
        pop(this.#queue)?.run();
      }
      await settled();
    }
  }

  /** Runs until the job has ended. Bounded: a job that waits for nothing on this clock is a bug, and throws. */
  async through<T>(job: Promise<T>): Promise<T> {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    job.then(end, end);
    await this.run(this.#ms + JOB_MS_MAX, () => hasEnded);
    if (!hasEnded) throw new Error(`running a job: it did not end in ${JOB_MS_MAX} virtual ms`);
    return job;
  }

  #wakeOn(signal: AbortSignal, timer: Timer): void {
    const known = this.#sleepers.get(signal);
    if (known !== undefined) {
      known.add(timer);
      return;
    }
    const sleepers = new Set([timer]);
    this.#sleepers.set(signal, sleepers);
    // One listener for each signal: one for each sleep took a fifth of a rehearsal's time.
    signal.addEventListener(
      'abort',
      () => {
        for (const one of sleepers) one.run();
      },
      { once: true },
    );
  }
}

const JOB_MS_MAX = 600_000;

export interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Resolves when no microtask is left: they all run before the next immediate. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Timer, b: Timer): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, timer)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const [top] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const a = heap[left];
    const b = heap[left + 1];
    if (a === undefined) break;
    const isRight = b !== undefined && isBefore(b, a);
    const child = isRight ? b : a;
    if (isBefore(last, child)) break;
    heap[index] = child;
    index = isRight ? left + 1 : left;
  }
  heap[index] = last;
  return top;
}
