/** CloudWatch metrics of tunnels: the last hour every 20 minutes, two weeks by the hour every six hours. */

import { aligned, type Measured, type MetricQuery, type MetricWindow } from '../../core/metric.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import { known, type Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { ConnectionPorts } from '../ports.ts';
import { tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { History, MetricReadings, TunnelPoints } from '../types/world.ts';

/** Ids of tunnels that have metrics: the others are not read, since CloudWatch charges for each series read. */
export async function readSeries(
  { metrics }: Pick<ConnectionPorts, 'metrics'>,
  signal: AbortSignal,
): Promise<Reading<readonly string[]>> {
  const reading = await metrics.series({ namespace: NAMESPACE, metricName: 'TunnelState' }, signal);
  if (!reading.known) return reading;
  const ids = reading.value.flatMap(({ dimensions }) => {
    const { VpnId, TunnelIpAddress } = dimensions;
    return VpnId === undefined || TunnelIpAddress === undefined
      ? []
      : [tunnelId(VpnId, TunnelIpAddress)];
  });
  return known([...new Set(ids)].toSorted(), reading.at);
}

interface Named {
  readonly id: string;
  readonly connectionId: string;
  readonly outsideIp: string;
}

export async function readRecent(
  { metrics }: Pick<ConnectionPorts, 'metrics'>,
  tunnels: readonly Named[],
  now: Instant,
  signal: AbortSignal,
): Promise<MetricReadings> {
  const to = now - POLICY.metricsLagMs;
  const from = to - POLICY.metricsWindowMs;
  const span = aligned({ from, to, periodMs: POLICY.periodMs });
  const stateSpan = { from: span.from, to: span.to, periodMs: POLICY.statePeriodMs };
  const [states, bytes] = await Promise.all([
    ask(metrics, tunnels, [STATE], stateSpan, signal),
    ask(metrics, tunnels, [IN, OUT], span, signal),
  ]);
  const points = tunnels.map(({ id }, index) => {
    const state = states[index];
    const bytesIn = bytes[2 * index];
    const bytesOut = bytes[2 * index + 1];
    return [id, together(state, bytesIn, bytesOut)] as const;
  });
  return {
    from: span.from,
    to: span.to,
    tunnels: new Map(points.flatMap(([id, one]) => (one === null ? [] : [[id, one] as const]))),
  };
}

function together(
  state: Reading<Measured> | undefined,
  bytesIn: Reading<Measured> | undefined,
  bytesOut: Reading<Measured> | undefined,
): Reading<TunnelPoints> | null {
  if (state === undefined || bytesIn === undefined || bytesOut === undefined) return null;
  if (!state.known) return state;
  if (!bytesIn.known) return bytesIn;
  if (!bytesOut.known) return bytesOut;
  const all = [state.value, bytesIn.value, bytesOut.value];
  return known(
    {
      state: state.value.points,
      bytesIn: bytesIn.value.points,
      bytesOut: bytesOut.value.points,
      droppedCount: all.reduce((sum, { droppedCount }) => sum + droppedCount, 0),
    },
    state.at,
  );
}

export async function readHistories(
  { metrics }: Pick<ConnectionPorts, 'metrics'>,
  tunnels: readonly Named[],
  now: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<History>>> {
  if (tunnels.length === 0) return new Map();
  const span = { from: now - POLICY.historyMs, to: now, periodMs: HOUR_MS };
  const readings = await ask(metrics, tunnels, [IN, OUT], span, signal);
  const histories = new Map<string, Reading<History>>();
  for (const [index, { id }] of tunnels.entries()) {
    const bytesIn = readings[2 * index];
    const bytesOut = readings[2 * index + 1];
    if (bytesIn === undefined || bytesOut === undefined) continue;
    if (!bytesIn.known) histories.set(id, bytesIn);
    else if (!bytesOut.known) histories.set(id, bytesOut);
    else {
      const value = { bytesIn: bytesIn.value.points, bytesOut: bytesOut.value.points };
      histories.set(id, known(value, bytesIn.at));
    }
  }
  return histories;
}

/**
 * By tunnel id: whether it was up at any time since an outage that is still one may have begun; null: CloudWatch has no
 * point of it in that time. What could not be read is not in it.
 */
export async function readEverUp(
  { metrics }: Pick<ConnectionPorts, 'metrics'>,
  tunnels: readonly Named[],
  now: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean | null>> {
  if (tunnels.length === 0) return new Map();
  const spans = [
    { from: now - POLICY.longDownMs - DAY_MS, to: now, periodMs: HOUR_MS },
    // The hour that has not ended yet.
    { from: now - 2 * HOUR_MS, to: now, periodMs: POLICY.periodMs },
  ];
  const readings = await Promise.all(
    spans.map((span) => ask(metrics, tunnels, [HIGHEST], span, signal)),
  );
  return new Map(
    tunnels.flatMap(({ id }, index) => {
      const own = readings.flatMap((of) => of[index] ?? []);
      const points = own.flatMap((one) => (one.known ? one.value.points : []));
      if (own.length < spans.length || own.some(({ known: isKnown }) => !isKnown)) return [];
      return [[id, points.length === 0 ? null : points.some(({ value }) => value > 0)] as const];
    }),
  );
}

const ask = (
  metrics: MetricPort,
  tunnels: readonly Named[],
  counters: readonly Pick<MetricQuery, 'metricName' | 'statistic'>[],
  window: MetricWindow,
  signal: AbortSignal,
): Promise<readonly Reading<Measured>[]> =>
  metrics.points(
    tunnels.flatMap(({ connectionId, outsideIp }) =>
      counters.map((counter) => ({
        ...counter,
        namespace: NAMESPACE,
        dimensions: { VpnId: connectionId, TunnelIpAddress: outsideIp },
      })),
    ),
    window,
    signal,
  );

/** @see https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html (read 2026-11-20) */
const NAMESPACE = 'AWS/VPN';
const STATE = { metricName: 'TunnelState', statistic: 'Minimum' } as const;
const HIGHEST = { metricName: 'TunnelState', statistic: 'Maximum' } as const;
const IN = { metricName: 'TunnelDataIn', statistic: 'Sum' } as const;
const OUT = { metricName: 'TunnelDataOut', statistic: 'Sum' } as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
