/**
 * What is usual at this hour of the week, learnt from two weeks of hourly points, and when something departs from it.
 * Pure; values are in any unit, as long as history and recent points share it.
 */

import type { Point } from './metric.ts';
import type { Instant } from './time.ts';

export interface Band {
  readonly median: number;
  /** How far values usually lie from the median: about one standard deviation where they are normal. */
  readonly spread: number;
}

export type Baseline =
  /** Too little history to say what is usual. */
  | { readonly kind: 'learning'; readonly dayCount: number }
  | {
      readonly kind: 'known';
      /** Whole days of history, gaps left out: 3 to 14. */
      readonly dayCount: number;
      /** Null: nothing is known of this hour. */
      readonly bandAt: (at: Instant) => Band | null;
    };

export const BASELINE = {
  /** Two of each weekday. CloudWatch keeps hourly points far longer. */
  daysKept: 14,
  /** Three days distinguish one hour of the day from another; before that everything would be unusual. */
  daysMin: 3,
  /** Off is further from the median than so many spreads. */
  spreads: 4,
  /** Regular traffic has hardly any spread of its own: it may still vary by this part of its median. */
  spreadShareMin: 0.1,
  /** One odd period is noise; so many in a row are a change. */
  periodsOff: 3,
} as const;

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/** `history`: hourly points in any order; those older than two weeks, or later than `now`, are left out. */
export function baselineOf(history: readonly Point[], now: Instant): Baseline {
  const hours = new Map<number, number>();
  const oldest = (hourOf(now) - BASELINE.daysKept * DAY_HOURS) * HOUR_MS;
  for (const { at, value } of history) {
    if (at >= oldest && at < now && Number.isFinite(value)) hours.set(hourOf(at), value);
  }
  const dayCount = Math.floor(hours.size / DAY_HOURS);
  if (dayCount < BASELINE.daysMin) return { kind: 'learning', dayCount };
  return { kind: 'known', dayCount, bandAt: (at) => bandOf(samplesFor(hours, hourOf(at))) };
}

/**
 * Values near this hour of the week, one list a day. Where fewer than two days have any (a first week, a gap), those near
 * this hour of every day: a Monday is then judged by a Sunday too, which is wider.
 */
function samplesFor(hours: ReadonlyMap<number, number>, hour: number): readonly Sample[] {
  const near = (cycle: number) => {
    const days: Sample[] = [];
    for (let back = cycle; back <= BASELINE.daysKept * DAY_HOURS; back += cycle) {
      const day = [-1, 0, 1].flatMap((offset) => hours.get(hour + offset - back) ?? []);
      if (day.length > 0) days.push(day);
    }
    return days;
  };
  const weekly = near(WEEK_HOURS);
  if (weekly.length >= 2) return weekly;
  const daily = near(DAY_HOURS);
  return daily.length >= 2 ? daily : [];
}

/** Values of one day. */
type Sample = readonly number[];

/** Each day has one vote for the median, however many of its hours are there: of two days one may be a holiday, and only widens the band. */
function bandOf(days: readonly Sample[]): Band | null {
  if (days.length === 0) return null;
  const median = medianOf(days.map(medianOf));
  const distance = medianOf(days.flat().map((value) => Math.abs(value - median)));
  return {
    median,
    spread: Math.max(distance * NORMAL, Math.abs(median) * BASELINE.spreadShareMin),
  };
}

/** Of a normal distribution the median distance is 0.6745 standard deviations. */
const NORMAL = 1.4826;

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const hourOf = (at: Instant): number => Math.floor(at / HOUR_MS);

export interface Departure {
  readonly side: 'above' | 'below';
  /** Beginning of the first period of the row. */
  readonly since: Instant;
  readonly periodCount: number;
  readonly latest: Point;
  /** What was usual at the latest period. */
  readonly band: Band;
}

/**
 * The row of periods at the end of `recent` that all lie outside the band, on one side and by more than `floor`; null
 * when it is shorter than three. A gap ends a row. `recent` is ordered by time.
 */
export function departureOf(
  bandAt: (at: Instant) => Band | null,
  recent: readonly Point[],
  { periodMs, floor }: { readonly periodMs: number; readonly floor: number },
): Departure | null {
  const latest = recent.at(-1);
  const band = latest === undefined ? null : bandAt(latest.at);
  const side = latest === undefined || band === null ? null : sideOf(latest.value, band, floor);
  if (latest === undefined || band === null || side === null) return null;
  let since = latest.at;
  let periodCount = 1;
  for (const point of recent.slice(0, -1).toReversed()) {
    const usual = bandAt(point.at);
    const isNext = point.at === since - periodMs;
    if (!isNext || usual === null || sideOf(point.value, usual, floor) !== side) break;
    since = point.at;
    periodCount += 1;
  }
  if (periodCount < BASELINE.periodsOff) return null;
  return { side, since, periodCount, latest, band };
}

function sideOf(value: number, { median, spread }: Band, floor: number): Departure['side'] | null {
  const distance = value - median;
  if (Math.abs(distance) <= Math.max(BASELINE.spreads * spread, floor)) return null;
  return distance > 0 ? 'above' : 'below';
}
