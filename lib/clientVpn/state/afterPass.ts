/** What one look at an endpoint leaves for the next ones. Pure. */
import { baselineOf } from '../../core/baseline.ts';
import type { Point } from '../../core/metric.ts';
import type { Instant } from '../../core/time.ts';
import type { EndpointPast, HourBand } from '../state.ts';
import {
  ENDPOINT_METRIC_KEYS,
  ENDPOINT_PERIOD_MS,
  type EndpointMetricKey,
} from '../types/metrics.ts';
import type { EndpointObservation } from '../types/world.ts';

export function learn(
  observation: EndpointObservation,
  past: EndpointPast,
  now: Instant,
): EndpointPast {
  const bands: Record<string, HourBand[]> = { ...past.bands };
  const dayCounts: Record<string, number> = { ...past.dayCounts };
  for (const key of ENDPOINT_METRIC_KEYS) {
    const history = observation.history[key];
    if (history === undefined) continue;
    const baseline = baselineOf(history, now);
    dayCounts[key] = baseline.dayCount;
    bands[key] =
      baseline.kind === 'learning'
        ? []
        : HOURS.flatMap((hours) => {
            const hourAt = (Math.floor(now / HOUR_MS) + hours) * HOUR_MS;
            const band = baseline.bandAt(hourAt);
            return band === null ? [] : [{ hourAt, ...band }];
          });
  }
  return {
    hasAnswered: past.hasAnswered || observation.reachability.kind === 'up',
    crlDays: newest(observation.recent.crlDays, past.crlDays),
    idpDays: newest(observation.recent.idpDays, past.idpDays),
    bands,
    dayCounts,
  };
}

/** What is usual in the hour of an instant; null while it is learning, or when its history could not be read for too long. */
export const bandAt =
  (past: EndpointPast, key: EndpointMetricKey) =>
  (at: Instant): HourBand | null =>
    past.bands[key]?.find(({ hourAt }) => at >= hourAt && at < hourAt + HOUR_MS) ?? null;

/** The newest point, unless it is too old to speak for now. */
export function latestOf(points: readonly Point[] | undefined, now: Instant): Point | null {
  const last = points?.at(-1);
  return last === undefined || now - last.at > FRESH_MS ? null : last;
}

export const HOUR_MS = 3_600_000;
/** The hour before may still be under judgement, and the next one begins before its history is asked for. */
const HOURS = [-1, 0, 1, 2] as const;
/** Its own period, and two more for coming late. */
export const FRESH_MS = 3 * ENDPOINT_PERIOD_MS;

const newest = (points: readonly Point[] | undefined, before: Point | null): Point | null =>
  points?.at(-1) ?? before;
