/** The AWS ports of the connections scope of one region. */
import type { ConnectionPorts } from '../../siteToSite/ports.ts';
import { metricPort } from '../cloudWatch.ts';
import { vpnPort } from '../siteToSite/connections.ts';
import type { AwsSettings } from './appliances.ts';
import { awsRegionPorts } from './region.ts';

/** No network yet. */
export const connectionPorts = (
  settings: Omit<AwsSettings, 'probeFunctions'>,
): ConnectionPorts => ({
  ...awsRegionPorts(settings),
  vpn: vpnPort(settings.region, settings.clock, settings.onCall),
  metrics: metricPort(settings.region, settings.clock, settings.onCall),
});
