/** One running function with its own wall clock; it can be frozen or killed at any time. */
import type { Clock, Instant } from '../core/time.ts';
import type { VirtualClock } from './clock.ts';

export class Invocation {
  /** Its name in the call log. */
  readonly by: string;
  readonly clock: Clock;
  readonly #world: VirtualClock;
  #aheadMs: number;
  #isKilled = false;
  #frozenUntilMs = 0;

  /** `aheadMs`: error of its wall clock from the start. */
  constructor(by: string, world: VirtualClock, aheadMs: number) {
    this.by = by;
    this.#world = world;
    this.#aheadMs = aheadMs;
    this.clock = {
      now: (): Instant => world.now() + this.#aheadMs,
      monotonicMs: () => world.monotonicMs(),
      sleep: (ms, signal) => this.pass(ms, signal),
    };
  }

  /** Whether it was ever frozen: then it may end late. */
  get wasFrozen(): boolean {
    return this.#frozenUntilMs > 0;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Steps its wall clock; the monotonic clock is unaffected. */
  jumpWall(byMs: number): void {
    this.#aheadMs += byMs;
  }

  /** Suspends it for `forMs`; all that is due then runs at once. */
  freeze(forMs: number): void {
    this.#frozenUntilMs = this.#world.monotonicMs() + forMs;
  }

  /** Kills it: its pending waits never resolve. */
  kill(): void {
    this.#isKilled = true;
  }

  /** Resolves after `ms` of virtual time or when the signal aborts; never once it is killed. */
  async pass(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#world.sleep(ms, signal);
    while (this.#world.monotonicMs() < this.#frozenUntilMs) {
      await this.#world.sleep(this.#frozenUntilMs - this.#world.monotonicMs());
    }
    if (this.#isKilled) await NEVER;
  }
}

const NEVER = new Promise<void>(() => {});
