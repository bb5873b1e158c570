/** Keeps the inventory fresh within EC2's limits: each part has its own age, zones are read apart, last known values are kept. */

import { unknown } from '../../core/reading.ts';
import { TAG_KEYS, type TagFact, tagIndex } from '../../core/tags.ts';
import type { Ports } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Inventory, RouteTableFact } from '../types/inventory.ts';
import type { Gap } from '../types/world.ts';
import { applianceIds } from './appliances.ts';
import { openCachedReading } from './cachedReading.ts';
import { AGE_MS } from './inventory/ages.ts';
import { openLostInterfaces } from './inventory/lost.ts';
import { openVpcs } from './inventory/vpcs.ts';
import { type NewestZone, openZones } from './inventory/zones.ts';
import { lostInterfaceIds, vpcIdsOf } from './scope.ts';

export interface Keeper {
  /** Reads what is due, each part after what it depends on; resolves when those reads are over. */
  readDue(signal: AbortSignal): Promise<void>;
  /** Makes due what EC2 says of the members and their route tables. */
  expire(): void;
  /** Last known values; the same object until one of them changed. */
  inventory(): Inventory;
  /** The newest readings of every zone, known or not. */
  newest(): readonly NewestZone[];
  gaps(): readonly Gap[];
  /** Reads the route tables again, unless they were read just now. */
  readTables(signal: AbortSignal): Promise<void>;
  /** Reads the interfaces, and with them the addresses, in these instances' zones again, unless they were read just now. */
  readLinks(instanceIds: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /** Tables that were read elsewhere, fresher than ours. */
  learn(tables: readonly RouteTableFact[]): void;
}

export function openKeeper(
  ports: Pick<Ports, 'ec2' | 'clock' | 'region'>,
  accountId: string,
  remembered: () => ReadonlyMap<string, ApplianceMemory>,
): Keeper {
  const { ec2, clock, region } = ports;
  const tags = openCachedReading('tags', AGE_MS.tags, null, idOfTag);
  const zones = openZones(ports, remembered);
  const lost = openLostInterfaces(ports);
  const vpcs = openVpcs(ports, tags);
  let cached: { readonly stamp: string; readonly inventory: Inventory } | null = null;
  const never = () => unknown('not read yet', clock.now());
  const memberIds = () => {
    const read = tags.lastKnown();
    return applianceIds({ tags: read ?? never() }, tagIndex(read?.value ?? []), remembered());
  };
  const readVpcs = (signal: AbortSignal) => vpcs.read(vpcIdsOf(inventory(), remembered()), signal);

  function inventory(): Inventory {
    const stamp = [tags.version(), zones.stamp(), lost.reading.version(), vpcs.stamp()].join();
    if (cached?.stamp === stamp) return cached.inventory;
    const known = zones.lastKnown();
    const [owner] = known.flatMap(({ instances }) => (instances.known ? instances.value : []));
    const fresh: Inventory = {
      accountId: accountId || owner?.accountId || '',
      region,
      tags: tags.lastKnown() ?? never(),
      zones: known,
      lostInterfaces: lost.reading.lastKnown() ?? never(),
      ...vpcs.lastKnown(),
    };
    cached = { stamp, inventory: fresh };
    return fresh;
  }

  return {
    async readDue(signal) {
      await tags.readWhenDue(clock, () => ec2.tags(TAG_KEYS, signal));
      // A member that came or went makes every reading that depends on the members due at once.
      if (await zones.settle(memberIds(), signal)) {
        zones.expire();
        lost.reading.expire();
        vpcs.expire();
      }
      await zones.read(memberIds(), signal);
      await lost.read(lostInterfaceIds(inventory(), remembered()), signal);
      await readVpcs(signal);
    },
    expire() {
      zones.expire();
      vpcs.expireTables();
    },
    async readTables(signal) {
      if (vpcs.renewTables()) await readVpcs(signal);
    },
    async readLinks(instanceIds, signal) {
      zones.expireLinks(instanceIds);
      await zones.read(memberIds(), signal);
    },
    inventory,
    newest: zones.newest,
    gaps: () =>
      [zones.lost(), tags.gap(), ...vpcs.gaps(), ...zones.gaps()].flatMap((gap) => gap ?? []),
    learn: vpcs.learn,
  };
}

const idOfTag = ({ resourceId, key }: TagFact): string => `${resourceId} ${key}`;
