/** How many clients and how much traffic, against what is usual at this hour. Pure. */

import { BASELINE, departureOf } from '../../core/baseline.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { Point } from '../../core/metric.ts';
import { toIso } from '../../core/time.ts';
import { bandAt, FRESH_MS, HOUR_MS } from '../state.ts';
import type { EndpointCheck, Trouble } from '../types/check.ts';
import { ENDPOINT_PERIOD_MS, type EndpointMetricKey } from '../types/metrics.ts';

/** Clients fell from above 30 % of the usual count to below it within one period: not people going home. */
export const DROPPED_CHECK: EndpointCheck = {
  reasons: ['ConnectionsDropped'],
  judge({ recent }, past, isOpen, now) {
    const points = recent.active ?? [];
    const last = points.at(-1);
    if (last === undefined || now - last.at > FRESH_MS) return null;
    const band = bandAt(past, 'active')(last.at);
    if (band === null) return null;
    const limit = DROPPED_SHARE * band.median;
    if (band.median < USUAL_MIN || last.value >= limit) return [];
    const fall = points.findLast(
      (point, index) => point.value < limit && isFallFrom(points[index - 1], point, limit),
    );
    if (fall === undefined && !isOpen('ConnectionsDropped')) return [];
    return [
      {
        reason: 'ConnectionsDropped',
        severity: 'critical',
        summary: `${round(last.value)} clients are connected where ${round(band.median)} are usual at this hour, and they fell away within five minutes.`,
        evidence: points
          .slice(-4)
          .map(({ at, value }) => `${toIso(at)}: ${round(value)} connected`),
        hint: ENDPOINT_FINDINGS.ConnectionsDropped.hint,
      },
    ];
  },
};

const isFallFrom = (before: Point | undefined, point: Point, limit: number): boolean =>
  before !== undefined && before.at === point.at - ENDPOINT_PERIOD_MS && before.value >= limit;

const DROPPED_SHARE = 0.3;
/** A few people come and go together. */
const USUAL_MIN = 10;

export const TRAFFIC_CHECK: EndpointCheck = {
  reasons: ['TrafficOffBaseline'],
  judge({ recent }, past, _isOpen, now) {
    const ways = WAYS.filter(({ key }) => recent[key] !== undefined);
    // Read every 15 min: in between, the last finding stays.
    if (ways.length === 0) return null;
    if (ways.every(({ key }) => now - (recent[key]?.at(-1)?.at ?? 0) > FRESH_MS)) return null;
    if (ways.every(({ key }) => bandAt(past, key)(now) === null)) return null;
    const off = ways.flatMap(({ key, word }) => {
      const departure = departureOf(bandAt(past, key), hourly(recent[key] ?? []), {
        periodMs: ENDPOINT_PERIOD_MS,
        floor: BYTES_FLOOR,
      });
      return departure === null ? [] : [{ word, departure }];
    });
    if (off.length === 0) return [];
    const trouble: Trouble = {
      reason: 'TrafficOffBaseline',
      severity: 'warning',
      summary: `The endpoint's traffic is unlike this hour of the week: ${off.map(({ word, departure }) => `${inMb(departure.latest.value)} an hour ${word} where ${inMb(departure.band.median)} are usual`).join(', ')}.`,
      evidence: off.map(
        ({ word, departure }) =>
          `${word}: ${departure.side} the band of ${inMb(departure.band.median)} ± ${BASELINE.spreads} × ${inMb(departure.band.spread)} an hour for ${departure.periodCount} periods, since ${toIso(departure.since)}`,
      ),
      hint: 'See who uses it: vpn-medic check lists the top users of each endpoint.',
    };
    return [trouble];
  },
};

const WAYS: readonly { readonly key: EndpointMetricKey; readonly word: string }[] = [
  { key: 'ingressBytes', word: 'from clients' },
  { key: 'egressBytes', word: 'to clients' },
];

/** Bytes in five minutes as bytes an hour, the unit of the history. */
const hourly = (points: readonly Point[]): readonly Point[] =>
  points.map(({ at, value }) => ({ at, value: value * (HOUR_MS / ENDPOINT_PERIOD_MS) }));

/** In an hour, about 0.2 Mbit/s: less is not worth a finding. */
const BYTES_FLOOR = 100_000_000;

const inMb = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
const round = (value: number): number => Math.round(value * 10) / 10;
