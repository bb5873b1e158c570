/** CloudWatch custom widget: the VPN map as it is now. Invoked when a user opens the dashboard; reads only. */
import { endpointPort } from '../lib/aws/clientVpn/endpoints.ts';
import { handlerOf } from '../lib/aws/handler.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { drawPanel } from '../lib/map/panel.ts';
import { survey } from '../lib/map/survey.ts';
import { DESCRIPTION, readWidget } from '../lib/map/widget.ts';
import { readSettings } from '../lib/settings.ts';

export const handler = handlerOf({
  settings: readSettings,
  parse: readWidget,
  run: async (asked, { settings, accountId, signal }) => {
    if (asked.kind === 'describe') return DESCRIPTION;
    const { regions, policy } = settings;
    const [firstRegion = ''] = regions;
    const region = regions.find((one) => one === asked.region) ?? firstRegion;
    const ports = {
      ...memoizedPorts({ ...settings, region, clock }),
      endpoints: endpointPort(region, clock),
    };
    return drawPanel(
      await survey(ports, accountId, policy, signal, settings.homeRegion),
      asked,
    ).toString();
  },
});
