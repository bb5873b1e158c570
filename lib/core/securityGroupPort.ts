/** Security groups and network ACLs, as the command line reads them. Types only. */
import type { Reading } from './reading.ts';

export interface SecurityGroupPort {
  /** The security groups of each of these interfaces; an interface that EC2 no longer knows is absent. */
  groupIdsOf(
    interfaceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, readonly string[]>>>;
  /** Those of `groupIds` that exist, with every rule. */
  groups(
    groupIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly SecurityGroupFact[]>>;
  /** Those of these VPCs. */
  networkAcls(
    vpcIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly NetworkAclFact[]>>;
}

export interface SecurityGroupFact {
  readonly groupId: string;
  readonly vpcId: string;
  readonly ingress: readonly SecurityRule[];
  readonly egress: readonly SecurityRule[];
}

/** Everything that a rule names is let through. */
export interface SecurityRule {
  /** As EC2 writes it: `tcp`, `udp`, a protocol number, or `-1` for all. */
  readonly protocol: string;
  /** Null: every port. */
  readonly ports: readonly [from: number, to: number] | null;
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
}

export interface NetworkAclFact {
  readonly aclId: string;
  /** That are associated with it: every subnet is, with exactly one. */
  readonly subnetIds: readonly string[];
  readonly entries: readonly AclEntry[];
}

/** Of the entries of one direction the first that fits a packet, by number, decides; where none fits it is dropped. */
export interface AclEntry {
  readonly number: number;
  readonly isEgress: boolean;
  readonly isAllowed: boolean;
  /** As EC2 writes it: a protocol number, or `-1` for all. */
  readonly protocol: string;
  /** Null: every port. */
  readonly ports: readonly [from: number, to: number] | null;
  readonly cidr: string;
}
