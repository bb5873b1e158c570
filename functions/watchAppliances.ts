/** Every minute, then looping every second until a newer invocation takes over: appliances and their routes. */
import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { repairPort } from '../lib/aws/lambda/repairs.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';
import { inEveryRegion, type RegionsSummary } from '../lib/watcher/regions.ts';
import { watch } from '../lib/watcher/watch.ts';

async function watchAppliances(
  _event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<RegionsSummary> {
  const settings = readSettings();
  const { repairFunction } = settings.repair;
  return inEveryRegion(settings.regions, (region) =>
    watch(memoizedPorts({ ...settings, region, clock: systemClock }), {
      accountId: accountOf(context),
      policy: settings.policy,
      watcherId: `${context.awsRequestId || 'watcher'} ${randomUUID().slice(0, 8)}`,
      remainingMs: () => context.getRemainingTimeInMillis(),
      signal,
      repairs:
        repairFunction === null
          ? null
          : repairPort(settings.homeRegion, repairFunction, systemClock),
    }),
  );
}

export const handler = middy().handler(watchAppliances);
