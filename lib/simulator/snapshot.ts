/** What a simulated account begins with. */
import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from '../appliances/types/inventory.ts';
import type { TagFact } from '../core/tags.ts';
import type { Instant } from '../core/time.ts';

/** The appliances and routes of one region of one account at one instant. */
export interface Snapshot {
  readonly accountId: string;
  readonly region: string;
  readonly takenAt: Instant;
  readonly tags: readonly TagFact[];
  readonly instances: readonly InstanceFact[];
  readonly statuses: readonly StatusFact[];
  readonly interfaces: readonly InterfaceFact[];
  readonly subnets: readonly SubnetFact[];
  readonly routeTables: readonly RouteTableFact[];
  readonly prefixLists: readonly PrefixListFact[];
  /** Absent: none. */
  readonly gateways?: readonly SimGateway[];
}

/** A virtual private or transit gateway that is attached to a VPC. */
export interface SimGateway {
  readonly gatewayId: string;
  readonly vpcId: string;
  /** Of a transit gateway: the routes that packets from the VPC follow. */
  readonly routes: readonly { readonly destination: string; readonly connectionId: string }[];
}
