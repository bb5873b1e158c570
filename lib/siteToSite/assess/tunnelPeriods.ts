/** The arithmetic of a tunnel's periods: whole ones in a row, their sums, their rate and where it tends to. Pure. */

import type { Point } from '../../core/metric.ts';
import type { Instant } from '../../core/time.ts';
import type { TrafficMemory, TunnelMemory } from '../state.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';

export interface Period {
  readonly at: Instant;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The last `count` periods; null when one of them has no point or began before the tunnel's last turn: nothing is concluded from a gap. */
export function lastPeriods(
  { traffic, since }: Pick<TunnelMemory, 'traffic' | 'since'>,
  count: number,
): readonly Period[] | null {
  if (traffic === null) return null;
  const first = traffic.bytesIn.length - count;
  const periods = Array.from({ length: count }, (_, index) => periodAt(traffic, first + index));
  const whole = periods.flatMap((one) => (one !== null && one.at >= since ? [one] : []));
  return whole.length === count ? whole : null;
}

function periodAt({ from, bytesIn, bytesOut }: TrafficMemory, index: number): Period | null {
  const into = bytesIn[index] ?? null;
  const out = bytesOut[index] ?? null;
  if (into === null || out === null) return null;
  return { at: from + index * POLICY.periodMs, bytesIn: into, bytesOut: out };
}

/** Bytes an hour, both directions, as the history counts. */
export function hourlyRate(traffic: TrafficMemory | null): readonly Point[] {
  if (traffic === null) return [];
  const hours = 3_600_000 / POLICY.periodMs;
  return traffic.bytesIn.flatMap((_, index) => {
    const period = periodAt(traffic, index);
    return period === null
      ? []
      : [{ at: period.at, value: (period.bytesIn + period.bytesOut) * hours }];
  });
}

export const sum = (periods: readonly Period[], of: (period: Period) => number): number =>
  periods.reduce((total, period) => total + of(period), 0);
export const bothWays = ({ bytesIn, bytesOut }: Period): number => bytesIn + bytesOut;
export const isQuiet = (bytes: number): boolean => bytes <= POLICY.quietBytes;
export const isIdle = ({ bytesIn, bytesOut }: Period): boolean =>
  isQuiet(bytesIn) && isQuiet(bytesOut);

/** First half of the window against its second. */
export function trendOf(traffic: TrafficMemory | null, shareOf: (bytes: number) => number): string {
  const shares = hourlyRate(traffic).map(({ value }) =>
    shareOf((value * POLICY.periodMs) / 3_600_000),
  );
  const half = shares.length >> 1;
  const [early, late] = [mean(shares.slice(0, half)), mean(shares.slice(half))];
  const word = late > early * 1.05 ? 'rising' : late < early * 0.95 ? 'falling' : 'steady';
  return `trend of the last hour: ${word}, from ${percent(early)} to ${percent(late)}`;
}

const mean = (list: readonly number[]): number =>
  list.reduce((total, one) => total + one, 0) / Math.max(1, list.length);
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
