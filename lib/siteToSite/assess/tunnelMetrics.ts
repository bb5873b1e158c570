/** The state of each tunnel with this pass's metrics and maintenance. Pure. */

import { type Band, baselineOf } from '../../core/baseline.ts';
import type { Point } from '../../core/metric.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { TunnelMemory, UsualMemory } from '../state.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { ConnectionWorld, History, MetricReadings, TunnelPoints } from '../types/world.ts';

/** What could not be read stays as it was. */
export function withMetrics(
  tunnels: ReadonlyMap<string, TunnelMemory>,
  world: ConnectionWorld,
): ReadonlyMap<string, TunnelMemory> {
  return new Map(
    [...tunnels].map(([id, tunnel]) => {
      const points = world.metrics?.tunnels.get(id);
      const history = world.histories.get(id);
      const maintenance = world.maintenances.get(id);
      return [
        id,
        {
          ...tunnel,
          traffic:
            world.metrics !== null && points?.known === true
              ? trafficOf(points.value, world.metrics)
              : tunnel.traffic,
          metricsAt: metricsAtAfter(tunnel.metricsAt, points, world.at),
          usual: history?.known === true ? usualOf(history.value, world.at) : tunnel.usual,
          historyAt: history?.known === true ? world.at : tunnel.historyAt,
          maintenance:
            maintenance?.known === true
              ? {
                  askedAt: world.at,
                  isPending: maintenance.value.isPending,
                  autoAppliedAfter: maintenance.value.autoAppliedAfter,
                  since:
                    tunnel.maintenance?.isPending === maintenance.value.isPending
                      ? tunnel.maintenance.since
                      : world.at,
                }
              : tunnel.maintenance,
        },
      ];
    }),
  );
}

/** What could not be read is due again sooner, but not at once: CloudWatch charges for each read. */
function metricsAtAfter(
  before: Instant | null,
  points: Reading<TunnelPoints> | undefined,
  at: Instant,
): Instant | null {
  if (points === undefined) return before;
  return points.known ? at : at - POLICY.metricsEveryMs + POLICY.metricsRetryMs;
}

function trafficOf(
  points: TunnelPoints,
  { from, to }: Pick<MetricReadings, 'from' | 'to'>,
): NonNullable<TunnelMemory['traffic']> {
  const periods = Array.from(
    { length: Math.round((to - from) / POLICY.periodMs) },
    (_, index) => from + index * POLICY.periodMs,
  );
  const laid = (list: readonly Point[]) => {
    const byTime = new Map(list.map(({ at, value }) => [at, value]));
    return periods.map((at) => byTime.get(at) ?? null);
  };
  return {
    from,
    bytesIn: laid(points.bytesIn),
    bytesOut: laid(points.bytesOut),
    flipAts: flipsOf(points.state),
    hasState: points.state.length > 0,
  };
}

/** A fraction is a period in which the tunnel was not up throughout. */
function flipsOf(state: readonly Point[]): Instant[] {
  return state.flatMap(({ at, value }, index) => {
    const before = state[index - 1];
    return before !== undefined && value >= 1 !== before.value >= 1 ? [at] : [];
  });
}

const HOUR_MS = 3_600_000;
/** Recent points reach an hour and a bit back. */
const HOURS_BACK = 2;

function usualOf(history: History, now: Instant): UsualMemory {
  const outs = new Map(history.bytesOut.map(({ at, value }) => [at, value]));
  const pairs = history.bytesIn.flatMap(({ at, value }) => {
    const out = outs.get(at);
    return out === undefined ? [] : [{ at, bytesIn: value, bytesOut: out }];
  });
  const baseline = baselineOf(
    pairs.map(({ at, bytesIn, bytesOut }) => ({ at, value: bytesIn + bytesOut })),
    now,
  );
  const from = Math.floor(now / HOUR_MS) * HOUR_MS - HOURS_BACK * HOUR_MS;
  const quietHour = POLICY.quietBytes * (HOUR_MS / POLICY.periodMs);
  return {
    dayCount: baseline.dayCount,
    from,
    bands:
      baseline.kind === 'learning'
        ? []
        : Array.from({ length: HOURS_BACK + POLICY.historyHoursAhead }, (_, index) =>
            rounded(baseline.bandAt(from + index * HOUR_MS)),
          ),
    hadBoth: pairs.some((one) => one.bytesIn > quietHour && one.bytesOut > quietHour),
  };
}

/** Three digits are precise enough, and take a third of the bytes in the state table. */
const rounded = (band: Band | null): [number, number] | null =>
  band === null ? null : [threeDigits(band.median), threeDigits(band.spread)];
const threeDigits = (value: number): number => Number(value.toPrecision(3));

/** The band that was kept for the hour of `at`; null: none. */
export function bandAt(usual: UsualMemory | null, at: Instant): Band | null {
  if (usual === null) return null;
  const band = usual.bands[Math.floor((at - usual.from) / HOUR_MS)] ?? null;
  return band === null ? null : { median: band[0], spread: band[1] };
}

/** For reports: what is known of a tunnel's usual traffic. */
export function baselineWord(tunnel: TunnelMemory | undefined): string {
  if (tunnel === undefined || tunnel.usual === null) return 'not read yet';
  const { dayCount, bands } = tunnel.usual;
  return bands.length === 0 ? `learning (${dayCount} of 3 days)` : `known (${dayCount} days)`;
}
