/** Every minute, and when AWS Health or Network Manager says so: Site-to-Site connections and their tunnels. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { keepWarm } from '../lib/aws/memoize.ts';
import { connectionPorts } from '../lib/aws/ports/connections.ts';
import { awsRegionPorts } from '../lib/aws/ports/region.ts';
import { systemClock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { readVpnEvent } from '../lib/watcher/events/connection.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';
import { type PollsSummary, pollEveryRegion } from '../lib/watcher/regions.ts';
import { lookAtConnections } from '../lib/watcher/scopes/connections.ts';

const portsOf = keepWarm(connectionPorts);

type Answer = PollsSummary | { readonly version: 1; readonly ignored: string };

async function pollConnections(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const settings = readSettings();
  const accountId = accountOf(context);
  const news = readVpnEvent(event, accountId, settings.regions);
  if (news.kind === 'ignored') {
    const { journal } = awsRegionPorts({
      ...settings,
      region: settings.homeRegion,
      clock: systemClock,
    });
    journal.write('warn', `Event ignored: ${news.why}`, {});
    return { version: 1, ignored: news.why };
  }
  const regions = news.kind === 'look' ? [news.region] : settings.regions;
  const options = {
    accountId: accountId ?? '',
    mode: settings.policy.mode,
    health: news.kind === 'look' ? news.health : [],
  };
  return pollEveryRegion('connections', regions, async (region) => {
    const ports = portsOf({ ...settings, region, clock: systemClock });
    const { summary } = await lookAtConnections(ports, options, signal);
    return summary;
  });
}

export const handler = middy().handler(pollConnections);
