/** What a made-up network is described by, and the ids that it uses. */

import type { InstanceFact, InterfaceFact } from '../../appliances/types/inventory.ts';
import type { TagFact } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';

export interface Layout {
  /** Zone letters: `['a', 'b', 'c']`. */
  readonly zones: readonly string[];
  readonly groups: readonly GroupLayout[];
  /** Private tables in each zone, tagged for every group. */
  readonly tablesPerZone: number;
  /** A table without our tag that leads through the first appliance all the same, as somebody always has one. */
  readonly hasUntaggedTable: boolean;
  /** A tagged table that serves no subnet, and so has no home. */
  readonly hasTableWithoutPreferred: boolean;
  readonly takenAt: Instant;
}

export interface GroupLayout {
  readonly name: string;
  /** One appliance for each entry; a letter may come twice. */
  readonly zones: readonly string[];
  /** The tag `vpn-medic:probe`; null: untagged, so the default. */
  readonly probe: string | null;
  /** What lies on its far side: each destination is a route in every table. */
  readonly destinations: readonly string[];
  /** Its far side as one prefix list more; empty: none. */
  readonly listedCidrs: readonly string[];
  /** Client pools by the appliance's place in `zones`. */
  readonly pools: Readonly<Record<number, string>>;
  /** False: private addresses only. */
  readonly isPublic: boolean;
}

export interface Laid {
  readonly group: GroupLayout;
  readonly groupIndex: number;
  readonly instance: InstanceFact;
  readonly link: InterfaceFact;
  readonly tags: readonly TagFact[];
}

export const ACCOUNT_ID = '123456789012';
export const REGION = 'eu-west-1';
export const VPC_ID = 'vpc-0a1b2c3d4e5f60001';

/** A subnet of a zone's applications, one a table; probe functions sit in the first. */
export const privateSubnetId = (zoneIndex: number, index = 0): string =>
  id('subnet', 256 * (zoneIndex + 1) + index);

export const zoneName = (letter: string): string => `${REGION}${letter}`;

/** Made up, and in the form that AWS uses. */
export const id = (kind: string, number: number): string =>
  `${kind}-0a1b2c3d4e5f6${number.toString(16).padStart(4, '0')}`;
