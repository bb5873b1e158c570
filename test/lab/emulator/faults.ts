/** The faults that the gateway puts between a function and the API: throttling, slowness, a lost answer. */

import { type Brownout, openBrownout, type Way } from './brownout.ts';

/**
 * What becomes of a call.
 * `throttled`: refused, nothing done. `lost`: done, but the answer never arrives.
 */
export type Fault = 'throttled' | 'lost';

interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
  tokens: number;
  /** Milliseconds of the clock that the caller hands in. */
  at: number;
}

export class Faults {
  readonly #next = new Map<string, { fault: Fault; count: number }>();
  readonly #answers = new Map<string, { change: (body: string) => string; count: number }>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #delays = new Map<string, number>();
  readonly #struck = new Map<string, { readonly way: Way; count: number }>();
  #brownout: Brownout | null = null;

  /** From now on this share of the calls of every action fails; null: none. The same seed, the same fate of each nth call. */
  brownOut(seed: string, chance: number): void {
    this.#brownout = openBrownout(seed, chance);
  }

  /** The next `count` calls of this action end so. */
  strikeNext(action: string, way: Way, count = 1): void {
    this.#struck.set(action, { way, count });
  }

  /** What becomes of the next call of this action, struck or in the brownout; null: it goes through. */
  wayOf(action: string): Way | null {
    const struck = this.#struck.get(action);
    if (struck !== undefined && struck.count > 0) {
      struck.count -= 1;
      return struck.way;
    }
    return this.#brownout?.next(action) ?? null;
  }

  /** The next `count` calls of this action end so. */
  failNext(action: string, count: number, fault: Fault): void {
    this.#next.set(action, { fault, count });
  }

  /** The next `count` calls of this action are answered so, with status 200, whatever the API says. */
  answerNext(action: string, count: number, change: (body: string) => string): void {
    this.#answers.set(action, { change, count });
  }

  /** What becomes of the body of an answer. */
  changed(action: string, body: string | Buffer): string | Buffer {
    const next = this.#answers.get(action);
    if (next === undefined || next.count <= 0) return body;
    next.count -= 1;
    return next.change(String(body));
  }

  /** EC2's token bucket of one action (ReplaceRoute: 50 and 5 a second), full at first. */
  throttle(action: string, burst: number, perSecond: number): void {
    this.#buckets.set(action, { burst, perSecond, tokens: burst, at: Number.NEGATIVE_INFINITY });
  }

  /** Every call of this action, or of any (`*`), waits so long before it is passed on. */
  delay(action: string, ms: number): void {
    this.#delays.set(action, ms);
  }

  clear(): void {
    this.#struck.clear();
    this.#next.clear();
    this.#answers.clear();
    this.#buckets.clear();
    this.#delays.clear();
    this.#brownout = null;
  }

  delayMsOf(action: string): number {
    return this.#delays.get(action) ?? this.#delays.get('*') ?? 0;
  }

  /** Null: the call goes through. */
  faultOf(action: string, nowMs: number): Fault | null {
    const next = this.#next.get(action);
    if (next !== undefined && next.count > 0) {
      next.count -= 1;
      return next.fault;
    }
    const bucket = this.#buckets.get(action);
    if (bucket === undefined) return null;
    if (Number.isFinite(bucket.at)) {
      const refill = ((nowMs - bucket.at) / 1_000) * bucket.perSecond;
      bucket.tokens = Math.min(bucket.burst, bucket.tokens + refill);
    }
    bucket.at = nowMs;
    if (bucket.tokens < 1) return 'throttled';
    bucket.tokens -= 1;
    return null;
  }
}
