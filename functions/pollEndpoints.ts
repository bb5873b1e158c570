/** Every five minutes, and when somebody's own alarm goes off: Client VPN endpoints, and what is watched by its metrics alone. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { endpointPort } from '../lib/aws/clientVpn/endpoints.ts';
import { metricPort } from '../lib/aws/cloudWatch.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { awsRegionPorts } from '../lib/aws/ports/region.ts';
import { probeEndpoint } from '../lib/clientVpn/observe/probe.ts';
import { type Clock, systemClock as clock } from '../lib/core/time.ts';
import { metricRegions, rowsOf } from '../lib/metrics/table.ts';
import { readSettings } from '../lib/settings.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';
import { poll, skipped } from '../lib/watcher/poll.ts';
import { type PollsSummary, pollEveryRegion } from '../lib/watcher/regions.ts';
import { endpointStages, metricStages } from '../lib/watcher/scopes/endpoints.ts';

const memoizedPorts = memoize(awsRegionPorts);
const observerOf = memoize(({ region }: { readonly region: string; readonly clock: Clock }) => ({
  region,
  clock,
  endpoints: endpointPort(region, clock),
  metrics: metricPort(region, clock),
}));

type Answer = readonly PollsSummary[];

async function look(
  _event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const settings = readSettings();
  const { regions, policy } = settings;
  const accountId = accountOf(context) ?? '';
  const portsOf = (region: string) => memoizedPorts({ ...settings, region, clock });
  const settled = await Promise.allSettled([
    pollEveryRegion('endpoints', regions, async (region) => {
      const observer = {
        ...observerOf({ region, clock }),
        endpointProbes: { send: probeEndpoint },
      };
      const stages = endpointStages(observer, { accountId, regionCount: regions.length, policy });
      const polled = await poll(portsOf(region), stages, policy.mode, signal);
      return polled?.summary ?? skipped(stages.scope, region);
    }),
    pollEveryRegion('metrics', metricRegions(regions), async (region) => {
      const rows = rowsOf(region, regions.includes(region));
      const stages = metricStages(observerOf({ region, clock }), accountId, rows);
      const polled = await poll(portsOf(region), stages, policy.mode, signal);
      return polled?.summary ?? skipped(stages.scope, region);
    }),
  ]);
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length > 0) throw new AggregateError(faults, 'polling endpoints and metrics');
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

export const handler = middy().handler(look);
