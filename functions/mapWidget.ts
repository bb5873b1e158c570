/** CloudWatch custom widget: the VPN map as it is now. Invoked by whoever looks at the dashboard; reads only. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { endpointPort } from '../lib/aws/clientVpn/endpoints.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { drawPanel } from '../lib/map/panel.ts';
import { survey } from '../lib/map/survey.ts';
import { DESCRIPTION, readWidget } from '../lib/map/widget.ts';
import { readSettings } from '../lib/settings.ts';
import { accountOf } from '../lib/watcher/events/instance.ts';

async function mapWidget(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<string> {
  const asked = readWidget(event);
  if (asked.kind === 'describe') return DESCRIPTION;
  const settings = readSettings();
  const [preferred = ''] = settings.regions;
  const region = settings.regions.find((one) => one === asked.region) ?? preferred;
  const ports = {
    ...memoizedPorts({ ...settings, region, clock }),
    endpoints: endpointPort(region, clock),
  };
  const scene = await survey(ports, accountOf(context), settings.policy, signal);
  return drawPanel(scene, asked).toString();
}

export const handler = middy().handler(mapWidget);
