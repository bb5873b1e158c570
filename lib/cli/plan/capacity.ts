/** Whether those that are left can carry the traffic of those that fail: the peaks of the last week against what their instance types carry. */
import type { Move } from '../../appliances/types/plan.ts';
import type { BandwidthFact, BandwidthPort } from '../../core/bandwidthPort.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import type { Clock } from '../../core/time.ts';

/** What is known of the load of appliances. */
export interface Capacity {
  readonly bandwidths: ReadonlyMap<string, BandwidthFact>;
  /** Bits a second in the busier direction, the busiest five minutes of a week; those without a point are not in it. */
  readonly peaks: ReadonlyMap<string, number>;
  /** What could not be read, one sentence each. */
  readonly unread: readonly string[];
}

/** CapacityShort: more than an instance carries for any length of time. */
export interface Short {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly baselineBitsPerSecond: number;
  /** Its own peak, and what would move to it. */
  readonly peakBitsPerSecond: number;
}

type Way = Pick<Move, 'from' | 'to'>;

/** Of appliances that routes would move between; nothing is asked where there are none. */
export async function readCapacity(
  instanceIds: readonly string[],
  { bandwidth, metrics, clock }: Ports,
  signal: AbortSignal,
): Promise<Capacity> {
  if (instanceIds.length === 0) return { bandwidths: new Map(), peaks: new Map(), unread: [] };
  const queries = instanceIds.flatMap((InstanceId) =>
    DIRECTIONS.map((metricName) => ({
      namespace: 'AWS/EC2',
      metricName,
      dimensions: { InstanceId },
      statistic: 'Sum' as const,
    })),
  );
  const now = clock.now();
  const window = { from: now - WEEK_MS, to: now, periodMs: PERIOD_MS };
  const [types, answers] = await Promise.all([
    bandwidth.bandwidths(instanceIds, signal),
    metrics.points(queries, window, signal),
  ]);
  const peaks = new Map<string, number>();
  for (const [index, answer] of answers.entries()) {
    const id = queries[index]?.dimensions.InstanceId ?? '';
    if (!answer.known) continue;
    const bytes = answer.value.points.map(({ value }) => value);
    if (bytes.length === 0) continue;
    const bits = (Math.max(...bytes) * 8) / (PERIOD_MS / 1_000);
    peaks.set(id, Math.max(peaks.get(id) ?? 0, bits));
  }
  const whys = [types, ...answers].flatMap((one) => (one.known ? [] : [one.why]));
  return {
    bandwidths: types.known ? types.value : new Map(),
    peaks,
    unread: [...new Set(whys)].map((why) => `Whether those left can carry it is not known: ${why}`),
  };
}

interface Ports {
  readonly bandwidth: BandwidthPort;
  readonly metrics: MetricPort;
  readonly clock: Clock;
}

/** Without detailed monitoring EC2 publishes every five minutes. */
const PERIOD_MS = 300_000;
const WEEK_MS = 7 * 86_400_000;
const DIRECTIONS = ['NetworkIn', 'NetworkOut'] as const;

/** What fails is spread over its targets by their numbers of routes: how much each route carries AWS does not say. */
export function shortOf(moves: readonly Way[], { bandwidths, peaks }: Capacity): readonly Short[] {
  const fromCounts = countsOf(moves.map(({ from }) => from));
  const added = new Map<string, number>();
  for (const { from, to } of moves) {
    const share = (peaks.get(from) ?? 0) / (fromCounts.get(from) ?? 1);
    added.set(to, (added.get(to) ?? 0) + share);
  }
  return [...added].flatMap(([instanceId, more]) => {
    const fact = bandwidths.get(instanceId);
    const baseline = fact?.baselineBitsPerSecond ?? null;
    const peakBitsPerSecond = Math.round((peaks.get(instanceId) ?? 0) + more);
    if (fact === undefined || baseline === null || peakBitsPerSecond <= baseline) return [];
    const { instanceType } = fact;
    return [{ instanceId, instanceType, baselineBitsPerSecond: baseline, peakBitsPerSecond }];
  });
}

const countsOf = (ids: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(ids, (id) => id)].map(([id, all]) => [id, all.length]));
