/** What surrounds the VPN paths in the VPCs of one region, read only. Types only. */
import type { Reading } from '../core/reading.ts';
import type {
  DirectConnectFact,
  GatewayAttachment,
  NetworkTable,
  PeeringFact,
  PrivateGateway,
  PrivateLinkFact,
  TransitGatewayFact,
  TransitRoute,
  TransitRouteState,
} from './types.ts';

/** Lists are whole (every page) or unknown. */
export interface NetworkPort {
  peerings(signal: AbortSignal): Promise<Reading<readonly PeeringFact[]>>;
  /** Of every VPC of the region. */
  tables(signal: AbortSignal): Promise<Reading<readonly NetworkTable[]>>;
  gateways(signal: AbortSignal): Promise<Reading<readonly PrivateGateway[]>>;
  /** Those that carry the tag `vpn-medic:watch`. */
  privateLinks(signal: AbortSignal): Promise<Reading<readonly PrivateLinkFact[]>>;
  /** Of every transit gateway that the account sees. */
  attachments(signal: AbortSignal): Promise<Reading<readonly GatewayAttachment[]>>;
  transitGateways(signal: AbortSignal): Promise<Reading<readonly TransitGatewayFact[]>>;
  /**
   * Routes of route tables of transit gateways, by id, in order, as far as `callsMax` calls reach: a table that has no call
   * left is absent, one that has more routes than its calls give is unknown. `states` left out: the active ones.
   */
  transitRoutes(
    tableIds: readonly string[],
    callsMax: number,
    signal: AbortSignal,
    states?: readonly TransitRouteState[],
  ): Promise<ReadonlyMap<string, Reading<readonly TransitRoute[]>>>;
  /** `gatewayIds`: Direct Connect gateways that are asked about beside those of the interfaces. */
  directConnect(
    gatewayIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<DirectConnectFact>>;
}
