/** What the metrics of Client VPN say in days to an expiry. Pure. */
import type { Point } from '../../core/metric.ts';
import { counted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { type EndpointPast, HOUR_MS } from '../state.ts';

/** Null: not known, or too old. */
export function daysLeft(point: EndpointPast['crlDays'], now: Instant): number | null {
  if (point === null || now - point.at > DAYS_FRESH_MS) return null;
  return point.value;
}

/** Read once an hour; after a day without a point the certificate may have been replaced. */
const DAYS_FRESH_MS = 24 * HOUR_MS;

export const metricText = (metricName: string, { at, value }: Point): string =>
  `${metricName} said ${value} at ${toIso(at)}`;

export const inDays = (days: number): string => counted(days, 'day');
