/** What a look at the Client VPN endpoints and the metrics of one region needs of AWS. */

import { probeEndpoint } from '../../clientVpn/observe/probe.ts';
import type { EndpointObserver } from '../../clientVpn/observe.ts';
import type { RegionPorts } from '../../incidents/ports.ts';
import type { MetricObserver } from '../../metrics/observe.ts';
import { endpointPort } from '../clientVpn/endpoints.ts';
import { surroundingsPort } from '../clientVpn/surroundings.ts';
import { metricPort } from '../cloudWatch.ts';
import { logPort } from '../logEvents.ts';
import { watchTagPort } from '../tagging.ts';
import type { AwsSettings } from './appliances.ts';
import { awsRegionPorts } from './region.ts';

/** No network yet. */
export const endpointPorts = (
  settings: Omit<AwsSettings, 'probeFunctions'> & { readonly logsUrl: string | null },
): RegionPorts & EndpointObserver & MetricObserver => ({
  ...awsRegionPorts(settings),
  endpoints: endpointPort(settings.region, settings.clock, settings.onCall),
  endpointProbes: { send: probeEndpoint },
  surroundings: surroundingsPort(settings.region, settings.clock, settings.onCall),
  logs: logPort(settings),
  metrics: metricPort(settings.region, settings.clock, settings.onCall),
  watchTags: watchTagPort(settings.region, settings.clock, settings.onCall),
});
