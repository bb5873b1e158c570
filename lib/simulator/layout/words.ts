/** The description of a layout, and the ids that it uses. */

import type { InstanceFact, InterfaceFact } from '../../appliances/types/inventory.ts';
import type { TagFact } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';

export interface Layout {
  /** Zone letters: `['a', 'b', 'c']`. */
  readonly zones: readonly string[];
  readonly groups: readonly GroupLayout[];
  /** Private tables in each zone, tagged for every group. */
  readonly tablesPerZone: number;
  /** An untagged table with a route through the first appliance, as in most real accounts. */
  readonly hasUntaggedTable: boolean;
  /** A tagged table without a subnet. */
  readonly hasTableWithoutPreferred: boolean;
  /** A tagged table of a gateway: one route for each private subnet, to the appliance of its zone. Absent: none. */
  readonly hasEdgeTable?: boolean;
  /** One subnet for each appliance, whose own table (tagged `vpn-medic:ignore`) leads through it. Absent: none. */
  readonly hasProbeSubnets?: boolean;
  readonly takenAt: Instant;
}

export interface GroupLayout {
  readonly name: string;
  /** One appliance for each entry; a letter may come twice. */
  readonly zones: readonly string[];
  /** The tag `vpn-medic:probe`; null: untagged, so the default. */
  readonly probe: string | null;
  /** Remote CIDRs: each is a route in every table. */
  readonly destinations: readonly string[];
  /** Remote CIDRs in one prefix list; empty: no list. */
  readonly listedCidrs: readonly string[];
  /** Client pools by the appliance's index in `zones`. */
  readonly pools: Readonly<Record<number, string>>;
  /** The tag `vpn-medic:priority` by the appliance's index in `zones`; absent: none. */
  readonly priorities?: Readonly<Record<number, number>>;
  /** Routes of every zone lead to the first appliance; absent or false: to the one of the zone. */
  readonly isActivePassive?: boolean;
  /** False: private addresses only. */
  readonly isPublic: boolean;
  /** Elastic addresses that stand for the group, held by its first appliance; absent: none. */
  readonly addressCount?: number;
}

export interface Laid {
  readonly group: GroupLayout;
  readonly groupIndex: number;
  /** Its place in its group. */
  readonly index: number;
  readonly instance: InstanceFact;
  readonly link: InterfaceFact;
  readonly tags: readonly TagFact[];
}

export const ACCOUNT_ID = '123456789012';
export const REGION = 'eu-west-1';
export const VPC_ID = 'vpc-0a1b2c3d4e5f60001';

/** A private subnet of a zone, one for each table; probe functions use the first. */
export const privateSubnetId = (zoneIndex: number, index = 0): string =>
  id('subnet', 256 * (zoneIndex + 1) + index);

/** The probe subnet of an appliance, by its place in its group. */
export const probeSubnetId = (groupIndex: number, index: number): string =>
  id('subnet', 0x2000 + 16 * groupIndex + index);

/** An Elastic address that stands for a group, by its place in it. */
export const addressOf = (groupIndex: number, index: number) => ({
  allocationId: id('eipalloc', 16 * groupIndex + index + 1),
  publicIp: `203.0.113.${200 + 16 * groupIndex + index}`,
});

export const zoneName = (letter: string): string => `${REGION}${letter}`;

/** An id in the form that AWS uses. */
export const id = (kind: string, number: number): string =>
  `${kind}-0a1b2c3d4e5f6${number.toString(16).padStart(4, '0')}`;
