/** Site-to-Site VPN: what is read, and the one write. Types only. */

import type { LogPort } from '../core/logs.ts';
import type { MetricPort } from '../core/metricPort.ts';
import type { Reading } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { ConnectionFact, CustomerGatewayFact, MaintenanceFact } from './types/connection.ts';

/** No call throws for what AWS answers. What it holds beside facts (pre-shared keys, device configurations) never leaves the adapter. */
export interface VpnPort {
  /** Every connection of the region, those being deleted too. */
  connections(signal: AbortSignal): Promise<Reading<readonly ConnectionFact[]>>;
  /** Ids of the transit gateways on which equal paths of several connections are not used together (ECMP is off). */
  withoutEcmp(signal: AbortSignal): Promise<Reading<readonly string[]>>;
  customerGateways(signal: AbortSignal): Promise<Reading<readonly CustomerGatewayFact[]>>;
  /** How many static routes of a transit gateway's tables lead to each of its connections; an absent one has none. */
  staticRoutes(
    transitGatewayId: string,
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, number>>>;
  /** Of one tunnel that has lifecycle control. */
  maintenance(
    of: { readonly connectionId: string; readonly outsideIp: string },
    signal: AbortSignal,
  ): Promise<Reading<MaintenanceFact>>;
}

export interface TunnelPort {
  /** Applies the pending maintenance of one tunnel: its endpoint is replaced, and the tunnel goes down for that. */
  replaceTunnel(
    of: { readonly connectionId: string; readonly outsideIp: string },
    signal: AbortSignal,
  ): Promise<WriteAnswer>;
}

export type ConnectionPorts = RegionPorts & {
  readonly vpn: VpnPort & TunnelPort;
  readonly metrics: MetricPort;
  /** Absent: no logs are read. */
  readonly logs?: LogPort;
};
