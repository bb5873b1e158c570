/** What surrounds the VPN paths in the VPCs of one region, read only. Types only. */
import type { Reading } from '../core/reading.ts';
import type { NetworkTable, PeeringFact, PrivateGateway, PrivateLinkFact } from './types.ts';

/** Lists are whole (every page) or unknown. */
export interface NetworkPort {
  peerings(signal: AbortSignal): Promise<Reading<readonly PeeringFact[]>>;
  /** Of every VPC of the region. */
  tables(signal: AbortSignal): Promise<Reading<readonly NetworkTable[]>>;
  gateways(signal: AbortSignal): Promise<Reading<readonly PrivateGateway[]>>;
  /** Those that carry the tag `vpn-medic:watch`. */
  privateLinks(signal: AbortSignal): Promise<Reading<readonly PrivateLinkFact[]>>;
}
