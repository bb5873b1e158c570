/** What EC2 says exists: plain facts, nothing interpreted. */

import type { Reading } from '../../core/reading.ts';
import type { TagFact } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';

/** One region of one account, each part readable or not on its own. */
export interface Inventory {
  readonly accountId: string;
  readonly region: string;
  /** Tags whose key begins with `vpn-medic:`, of every resource. */
  readonly tags: Reading<readonly TagFact[]>;
  /** One entry per zone that holds a tagged instance, so that a zone that fails hides no other; ordered by zone. */
  readonly zones: readonly ZoneInventory[];
  /** One for each interface that an appliance had and has no more, asked for by its id. */
  readonly lostInterfaces: Reading<readonly LostInterface[]>;
  readonly subnets: Reading<readonly SubnetFact[]>;
  /** Every table of every VPC that holds an appliance. */
  readonly routeTables: Reading<readonly RouteTableFact[]>;
  /** Elastic addresses that carry our group tag, each as a table of one route. Absent: none carries it. */
  readonly addresses?: Reading<readonly RouteTableFact[]>;
  /** Only the prefix lists that a managed route names. */
  readonly prefixLists: Reading<readonly PrefixListFact[]>;
}

export interface ZoneInventory {
  readonly zone: string;
  readonly instances: Reading<readonly InstanceFact[]>;
  readonly statuses: Reading<readonly StatusFact[]>;
  readonly interfaces: Reading<readonly InterfaceFact[]>;
}

export type InstanceState =
  | 'pending'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'shutting-down'
  | 'terminated';

/** EC2's word, or that it is a word that we do not know: neither running nor down. */
export type StateFact = InstanceState | 'unknown';

export interface InstanceFact {
  readonly instanceId: string;
  /** The `Name` tag, or empty. */
  readonly name: string;
  readonly accountId: string;
  /** Empty for an instance that is terminated. */
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly state: StateFact;
  /** When it last started; a reboot does not change it. Null or absent: not known. */
  readonly launchedAt?: Instant | null;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  readonly ipv6s: readonly string[];
  /** The interfaces that DescribeInstances lists of it; absent: not known. */
  readonly interfaceIds?: readonly string[];
  /** The ARN of its instance profile; null or absent: it has none. */
  readonly instanceProfile?: string | null;
  /** The tag `aws:autoscaling:groupName`, which only AWS can set; null or absent: it has none. */
  readonly autoScalingGroup?: string | null;
}

/** One of EC2's own health checks. Only `impaired` says down; `initializing` and `insufficient-data` say nothing. */
export type CheckStatus =
  | 'ok'
  | 'impaired'
  | 'insufficient-data'
  | 'not-applicable'
  | 'initializing';

export interface StatusFact {
  readonly instanceId: string;
  readonly zone: string;
  readonly state: StateFact;
  readonly system: CheckStatus;
  readonly instance: CheckStatus;
  readonly attachedEbs: CheckStatus;
  /** Scheduled events that are still ahead. */
  readonly events: readonly ScheduledEvent[];
}

export interface ScheduledEvent {
  /** EC2's code: `instance-retirement`, `system-reboot`, … */
  readonly code: string;
  readonly description: string;
  readonly notBefore: Instant | null;
}

export interface InterfaceFact {
  readonly interfaceId: string;
  /** Null while attached to nothing. */
  readonly instanceId: string | null;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  /** EC2's state; only `in-use` carries packets. `unknown`: a word that we do not know, so neither in use nor lost. */
  readonly status: 'available' | 'associated' | 'attaching' | 'in-use' | 'detaching' | 'unknown';
  readonly attachment: 'attaching' | 'attached' | 'detaching' | 'detached' | 'unknown';
  readonly deviceIndex: number;
  /** On means that forwarded packets are dropped silently. */
  readonly hasSourceDestCheck: boolean;
  readonly privateIp: string | null;
  readonly publicIp: string | null;
  /** Of the Elastic address that `publicIp` is; absent: it is none. */
  readonly allocationId?: string;
  /** Its further private addresses, each with the public address that is associated with it; absent: none. */
  readonly secondaryIps?: readonly SecondaryIp[];
  readonly ipv6s: readonly string[];
}

export interface LostInterface {
  readonly interfaceId: string;
  /** As EC2 shows it now; null: EC2 no longer knows it. */
  readonly link: InterfaceFact | null;
}

export interface SecondaryIp {
  readonly privateIp: string;
  readonly publicIp: string | null;
  /** As of an interface. */
  readonly allocationId?: string;
}

export interface SubnetFact {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidrs: readonly string[];
}

export interface RouteTableFact {
  readonly tableId: string;
  /** The `Name` tag, or empty. */
  readonly name: string;
  readonly accountId: string;
  readonly vpcId: string;
  /** The VPC's main table serves every subnet that no table names. */
  readonly isMain: boolean;
  /** Explicit associations only. */
  readonly subnetIds: readonly string[];
  readonly routes: readonly RouteFact[];
}

export interface RouteFact {
  /** A CIDR, or the id of a prefix list. */
  readonly destination: string;
  /** The network interface it points at; null when it points at something else. */
  readonly interfaceId: string | null;
  /** Null, or the id of whatever else it points at (gateway, NAT gateway, peering, `local`, …). */
  readonly otherTarget: string | null;
  /** How the route came to be. Only `created` can be managed. */
  readonly origin: 'created' | 'table' | 'propagated' | 'advertised' | 'unknown';
  readonly state: 'active' | 'blackhole' | 'filtered';
}

export interface PrefixListFact {
  readonly prefixListId: string;
  readonly cidrs: readonly string[];
}
