/** One running function: a name, a wall clock of its own, and an end that may come without warning. */
import type { Clock, Instant } from '../core/time.ts';
import type { VirtualClock } from './clock.ts';

export class Invocation {
  /** What the call log knows it by. */
  readonly by: string;
  readonly clock: Clock;
  readonly #world: VirtualClock;
  #aheadMs: number;
  #isKilled = false;
  #frozenUntilMs = 0;

  /** `aheadMs`: how wrong its wall clock is from the start. */
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

  /** Whether it ever stood still: then it may end late. */
  get wasFrozen(): boolean {
    return this.#frozenUntilMs > 0;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Its wall clock steps; time goes on as ever. */
  jumpWall(byMs: number): void {
    this.#aheadMs += byMs;
  }

  /** Nothing in it goes on for so long, then everything that is due goes on at once. */
  freeze(forMs: number): void {
    this.#frozenUntilMs = this.#world.monotonicMs() + forMs;
  }

  /** Whatever it waits for never comes. */
  kill(): void {
    this.#isKilled = true;
  }

  /** Resolves when so much virtual time has passed or the signal aborts; never, once it is killed. */
  async pass(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#world.sleep(ms, signal);
    while (this.#world.monotonicMs() < this.#frozenUntilMs) {
      await this.#world.sleep(this.#frozenUntilMs - this.#world.monotonicMs());
    }
    if (this.#isKilled) await NEVER;
  }
}

const NEVER = new Promise<void>(() => {});
