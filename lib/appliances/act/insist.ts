/** Retry budgets of the reads around a write: what is slow or fails is asked again, within bounds of a call and of a pass. */
import { READ_TIMES } from '../../core/callTimes.ts';
import { type Reading, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { Ec2Port } from '../ports.ts';

export interface RetryBudget {
  /** Requests beyond the first of each call, in this pass. */
  left: number;
}

export const passBudget = (): RetryBudget => ({ left: PASS_RETRIES_MAX });

/** Answers of EC2 take some 0.1 s: a second request is sent beside one that is silent for so long. */
const SILENT_MS = 500;
const CALL_REQUESTS_MAX = 4;
/** As long as one request waits: EC2 that is slow with every answer delays a move and does not stop it. */
const CALL_MS_MAX = READ_TIMES.attemptMs;
const PASS_RETRIES_MAX = 12;

export type Reads = Pick<Ec2Port, 'routeTables' | 'interfaces' | 'statuses'>;

/** The same reads, each asked again when its answer is a fault or is late; the first answer that is known counts. */
export function insistent(ec2: Reads, clock: Clock, budget: RetryBudget): Reads {
  const insist = openInsistence(clock, budget);
  return {
    routeTables: (of, signal) => insist(signal, (each) => ec2.routeTables(of, each)),
    interfaces: (ids, signal) => insist(signal, (each) => ec2.interfaces(ids, each)),
    statuses: (ids, signal) => insist(signal, (each) => ec2.statuses(ids, each)),
  };
}

const openInsistence =
  (clock: Clock, budget: RetryBudget) =>
  async <T>(
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Reading<T>>,
  ): Promise<Reading<T>> => {
    const startedAt = clock.now();
    const endMs = clock.monotonicMs() + CALL_MS_MAX;
    const over = new AbortController();
    const each = AbortSignal.any([signal, over.signal]);
    const flying = new Set<Promise<Reading<T>>>();
    let sentCount = 0;
    let fault: Reading<T> | null = null;
    const send = (): boolean => {
      if (sentCount >= CALL_REQUESTS_MAX || (sentCount > 0 && budget.left <= 0)) return false;
      if (sentCount > 0) budget.left -= 1;
      sentCount += 1;
      const request = ask(each);
      // The caller may have stopped waiting when it ends.
      request.catch(() => undefined);
      flying.add(request);
      return true;
    };
    try {
      send();
      while (flying.size > 0 && clock.monotonicMs() < endMs) {
        const waitMs = Math.min(SILENT_MS, endMs - clock.monotonicMs());
        const silence = clock.sleep(waitMs, each).then(() => null);
        const answers = [...flying].map((request) =>
          request.then((reading) => ({ request, reading })),
        );
        const first = await Promise.race([...answers, silence]);
        if (first?.reading.known === true) return first.reading;
        if (first !== null) {
          flying.delete(first.request);
          fault = first.reading;
        }
        if (!signal.aborted) send();
      }
      return fault ?? unknown(`EC2 did not answer within ${CALL_MS_MAX / 1_000} s`, startedAt);
    } finally {
      over.abort();
    }
  };
