/** Every minute, then looping every second until a newer invocation takes over: appliances and their routes. */
import { randomUUID } from 'node:crypto';
import { handlerOf } from '../lib/aws/handler.ts';
import { repairPort } from '../lib/aws/lambda/repairs.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { heapLimitMb, measureUse } from '../lib/aws/resourceUse.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { inEveryRegion } from '../lib/watcher/regions.ts';
import { watch } from '../lib/watcher/watch.ts';

export const handler = handlerOf({
  settings: readSettings,
  parse: () => null,
  run: async (_event, { settings, accountId, requestId, remainingMs, signal }) => {
    const { regions, homeRegion, policy, repair, off } = settings;
    const { repairFunction } = repair;
    const logUse = measureUse();
    const summary = await inEveryRegion(regions, (region) =>
      watch(memoizedPorts({ ...settings, region, clock, readsKeys: true }), {
        accountId,
        policy,
        off,
        watcherId: `${requestId || 'watcher'} ${randomUUID().slice(0, 8)}`,
        remainingMs,
        signal,
        repairs: repairFunction === null ? null : repairPort(homeRegion, repairFunction, clock),
      }),
    ).finally(logUse);
    return { ...summary, heapLimitMb: heapLimitMb() };
  },
});
