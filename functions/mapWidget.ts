/** CloudWatch custom widget: the VPN map as it is now. Invoked when a user opens the dashboard; reads only. */
import { endpointPort } from '../lib/aws/clientVpn/endpoints.ts';
import { handlerOf } from '../lib/aws/handler.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { drawPanel } from '../lib/map/panel.ts';
import { drawState } from '../lib/map/statePanel.ts';
import { survey } from '../lib/map/survey.ts';
import { DESCRIPTION, readWidget } from '../lib/map/widget.ts';
import { readSettings } from '../lib/settings.ts';
import { readLeaderView } from '../lib/watcher/leaderView.ts';

export const handler = handlerOf({
  settings: readSettings,
  parse: readWidget,
  run: async (asked, { settings, accountId, signal }) => {
    if (asked.kind === 'describe') return DESCRIPTION;
    const { regions, policy } = settings;
    const [firstRegion = ''] = regions;
    const region = regions.find((one) => one === asked.region) ?? firstRegion;
    const { homeRegion } = settings;
    const ports = memoizedPorts({ ...settings, region, clock });
    const { show } = asked;
    if (show === 'state') {
      const view = await readLeaderView(ports.store, region, homeRegion, clock.now, signal);
      return drawState(view, region, asked.theme, settings.ackFunctionArn).toString();
    }
    const all = { ...ports, endpoints: endpointPort(region, clock) };
    const scene = await survey(all, accountId, policy, signal, homeRegion);
    return drawPanel(scene, { ...asked, show }).toString();
  },
});
