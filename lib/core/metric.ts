/** Metrics as they are asked for and answered. */
import type { Instant } from './time.ts';

export interface MetricSeries {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricQuery extends MetricSeries {
  readonly statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum';
  /** Most counters and fractions cannot be: a negative point of theirs is dropped as absurd. */
  readonly mayBeNegative?: boolean;
}

export interface MetricWindow {
  /** Moved back to a multiple of the period, so that the same period always gives the same point. */
  readonly from: Instant;
  /** Exclusive; moved back in the same way: a period that has not ended is not asked for. */
  readonly to: Instant;
  /** A multiple of 60 s. */
  readonly periodMs: number;
}

export interface Measured {
  /** Ordered by time, at most one a period, `from` inclusive, `to` exclusive. */
  readonly points: readonly Point[];
  /** Points that no such series can have: not finite, negative, doubled, outside the window. */
  readonly droppedCount: number;
}

export interface Point {
  /** Beginning of its period. */
  readonly at: Instant;
  readonly value: number;
}

/** The window with both ends moved back to the clock's multiples of its period; never turned around. */
export function aligned({ from, to, periodMs }: MetricWindow): MetricWindow {
  const back = (at: Instant) => Math.floor(at / periodMs) * periodMs;
  return { from: back(from), to: Math.max(back(from), back(to)), periodMs };
}

/**
 * What came, made fit to be judged. Each point belongs to the period that it lies in; of two in one period the first
 * stays. `window` is aligned.
 */
export function measured(
  points: readonly Point[],
  { from, to, periodMs }: MetricWindow,
  mayBeNegative: boolean,
): Measured {
  const kept = new Map<Instant, number>();
  for (const { at, value } of points) {
    const begin = Math.floor(at / periodMs) * periodMs;
    const isAbsurd = !Number.isFinite(value) || (value < 0 && !mayBeNegative);
    if (isAbsurd || !(begin >= from && begin < to) || kept.has(begin)) continue;
    kept.set(begin, value);
  }
  return {
    points: [...kept].map(([at, value]) => ({ at, value })).toSorted((a, b) => a.at - b.at),
    droppedCount: points.length - kept.size,
  };
}

/** One name for one series, whatever the order of its dimensions. */
export const seriesKey = ({ namespace, metricName, dimensions }: MetricSeries): string =>
  JSON.stringify([
    namespace,
    metricName,
    Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
