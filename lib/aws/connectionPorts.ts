/** What a look at the Site-to-Site connections of one region needs of AWS. */
import type { ConnectionPorts } from '../ports/vpn.ts';
import { metricPort } from './metrics.ts';
import type { AwsSettings } from './ports.ts';
import { awsRegionPorts } from './regionPorts.ts';
import { vpnPort } from './vpn.ts';

/** No network yet. */
export const connectionPorts = (
  settings: Omit<AwsSettings, 'probeFunctions'>,
): ConnectionPorts => ({
  ...awsRegionPorts(settings),
  vpn: vpnPort(settings.region, settings.clock, settings.onCall),
  metrics: metricPort(settings.region, settings.clock, settings.onCall),
});
