/** Every minute, and when an alarm of the account's own or AWS Health says so: Client VPN endpoints, and what is judged by metrics alone. */
import { handlerOf } from '../lib/aws/handler.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { endpointPorts } from '../lib/aws/ports/endpoints.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { readEndpointEvent } from '../lib/watcher/events/directConnect.ts';
import { pollEndpointsAndMetrics } from '../lib/watcher/scopes/endpointsAndMetrics.ts';

const portsOf = memoize(endpointPorts);

export const handler = handlerOf({
  settings: readSettings,
  parse: (event, { settings, accountId }) => readEndpointEvent(event, accountId, settings.regions),
  run: (event, { settings, accountId, signal }) => {
    const { regions, policy } = settings;
    return pollEndpointsAndMetrics(
      (region) => portsOf({ ...settings, region, clock }),
      {
        accountId: accountId ?? '',
        regions,
        policy,
        ...(event.kind === 'look' && { look: event }),
      },
      signal,
    );
  },
});
