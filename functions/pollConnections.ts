/** Every minute, and when AWS Health or Network Manager says so: Site-to-Site connections and their tunnels. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { memoize } from '../lib/aws/memoize.ts';
import { connectionPorts } from '../lib/aws/ports/connections.ts';
import { awsRegionPorts } from '../lib/aws/ports/region.ts';
import { systemClock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { readVpnEvent } from '../lib/watcher/events/connection.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';
import { skipped } from '../lib/watcher/poll.ts';
import { type PollsSummary, pollEveryRegion } from '../lib/watcher/regions.ts';
import { lookAtConnections } from '../lib/watcher/scopes/connections.ts';

const portsOf = memoize(connectionPorts);

type Answer = PollsSummary | { readonly version: 1; readonly ignored: string };

async function pollConnections(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const settings = readSettings();
  const accountId = accountOf(context);
  const notificationPlan = readVpnEvent(event, accountId, settings.regions);
  if (notificationPlan.kind === 'ignored') {
    const { logger } = awsRegionPorts({
      ...settings,
      region: settings.homeRegion,
      clock: systemClock,
    });
    logger.write('warn', `Event ignored: ${notificationPlan.why}`, {});
    return { version: 1, ignored: notificationPlan.why };
  }
  const regions = notificationPlan.kind === 'look' ? [notificationPlan.region] : settings.regions;
  const options = {
    accountId: accountId ?? '',
    mode: settings.policy.mode,
    health: notificationPlan.kind === 'look' ? notificationPlan.health : [],
  };
  return pollEveryRegion('connections', regions, async (region) => {
    const ports = portsOf({ ...settings, region, clock: systemClock });
    const polled = await lookAtConnections(ports, options, signal);
    return polled?.summary ?? skipped('connections', region);
  });
}

export const handler = middy().handler(pollConnections);
