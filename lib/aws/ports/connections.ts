/** The AWS ports of the connections scope of one region. */
import type { NetworkPort } from '../../network/ports.ts';
import type { ConnectionPorts } from '../../siteToSite/ports.ts';
import type { TransitGatewayPort } from '../../transitGateway/ports.ts';
import { metricPort } from '../cloudWatch.ts';
import { logPort } from '../logEvents.ts';
import { networkPort } from '../network/port.ts';
import { vpnPort } from '../siteToSite/port.ts';
import { transitGatewayPort } from '../transitGateway/port.ts';
import type { AwsSettings } from './appliances.ts';
import { awsRegionPorts } from './region.ts';

/** No network yet. */
export const connectionPorts = (
  settings: Omit<AwsSettings, 'probeFunctions'> & { readonly logsUrl: string | null },
): ConnectionPorts & {
  readonly transit: TransitGatewayPort;
  readonly network: NetworkPort;
} => ({
  ...awsRegionPorts(settings),
  vpn: vpnPort(settings.region, settings.clock, settings.onCall),
  transit: transitGatewayPort(settings.region, settings.clock, settings.onCall),
  logs: logPort(settings),
  network: networkPort(settings.region, settings.clock, settings.onCall),
  metrics: metricPort(settings.region, settings.clock, settings.onCall),
});
