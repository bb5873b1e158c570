/** What the appliances' scope reads and writes. Types only; `lib/aws` and `lib/simulator` implement them. */
import type { Reading } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { TagFact } from '../core/tags.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { ProbePort } from '../probe/ports.ts';
import type { LeaveHook } from './state/leave.ts';
import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from './types/inventory.ts';

/** One region of one account. */
export interface Ports extends RegionPorts {
  readonly ec2: Ec2Port;
  readonly probes: ProbePort;
  readonly hooks: HookPort;
}

/** Lifecycle hooks of auto scaling groups. */
export interface HookPort {
  /** Lets Auto Scaling go on with the termination of the instance. `refused`: also when nothing waits any more. */
  complete(hook: LeaveHook, instanceId: string, signal: AbortSignal): Promise<WriteAnswer>;
}

/**
 * EC2, read and written. No call throws for what AWS answers: a fault is a reading that is not known, or a write
 * that says how it ended. Lists are whole (every page) or unknown; partial is unknown.
 */
export interface Ec2Port {
  /** Every tag with one of `keys`. */
  tags(keys: readonly string[], signal: AbortSignal): Promise<Reading<readonly TagFact[]>>;
  /** Asked by id, so that only these instances' zone can fail it. Ids that EC2 no longer knows are absent. */
  instances(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly InstanceFact[]>>;
  /** States and status checks, of instances in every state. Ids that EC2 no longer knows are absent. */
  statuses(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly StatusFact[]>>;
  /** Interfaces attached to these instances. */
  interfaces(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly InterfaceFact[]>>;
  /** Exactly these interfaces, attached or not; what EC2 no longer knows is absent. */
  interfacesById(
    interfaceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly InterfaceFact[]>>;
  subnets(vpcIds: readonly string[], signal: AbortSignal): Promise<Reading<readonly SubnetFact[]>>;
  /**
   * Tables of whole VPCs, or exactly these tables (absent ones are left out). An Elastic address is a table of one route:
   * asked for by its allocation id alone, in a call of its own.
   */
  routeTables(
    of: { readonly vpcIds: readonly string[] } | { readonly tableIds: readonly string[] },
    signal: AbortSignal,
  ): Promise<Reading<readonly RouteTableFact[]>>;
  prefixLists(
    prefixListIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly PrefixListFact[]>>;
  /** Points one existing route, or an Elastic address, at one interface; a route also at a gateway. Never creates, never deletes. */
  replaceRoute(write: RouteWrite, signal: AbortSignal): Promise<WriteAnswer>;
}

export interface RouteWrite {
  readonly tableId: string;
  /** IPv4 CIDR, IPv6 CIDR or prefix-list id; or an Elastic address. */
  readonly destination: string;
  readonly target: RouteTarget;
  /** Of an Elastic address: the private address of the interface that it is associated with. */
  readonly privateIp?: string;
}

export type RouteTarget =
  | { readonly kind: 'interface'; readonly id: string }
  /** A virtual private or a transit gateway, by the form of its id. */
  | { readonly kind: 'gateway'; readonly id: string };
