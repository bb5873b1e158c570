/** What the inventory means with the tags read: appliances, groups, managed routes and their preferred next hops. */

import type { Subject } from '../../core/finding.ts';
import type { Quiet } from '../../core/quiet.ts';
import type { FaultReason } from '../../core/reasons.ts';
import type { RepairPermission } from '../../core/repairTags.ts';
import { PRIORITY_DEFAULT } from '../../core/tags.ts';
import type { ProbeClause } from '../../probe/types.ts';

export interface Topology {
  readonly accountId: string;
  readonly region: string;
  /** Ordered by instance id. */
  readonly appliances: readonly Appliance[];
  /** Ordered by table id, then destination: the order of plans. */
  readonly routes: readonly ManagedRoute[];
  readonly tables: readonly TableObservation[];
  /** Tags and wiring that are wrong; each becomes a finding. */
  readonly faults: readonly Fault[];
  /** Resources tagged `vpn-medic:ignore`, with the reason given: listed, never notified. */
  readonly ignored: ReadonlyMap<string, string>;
  /** Address ranges inside the VPCs, by VPC id: never behind a tunnel. */
  readonly localCidrs: ReadonlyMap<string, readonly string[]>;
  /** Prefix lists with their entries, by id. */
  readonly prefixLists: ReadonlyMap<string, readonly string[]>;
}

export interface Appliance {
  readonly instanceId: string;
  readonly name: string;
  readonly group: string;
  /** The VPC of the instance; its interfaces may lie in others. */
  readonly vpcId: string;
  readonly zone: string;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  readonly ipv6: string | null;
  /** Every address that EC2 shows on its interfaces, and the three above: never behind its tunnel. */
  readonly ownAddresses: readonly string[];
  /** Those that it has, and those that it has lost while routes led to them: it is the next hop of a route to any of them. */
  readonly interfaces: readonly ApplianceInterface[];
  /** Why the interfaces are only remembered ones; null: they were read. */
  readonly interfacesUnreadWhy: string | null;
  /** All clauses must hold for the appliance to be up. */
  readonly probes: readonly ProbeClause[];
  /** Pinned client pools: canonical CIDRs. */
  readonly pools: readonly string[];
  /** Lower first among the members that could carry a route. Absent: `PRIORITY_DEFAULT`. */
  readonly priority?: number;
  /** What its owner allows as repair; absent: nothing. */
  readonly repair?: RepairPermission;
  /** Hours in which it is expected to be off; absent: none. */
  readonly quiet?: Quiet;
  /** The spans in which a drill of its group may begin; absent: none. */
  readonly drillTimes?: Quiet;
  /** Absent: EC2 has not shown the instance. */
  readonly identity?: Identity;
}

export const priorityOf = ({ priority = PRIORITY_DEFAULT }: Appliance): number => priority;

/** What EC2 says an instance was launched as: no tag of its own can claim it. */
export interface Identity {
  /** Its ARN; null: none. */
  readonly instanceProfile: string | null;
  readonly autoScalingGroup: string | null;
}

/** One arm of an appliance: what a route can lead to. */
export interface ApplianceInterface {
  readonly interfaceId: string;
  readonly vpcId: string;
  readonly deviceIndex: number;
  /** The word of `vpn-medic:role`; null without it. */
  readonly role: string | null;
  /** The only one of its appliance that has the tag `vpn-medic:group`. */
  readonly isChosen: boolean;
  readonly hasSourceDestCheck: boolean;
  readonly families: readonly AddressFamily[];
  /** `lost`: it had an IPv6 address while routes led to it, and neither call shows one now. Absent: it never had one then. */
  readonly ipv6?: 'had' | 'lost' | undefined;
  /** False: it was the appliance's when last seen. */
  readonly isAttached: boolean;
  /** The instance, no appliance, that it is attached to now; null: none. */
  readonly movedTo: string | null;
  /** A route leads to it, or did when it was last seen on the appliance. */
  readonly hasCarried: boolean;
}

/** The VPCs whose routes can lead to it: those of its interfaces. */
export const vpcIdsOf = ({ vpcId, interfaces }: Appliance): readonly string[] =>
  interfaces.length === 0 ? [vpcId] : [...new Set(interfaces.map((one) => one.vpcId))];

export const isInVpc = ({ vpcId: own, interfaces }: Appliance, vpcId: string): boolean =>
  interfaces.length === 0 ? own === vpcId : interfaces.some((one) => one.vpcId === vpcId);

export type AddressFamily = 'ipv4' | 'ipv6';

/** The families of a destination; both, of a prefix list with entries of both. */
export const familiesOf = (
  destination: string,
  { prefixLists }: Pick<Topology, 'prefixLists'>,
): readonly AddressFamily[] => [
  ...new Set(
    (prefixLists.get(destination) ?? [destination]).map((cidr) =>
      cidr.includes(':') ? 'ipv6' : 'ipv4',
    ),
  ),
];

export interface TableObservation {
  readonly tableId: string;
  readonly name: string;
  readonly vpcId: string;
  /** Groups it is tagged for; empty when untagged. */
  readonly groups: readonly string[];
  /** Who may join its groups, by `vpn-medic:members`: ids, instance profiles, auto scaling groups. Absent: no tag. */
  readonly members?: readonly string[];
  /** Zone where most of its subnets lie; null without subnets. */
  readonly preferredZone: string | null;
  readonly subnetIds: readonly string[];
  /** Every route of it, for longest-prefix matches: destination (prefix lists expanded) and target id. */
  readonly ways: readonly { readonly cidr: string; readonly targetId: string }[];
}

export interface ManagedRoute {
  /** `rtb-… 10.0.0.0/8`: unique in the region. */
  readonly key: string;
  readonly tableId: string;
  readonly tableName: string;
  readonly vpcId: string;
  readonly destination: string;
  readonly group: string;
  /** The interface or gateway it points at now; the instance where EC2 shows no interface. */
  readonly targetId: string;
  /** The appliance, or the gateway of last resort, that it points at. */
  readonly nextHop: string;
  readonly isBlackhole: boolean;
  readonly preferred: Preferred;
}

/** The preferred next hop of a route. */
export type Preferred =
  | {
      readonly kind: 'appliance';
      readonly instanceId: string;
      readonly why: 'learnt' | 'tag' | 'zone';
    }
  /** A client pool of this appliance: never moved away, only repaired. */
  | {
      readonly kind: 'pool';
      readonly instanceId: string;
      readonly pool: string;
      /** One that is gone for good has claimed it, too; absent: not so. */
      readonly isInherited?: true;
    }
  /** More than one appliance claims it as a client pool, or a part of it: never written, unless only who is not admitted does. */
  | { readonly kind: 'contested'; readonly why: string; readonly claims: readonly PoolClaim[] };

export interface PoolClaim {
  readonly instanceId: string;
  readonly pool: string;
}

/** Something in tags or wiring that a person has to correct; `fix` says how. */
export interface Fault {
  readonly reason: FaultReason;
  readonly subject: Subject;
  readonly summary: string;
  readonly fix: string;
}
