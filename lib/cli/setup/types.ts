/** What `vpn-medic setup` proposes, and what of transit gateways it is made from. Types only. */
import type { TagWrite } from '../../appliances/ports/discovery.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
import type { TransitRouteFact } from '../../transitGateway/types/transit.ts';
import type { Wanted } from '../check/reach/types.ts';

export interface Proposal {
  readonly groups: readonly ProposedGroup[];
  readonly connectionGroups: readonly ProposedConnectionGroup[];
  /** Transit gateways whose routes do not show which connection stands by for which. */
  readonly unclear: readonly string[];
  /** Those that are missing; existing ones are never changed, but for group names added to a table's list. */
  readonly tags: readonly TagWrite[];
  readonly leftOut: readonly LeftOut[];
}

export interface ProposedGroup {
  readonly name: string;
  readonly vpcId: string;
  readonly members: readonly ProposedMember[];
  readonly tables: readonly ProposedTable[];
  /** What keeps it from failing over even with these tags, each with what to do. */
  readonly lacks: readonly string[];
}

export interface ProposedMember {
  readonly instanceId: string;
  readonly name: string;
  readonly zone: string;
  readonly subnetId: string;
  /** By its image; null: the image says nothing of it. */
  readonly product: string | null;
  readonly probe: ProbeGuess;
}

export interface ProposedTable {
  readonly tableId: string;
  readonly name: string;
  readonly destinations: readonly string[];
}

export interface LeftOut {
  readonly instanceId: string;
  readonly name: string;
  readonly why: string;
}

export interface ProbeGuess extends Wanted {
  /** As in the tag `vpn-medic:probe`. */
  readonly clause: string;
  /** `tag`: its owner said so. `rules`: a security group opens the port. `image`: its image holds such a daemon. `key`: the port is open, and the daemon answers only whom it knows. `none`: nothing says so, the default stands. */
  readonly basis: 'tag' | 'rules' | 'image' | 'key' | 'none';
}

export interface TransitFacts {
  /** On a transit gateway, and not ignored. */
  readonly connections: readonly TransitConnection[];
  readonly tables: readonly TransitTable[];
}

export type TransitConnection = Pick<ConnectionFact, 'connectionId' | 'name' | 'group'> & {
  readonly transitGatewayId: string;
};

export interface TransitTable {
  readonly tableId: string;
  readonly transitGatewayId: string;
  readonly statics: readonly TransitRouteFact[];
  /** Ids of connections that an active route leads to, static or propagated. */
  readonly carriers: ReadonlySet<string>;
}

export interface ConnectionProposal {
  readonly groups: readonly ProposedConnectionGroup[];
  /** Transit gateways whose routes do not show which connection stands by for which. */
  readonly unclear: readonly string[];
}

export interface ProposedConnectionGroup {
  readonly name: string;
  readonly transitGatewayId: string;
  readonly members: readonly TransitConnection[];
  /** Of the members that static routes lead to. */
  readonly carrierIds: readonly string[];
  readonly tables: readonly ProposedTable[];
}
