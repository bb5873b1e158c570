/** Every minute, and when AWS Health or Network Manager says so: Site-to-Site connections and their tunnels. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { connectionPorts } from '../lib/aws/connectionPorts.ts';
import { awsRegionPorts } from '../lib/aws/regionPorts.ts';
import { keepWarm } from '../lib/aws/warm.ts';
import { readSettings } from '../lib/config.ts';
import { lookAtConnections } from '../lib/connections.ts';
import { accountOf } from '../lib/event.ts';
import { type PollsSummary, pollEveryRegion } from '../lib/regions.ts';
import { systemClock } from '../lib/time.ts';
import { readVpnEvent } from '../lib/vpnEvent.ts';

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
