/** One run over the Client VPN endpoints and the metric table of every region, side by side. */
import type { EndpointObserver, EndpointScope } from '../../clientVpn/observe.ts';
import type { RegionPorts } from '../../incidents/ports.ts';
import type { MetricObserver } from '../../metrics/observe.ts';
import { metricRegions, rowsOf } from '../../metrics/table.ts';
import { poll, skipped } from '../poll.ts';
import { type PollsSummary, pollEveryRegion } from '../regions.ts';
import { endpointStages, metricStages } from './endpoints.ts';

interface Options {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly policy: EndpointScope['policy'] & { readonly mode: 'act' | 'observe' };
}

/** @throws {AggregateError} when one of the two failed, after both have ended. */
export async function pollEndpointsAndMetrics(
  portsOf: (region: string) => RegionPorts & EndpointObserver & MetricObserver,
  { accountId, regions, policy }: Options,
  signal: AbortSignal,
): Promise<readonly PollsSummary[]> {
  const settled = await Promise.allSettled([
    pollEveryRegion('endpoints', regions, async (region) => {
      const ports = portsOf(region);
      const stages = endpointStages(ports, { accountId, regionCount: regions.length, policy });
      const polled = await poll(ports, stages, policy.mode, signal);
      return polled?.summary ?? skipped(stages.scope, region);
    }),
    pollEveryRegion('metrics', metricRegions(regions), async (region) => {
      const ports = portsOf(region);
      const stages = metricStages(ports, accountId, rowsOf(region, regions.includes(region)));
      const polled = await poll(ports, stages, policy.mode, signal);
      return polled?.summary ?? skipped(stages.scope, region);
    }),
  ]);
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length > 0) throw new AggregateError(faults, 'polling endpoints and metrics');
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
