/** VPCs and what leads out of them, as EC2 describes it: peerings, route tables, virtual private gateways, PrivateLink endpoints. */
import type { Reading } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';

export interface NetworkWorld {
  readonly at: Instant;
  readonly peerings: Reading<readonly PeeringFact[]>;
  readonly tables: Reading<readonly NetworkTable[]>;
  readonly gateways: Reading<readonly PrivateGateway[]>;
  /** Those that carry the tag `vpn-medic:watch`. */
  readonly privateLinks: Reading<readonly PrivateLinkFact[]>;
}

export interface PeeringFact {
  readonly peeringId: string;
  /** AWS's word: `active`, `pending-acceptance`, `deleted`, … */
  readonly state: string;
  readonly accepter: PeerSide;
  readonly requester: PeerSide;
}

export interface PeerSide {
  readonly vpcId: string;
  readonly cidrs: readonly string[];
}

export interface NetworkTable {
  readonly tableId: string;
  /** The tag `Name`, or the id. */
  readonly name: string;
  readonly vpcId: string;
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  /** Virtual private gateways whose routes are propagated into it. */
  readonly propagating: readonly string[];
  readonly routes: readonly NetworkRoute[];
  readonly ignored: string | null;
  readonly isWatched: boolean;
}

export interface NetworkRoute {
  readonly destination: string;
  /** The peering or gateway that it leads to; empty: something else. */
  readonly target: string;
  readonly isBlackhole: boolean;
}

export interface PrivateGateway {
  readonly gatewayId: string;
  readonly name: string;
  /** The VPC that it is attached to; null: none. */
  readonly vpcId: string | null;
  readonly ignored: string | null;
  readonly isWatched: boolean;
}

export interface PrivateLinkFact {
  readonly endpointId: string;
  readonly name: string;
  readonly serviceName: string;
  /** AWS's word: `Interface`, `Gateway`, … */
  readonly kind: string;
  /** AWS's word in lower case: `available`, `rejected`, … */
  readonly state: string;
  /** Empty when AWS gives none. */
  readonly stateWhy: string;
  readonly subnetIds: readonly string[];
  readonly hasPrivateDns: boolean | null;
  readonly ignored: string | null;
}
