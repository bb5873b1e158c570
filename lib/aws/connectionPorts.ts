/** What a look at the Site-to-Site connections of one region needs of AWS. */
import type { ConnectionPorts } from '../ports/vpn.ts';
import type { StorePort } from '../ports.ts';
import { metricPort } from './metrics.ts';
import { awsRegionPorts, type RegionSettings } from './regionPorts.ts';
import { vpnPort } from './vpn.ts';

/** No network yet. */
export const connectionPorts = (settings: RegionSettings, store: StorePort): ConnectionPorts => ({
  ...awsRegionPorts(settings, store),
  vpn: vpnPort(settings.region, settings.clock, settings.onCall),
  metrics: metricPort(settings.region, settings.clock, settings.onCall),
});
