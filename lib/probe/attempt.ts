/**
 * The frame of every probe: exactly one answer, nothing left open after it. The far side is called silent only when
 * this process was running and could receive its answer.
 */

import { systemClock } from '../core/time.ts';
import { resultOfError } from './fault.ts';
import type { CertificateDates, ProbeResult } from './result.ts';
import { watchStalls } from './stall.ts';

/** How a probe kind reports its answer; only the first call counts. */
export interface Attempt {
  up(certificate?: CertificateDates): void;
  down(why: string): void;
  /** A socket's error, which `fault.ts` attributes to one side. */
  failed(error: unknown): void;
}

/** Opens what it needs and returns how to close it all; closing is called exactly once. */
export type Opener = (attempt: Attempt) => () => void;

/**
 * Never rejects. Answers at latest one turn of the event loop after `timeoutMs`; where this process stood still
 * meanwhile, it waits for as much longer, up to twice `timeoutMs` in all.
 */
export function attempt(
  timeoutMs: number,
  signal: AbortSignal,
  open: Opener,
): Promise<ProbeResult> {
  if (signal.aborted) return Promise.resolve(ABORTED);
  return new Promise((resolve) => {
    const startedMs = systemClock.monotonicMs();
    let watch = watchStalls();
    const tookMs = () => Math.round((systemClock.monotonicMs() - startedMs) * 100) / 100;
    let waitMs = timeoutMs;
    let isOver = false;
    let close: (() => void) | undefined;
    let lastTurn: NodeJS.Immediate | undefined;

    const settle = (result: ProbeResult) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      clearImmediate(lastTurn);
      signal.removeEventListener('abort', onAbort);
      watch.stop();
      close?.();
      resolve(result);
    };
    const onAbort = () => settle(ABORTED);
    // Timers fire before sockets are read: an answer that is already here must not lose to the clock, so the sockets
    // get one more turn before silence is declared.
    const onDeadline = () => {
      const lateMs = systemClock.monotonicMs() - startedMs - waitMs;
      lastTurn = setImmediate(() => {
        const stalledMs = Math.max(lateMs, watch.longestMs());
        const verdict = silence(timeoutMs, stalledMs, tookMs());
        if (verdict.kind === 'down' || tookMs() + stalledMs > 2 * timeoutMs) settle(verdict);
        else listenOn(stalledMs);
      });
    };
    // The far side gets back the time that this process stood still: a busy small function would else never see silence.
    const listenOn = (moreMs: number) => {
      watch.stop();
      watch = watchStalls();
      waitMs = tookMs() + moreMs;
      deadline = setTimeout(onDeadline, moreMs);
    };

    signal.addEventListener('abort', onAbort);
    let deadline = setTimeout(onDeadline, timeoutMs);
    const settled: Attempt = {
      up: (certificate) =>
        settle({ kind: 'up', tookMs: tookMs(), ...(certificate !== undefined && { certificate }) }),
      down: (why) => settle({ kind: 'down', why, tookMs: tookMs() }),
      failed: (error) => settle(resultOfError(error, tookMs())),
    };
    try {
      close = open(settled);
      if (isOver) close();
    } catch (error) {
      settled.failed(error);
    }
  });
}

const ABORTED: ProbeResult = { kind: 'unknown', why: 'aborted' };

function silence(timeoutMs: number, stalledMs: number, tookMs: number): ProbeResult {
  return stalledMs > stalledMsMax(timeoutMs)
    ? { kind: 'unknown', why: `this process stalled for ${Math.round(stalledMs)} ms` }
    : { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs };
}

/** A standstill that costs the far side a quarter of its time, or 100 ms, must be made good; 20 ms is ordinary jitter. */
const stalledMsMax = (timeoutMs: number): number => Math.min(100, Math.max(20, timeoutMs / 4));
