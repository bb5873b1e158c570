/** One run over the Client VPN endpoints and the metric table of every region, side by side. */
import type { EndpointObserver, EndpointScope } from '../../clientVpn/observe.ts';
import { unpacked } from '../../core/packed.ts';
import type { RegionPorts } from '../../incidents/ports.ts';
import type { MetricObserver } from '../../metrics/observe.ts';
import { isPassDue, METRICS_EVERY_MS, recallMetrics } from '../../metrics/state.ts';
import { metricRegions, rowsOf } from '../../metrics/table.ts';
import type { HealthNote } from '../../metrics/types.ts';
import { type PollSummary, skipped } from '../poll/pass.ts';
import { poll } from '../poll.ts';
import { type PollsSummary, pollEveryRegion } from '../regions.ts';
import { endpointStages, metricStages } from './endpoints.ts';

interface Options {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly policy: EndpointScope['policy'] & { readonly mode: 'act' | 'observe' };
  /** Of one region, whose metrics are judged now; absent: the schedule calls. */
  readonly look?: { readonly region: string; readonly health: readonly HealthNote[] };
}

type RunPorts = RegionPorts & EndpointObserver & MetricObserver;

/**
 * Endpoints are probed in every run. Metrics are judged once in five minutes, as are endpoints where there are none: that
 * they are gone is no hurry, and a run without a lease costs next to nothing.
 * @throws {AggregateError} when one of the two failed, after both have ended.
 */
export async function pollEndpointsAndMetrics(
  portsOf: (region: string) => RunPorts,
  { accountId, regions, policy, look }: Options,
  signal: AbortSignal,
): Promise<readonly PollsSummary[]> {
  const dues = new Map(
    metricRegions(regions).map(
      (region) => [region, look?.region === region || isDue(portsOf(region), signal)] as const,
    ),
  );
  const inRegion = async (
    region: string,
    scope: 'endpoints' | 'metrics',
    run: (ports: RunPorts) => Promise<{ readonly summary: PollSummary } | null>,
  ): Promise<PollSummary> => {
    const ports = portsOf(region);
    const isWanted = (await dues.get(region)) || (scope === 'endpoints' && (await hasAny(ports)));
    return (isWanted ? (await run(ports))?.summary : null) ?? skipped(scope, region);
  };
  const hasAny = async ({ endpoints }: RunPorts): Promise<boolean> => {
    const listed = await endpoints.endpoints(signal);
    return !listed.known || listed.value.length > 0;
  };
  const settled = await Promise.allSettled([
    pollEveryRegion('endpoints', regions, (region) =>
      inRegion(region, 'endpoints', (ports) => {
        const scope = { accountId, regionCount: regions.length, policy };
        return poll(ports, endpointStages(ports, scope), policy.mode, signal);
      }),
    ),
    pollEveryRegion('metrics', metricRegions(regions), (region) =>
      inRegion(region, 'metrics', (ports) => {
        const table = rowsOf(region, regions.includes(region));
        const health = look?.region === region ? look.health : [];
        return poll(ports, metricStages(ports, accountId, table, health), policy.mode, signal);
      }),
    ),
  ]);
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length > 0) throw new AggregateError(faults, 'polling endpoints and metrics');
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Without the state table, the first minute of five. */
async function isDue({ store, region, clock }: RunPorts, signal: AbortSignal): Promise<boolean> {
  const now = clock.now();
  const reading = await store.read([`memory#metrics#${region}`], signal);
  return reading.known
    ? isPassDue(recallMetrics(unpacked(reading.value[0]?.body ?? null)), now)
    : now % METRICS_EVERY_MS < 60_000;
}
