/** Every minute, and when AWS Health or Network Manager says so: Site-to-Site connections and their tunnels. */
import { handlerOf } from '../lib/aws/handler.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { connectionPorts } from '../lib/aws/ports/connections.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { readVpnEvent } from '../lib/watcher/events/connection.ts';
import { skipped } from '../lib/watcher/poll/pass.ts';
import { pollEveryRegion } from '../lib/watcher/regions.ts';
import { lookAtConnections, loopOf } from '../lib/watcher/scopes/connections.ts';

const portsOf = memoize(connectionPorts);

export const handler = handlerOf({
  settings: readSettings,
  parse: (event, { settings, accountId }) => readVpnEvent(event, accountId, settings.regions),
  run: async (event, { settings, accountId, remainingMs, signal }) => {
    const { regions, policy } = settings;
    const options = {
      accountId: accountId ?? '',
      mode: policy.mode,
      holdMs: policy.holdMs,
      health: event.kind === 'look' ? event.health : [],
    };
    const due = event.kind === 'look' ? [event.region] : regions;
    // An event asks for one look: only what the schedule starts goes on.
    const loop = event.kind === 'look' ? null : loopOf(remainingMs);
    return pollEveryRegion('connections', due, async (region) => {
      const ports = portsOf({ ...settings, region, clock });
      const polled = await lookAtConnections(ports, options, signal, loop);
      return polled?.summary ?? skipped('connections', region);
    });
  },
});
