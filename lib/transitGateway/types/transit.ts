/** Transit gateway route tables and attachments as EC2 describes them. */

export interface TransitTableFact {
  readonly tableId: string;
  /** The tag `Name`, or the id. */
  readonly name: string;
  readonly transitGatewayId: string;
  /** The tag `vpn-medic:group` as it is written. */
  readonly groupTag: string;
  /** The tag `vpn-medic:preferred` as it is written; null: none. */
  readonly preferredTag: string | null;
  /** The tag `vpn-medic:members` as it is written; null: none. */
  readonly membersTag: string | null;
  /** The tag `vpn-medic:ignore`; null: none. */
  readonly ignored: string | null;
}

/** One static route. */
export interface TransitRouteFact {
  /** IPv4 or IPv6 CIDR. */
  readonly destination: string;
  /** Null: none, or more than one. */
  readonly attachment: RouteAttachment | null;
  readonly isBlackhole: boolean;
}

export interface RouteAttachment {
  readonly attachmentId: string;
  /** Of a VPN attachment: the connection's id. */
  readonly resourceId: string;
  /** EC2's word: `vpn`, `vpc`, `direct-connect-gateway`, … */
  readonly resourceType: string;
}

/** The attachment of a connection to its transit gateway. */
export interface AttachmentFact {
  readonly attachmentId: string;
  readonly connectionId: string;
  readonly transitGatewayId: string;
  /** EC2's word: only `available` carries traffic. */
  readonly stateWord: string;
}

/** `tgw-rtb-… 10.0.0.0/8` */
export const routeKeyOf = (tableId: string, destination: string): string =>
  `${tableId} ${destination}`;
