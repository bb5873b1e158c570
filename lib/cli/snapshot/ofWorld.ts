/** The account's network as one snapshot, from the readings of a pass. Pure. */
import type { Inventory } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { type Snapshot, writeSnapshot } from '../../simulator/snapshot.ts';
import type { Observation } from '../pass.ts';

/** The JSON value of the snapshot; null when a part could not be read, because a rehearsal of an incomplete account misleads. */
export function snapshotOf({ inventory, world }: Observation): unknown {
  const { accountId, region } = inventory;
  if (world.gaps.length > 0 || !inventory.tags.known || !/^\d{12}$/.test(accountId)) return null;
  const snapshot: Snapshot = {
    version: 1,
    accountId,
    region,
    takenAt: world.at,
    tags: inventory.tags.value,
    instances: ofZones(inventory, ({ instances }) => instances),
    statuses: ofZones(inventory, ({ statuses }) => statuses),
    interfaces: ofZones(inventory, ({ interfaces }) => interfaces),
    subnets: valueOf(inventory.subnets),
    routeTables: valueOf(inventory.routeTables),
    prefixLists: valueOf(inventory.prefixLists),
  };
  return JSON.parse(writeSnapshot(snapshot));
}

/** Without a gap, what is not known was not asked for: nothing in the account leads to it. */
const valueOf = <T>(reading: Reading<readonly T[]>): readonly T[] =>
  reading.known ? reading.value : [];

const ofZones = <T>(
  { zones }: Inventory,
  part: (zone: Inventory['zones'][number]) => Reading<readonly T[]>,
): readonly T[] => zones.flatMap((zone) => valueOf(part(zone)));
