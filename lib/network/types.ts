/** VPCs and what leads out of them, as AWS describes it: peerings, route tables, gateways, their attachments, Direct Connect, PrivateLink endpoints. */
import type { Reading } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';

export const NETWORK_EVERY_MS = 3_600_000;
/** Of which what they lead to is read; with more, nothing of Direct Connect is known. */
export const DIRECT_CONNECT_GATEWAYS_MAX = 5;

export interface NetworkWorld {
  readonly at: Instant;
  readonly region: string;
  readonly peerings: Reading<readonly PeeringFact[]>;
  readonly tables: Reading<readonly NetworkTable[]>;
  readonly gateways: Reading<readonly PrivateGateway[]>;
  /** Those that carry the tag `vpn-medic:watch`. */
  readonly privateLinks: Reading<readonly PrivateLinkFact[]>;
  readonly attachments: Reading<readonly GatewayAttachment[]>;
  /** By id: route tables of transit gateways that VPCs or connections are associated with, as far as they were asked for. */
  readonly transitTables: ReadonlyMap<string, Reading<readonly TransitRoute[]>>;
  /** Those that were not. */
  readonly unreadTableIds: readonly string[];
  readonly directConnect: Reading<DirectConnectFact>;
}

/** What is attached to a transit gateway. */
export interface GatewayAttachment {
  readonly attachmentId: string;
  readonly transitGatewayId: string;
  /** AWS's word: `vpc`, `vpn`, `direct-connect-gateway`, … */
  readonly kind: string;
  /** `vpc-…`, `vpn-…`, the id of a Direct Connect gateway. */
  readonly resourceId: string;
  /** The route table that it is associated with; null: none. */
  readonly tableId: string | null;
}

/** A route of a transit gateway's route table. */
export interface TransitRoute {
  readonly destination: string;
  /** Absent: it is active. */
  readonly isBlackhole?: boolean;
  readonly attachments: readonly Pick<GatewayAttachment, 'kind' | 'resourceId'>[];
}

export type TransitRouteState = 'active' | 'blackhole';

export interface DirectConnectFact {
  /** Private and transit virtual interfaces of this region. */
  readonly interfaces: readonly VirtualInterfaceFact[];
  /** Direct Connect gateways with what they lead to. */
  readonly gateways: readonly DirectConnectGatewayFact[];
}

export interface VirtualInterfaceFact {
  readonly interfaceId: string;
  readonly name: string;
  readonly connectionId: string;
  /** AWS's name of the device that it ends on; empty where AWS gives none. */
  readonly device: string;
  /** The virtual private gateway or Direct Connect gateway behind it; empty: none. */
  readonly gatewayId: string;
  /** A BGP session is up; null: AWS does not say. */
  readonly isUp: boolean | null;
}

export interface DirectConnectGatewayFact {
  readonly directConnectGatewayId: string;
  /** Virtual private gateways and transit gateways of any region. */
  readonly gatewayIds: readonly string[];
  /** Virtual interfaces of any region. */
  readonly interfaceIds: readonly string[];
}

/** What is asked of a Site-to-Site connection here. */
export interface NetworkConnection {
  readonly connectionId: string;
  readonly name: string;
  readonly gatewayId: string;
  /** The attachment of the Direct Connect gateway below a private connection; null: it is public. */
  readonly transportAttachmentId: string | null;
  /** Some tunnel is up. */
  readonly isUp: boolean;
  /** Every tunnel is known to be down. */
  readonly isDown: boolean;
  /** Its own static routes. */
  readonly ranges: readonly string[];
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
  /** It has the tag `vpn-medic:group`. Absent: it has not. */
  readonly isGrouped?: boolean;
}

export interface NetworkRoute {
  readonly destination: string;
  /** The peering, gateway or endpoint that it leads to, `local` for the VPC's own ranges; empty: something else. */
  readonly target: string;
  readonly isBlackhole: boolean;
  /** By a virtual private gateway. Absent: it is not. */
  readonly isPropagated?: boolean;
}

export interface PrivateGateway {
  readonly gatewayId: string;
  readonly name: string;
  /** The VPC that it is attached to; null: none. */
  readonly vpcId: string | null;
  /** The tag `vpn-medic:group`; absent: none. */
  readonly groupTag?: string;
  readonly ignored: string | null;
  readonly isWatched: boolean;
}

export interface TransitGatewayFact {
  readonly gatewayId: string;
  readonly name: string;
  readonly groupTag?: string;
  readonly ignored: string | null;
}

/** A gateway with the tag `vpn-medic:group`. */
export interface GroupedGateway {
  readonly gatewayId: string;
  readonly groupTag: string;
  readonly ignored: string | null;
}

export interface LastResortWorld {
  readonly gateways: readonly GroupedGateway[];
  readonly places: readonly GatewayPlace[];
  /** Route tables of the VPCs; empty while there is no such gateway. */
  readonly tables: readonly NetworkTable[];
}

/** A gateway in a VPC that it is attached to. */
export interface GatewayPlace {
  readonly gatewayId: string;
  readonly vpcId: string;
  /** Of a transit gateway: the routes that packets from the VPC follow. */
  readonly routes: readonly TransitRoute[];
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
