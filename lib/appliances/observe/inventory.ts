/** Keeps the inventory fresh within EC2's limits: each part has its own age, zones are read apart, last known values are kept. */

import { isElastic } from '../../core/elasticAddress.ts';
import { compare } from '../../core/order.ts';
import { known, unknown } from '../../core/reading.ts';
import type { TagFact } from '../../core/tags.ts';
import { TAG, TAG_KEYS, tagIndex } from '../../core/tags.ts';
import type { Ports } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import type {
  InstanceFact,
  InterfaceFact,
  Inventory,
  LostInterface,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
  ZoneInventory,
} from '../types/inventory.ts';
import { ADDRESSES_ONLY, type Gap } from '../types/world.ts';
import { applianceIds } from './appliances.ts';
import { type CachedReading, openCachedReading, RETRY_MS } from './cachedReading.ts';
import { locateZones, lostInterfaceIds, prefixListIds, vpcIdsOf } from './scope.ts';

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

export interface NewestZone extends ZoneInventory {
  /** The ids that the newest `instances` answer was asked for: absent from it means gone. */
  readonly askedIds: ReadonlySet<string>;
}

/**
 * How old each part may grow, in ms. In the steady state of three zones and 200 tables this makes 52 calls a minute:
 * 36 for statuses, 6 for interfaces, 4 for tables, 3 for instances, 2 for tags, 1 for subnets.
 */
const AGE_MS = {
  tags: 30_000,
  statuses: 5_000,
  interfaces: 30_000,
  instances: 60_000,
  subnets: 60_000,
  tables: 30_000,
  prefixLists: 300_000,
} as const;

/** A standby looks on for longer than this before it takes over from a living leader; a dead one has written nothing since. */
const JUST_MS = 2_000;

interface ZoneReadings {
  readonly instances: CachedReading<InstanceFact>;
  readonly statuses: CachedReading<StatusFact>;
  readonly interfaces: CachedReading<InterfaceFact>;
}

export function openKeeper(
  ports: Pick<Ports, 'ec2' | 'clock' | 'region'>,
  accountId: string,
  remembered: () => ReadonlyMap<string, ApplianceMemory>,
): Keeper {
  const { ec2, clock } = ports;
  const tags = openCachedReading(
    'tags',
    AGE_MS.tags,
    null,
    ({ resourceId, key }: TagFact) => `${resourceId} ${key}`,
  );
  const subnets = openCachedReading(
    'subnets',
    AGE_MS.subnets,
    null,
    ({ subnetId }: SubnetFact) => subnetId,
  );
  const tables = openCachedReading(
    'route tables',
    AGE_MS.tables,
    null,
    ({ tableId }: RouteTableFact) => tableId,
  );
  const addresses = openCachedReading(
    'Elastic addresses',
    AGE_MS.tables,
    ADDRESSES_ONLY,
    ({ tableId }: RouteTableFact) => tableId,
  );
  const lists = openCachedReading<PrefixListFact>('prefix lists', AGE_MS.prefixLists, null, null);
  const gone = openCachedReading<LostInterface>('lost interfaces', AGE_MS.interfaces, null, null);
  const zones = new Map<string, ZoneReadings>();
  const zoneOf = new Map<string, string>();
  const askedIds = new Map<string, ReadonlySet<string>>();
  let members = '';
  let listed = '';
  let missed = '';
  let held = '';
  let named: { readonly stamp: string; readonly lists: readonly string[] } = {
    stamp: '',
    lists: [],
  };
  let lost: Gap | null = null;
  let locateAtMs = Number.NEGATIVE_INFINITY;
  let isLocating = false;
  let cached: { readonly stamp: string; readonly inventory: Inventory } | null = null;

  const never = () => unknown('not read yet', clock.now());
  const ids = () => {
    const read = tags.lastKnown();
    return applianceIds({ tags: read ?? never() }, tagIndex(read?.value ?? []), remembered());
  };
  /** The allocations that carry our group tag. */
  const addressIds = (): readonly string[] =>
    (tags.lastKnown()?.value ?? []).flatMap(({ resourceId, key }) =>
      key === TAG.group && isElastic(resourceId) ? [resourceId] : [],
    );
  const cachedReadings = (): readonly CachedReading<unknown>[] => [
    tags,
    subnets,
    tables,
    addresses,
    lists,
    gone,
    ...[...zones.values()].flatMap((zone) => [zone.instances, zone.statuses, zone.interfaces]),
  ];

  /** A member that came or went makes every reading that depends on the members due at once. */
  async function settleMembers(signal: AbortSignal): Promise<void> {
    const wanted = ids();
    const isSame = wanted.join() === members;
    if (isSame && (wanted.every((id) => zoneOf.has(id)) || clock.monotonicMs() < locateAtMs))
      return;
    if (isLocating) return;
    for (const [id, { zone }] of remembered()) if (!zoneOf.has(id)) zoneOf.set(id, zone);
    isLocating = true;
    const fault = await locateZones(ec2, wanted, zoneOf, signal).finally(() => {
      isLocating = false;
    });
    locateAtMs = clock.monotonicMs() + (fault === null ? AGE_MS.instances : RETRY_MS);
    const what = `zones of ${wanted.filter((id) => !zoneOf.has(id)).join(' ')}`;
    lost = fault && { what, why: fault.why, since: lost?.since ?? fault.at, zone: null };
    const inhabited = new Set(wanted.flatMap((id) => zoneOf.get(id) ?? []));
    for (const zone of zones.keys()) if (!inhabited.has(zone)) zones.delete(zone);
    for (const zone of inhabited) if (!zones.has(zone)) zones.set(zone, openZone(zone));
    if (isSame) return;
    members = wanted.join();
    for (const cachedReading of cachedReadings())
      if (cachedReading !== tags && cachedReading !== lists) cachedReading.expire();
  }

  async function readZones(signal: AbortSignal): Promise<void> {
    const byZone = Map.groupBy(ids(), (id) => zoneOf.get(id) ?? '');
    await Promise.all(
      [...zones].flatMap(([zone, { instances, statuses, interfaces }]) => {
        const inside = byZone.get(zone) ?? [];
        return [
          instances.readWhenDue(clock, async () => {
            const reading = await ec2.instances(inside, signal);
            if (reading.known) askedIds.set(zone, new Set(inside));
            return reading;
          }),
          statuses.readWhenDue(clock, () => ec2.statuses(inside, signal)),
          interfaces.readWhenDue(clock, () => ec2.interfaces(inside, signal)),
        ];
      }),
    );
    // DescribeInstances lists interfaces too: the second call that has to agree before one is gone.
    for (const { instances, interfaces } of zones.values()) {
      if (interfaces.isDoubted()) instances.expire();
    }
  }

  /** Whether an interface is gone or was moved elsewhere: asked at once when it is missed. */
  async function readLost(signal: AbortSignal): Promise<void> {
    const wanted = lostInterfaceIds(inventory(), remembered());
    if (wanted.join() !== missed) gone.expire();
    missed = wanted.join();
    if (wanted.length === 0) return;
    await gone.readWhenDue(clock, async () => {
      const reading = await ec2.interfacesById(wanted, signal);
      if (!reading.known) return reading;
      const byId = new Map(reading.value.map((link) => [link.interfaceId, link]));
      const read = wanted.map((interfaceId) => ({
        interfaceId,
        link: byId.get(interfaceId) ?? null,
      }));
      return known(read, reading.at);
    });
  }

  async function readAddresses(signal: AbortSignal): Promise<void> {
    const tableIds = addressIds();
    if (tableIds.join() !== held) addresses.expire();
    held = tableIds.join();
    if (tableIds.length === 0) return;
    await addresses.readWhenDue(clock, () => ec2.routeTables({ tableIds }, signal));
  }

  async function readVpcs(signal: AbortSignal): Promise<void> {
    const vpcIds = vpcIdsOf(inventory(), remembered());
    if (vpcIds.length === 0) return;
    await Promise.all([
      subnets.readWhenDue(clock, () => ec2.subnets(vpcIds, signal)),
      tables.readWhenDue(clock, () => ec2.routeTables({ vpcIds }, signal)),
      readAddresses(signal),
    ]);
    const stamp = `${tables.version()} ${tags.version()}`;
    if (stamp !== named.stamp) {
      const tagged = tags.lastKnown()?.value ?? [];
      named = { stamp, lists: prefixListIds(tables.lastKnown()?.value ?? [], tagged) };
    }
    const wanted = named.lists;
    // A prefix list that a route has just come to name is read at once: its entries decide what lies behind a tunnel.
    if (wanted.join() !== listed) lists.expire();
    listed = wanted.join();
    if (wanted.length > 0) await lists.readWhenDue(clock, () => ec2.prefixLists(wanted, signal));
  }

  function inventory(): Inventory {
    const parts = cachedReadings().filter(
      (cachedReading) => ![...zones.values()].some((z) => z.statuses === cachedReading),
    );
    const stamp = parts.map((cachedReading) => cachedReading.version()).join();
    if (cached?.stamp === stamp) return cached.inventory;
    const zoneInventories = [...zones].map(([zone, { instances, statuses, interfaces }]) => ({
      zone,
      instances: instances.lastKnown() ?? never(),
      statuses: statuses.lastKnown() ?? never(),
      interfaces: interfaces.lastKnown() ?? never(),
    }));
    const owner = zoneInventories.flatMap(({ instances }) =>
      instances.known ? instances.value : [],
    )[0]?.accountId;
    const fresh: Inventory = {
      accountId: accountId || owner || '',
      region: ports.region,
      tags: tags.lastKnown() ?? never(),
      zones: zoneInventories.toSorted((a, b) => compare(a.zone, b.zone)),
      lostInterfaces: gone.lastKnown() ?? never(),
      subnets: subnets.lastKnown() ?? never(),
      routeTables: tables.lastKnown() ?? never(),
      ...(addressIds().length === 0 ? {} : { addresses: addresses.lastKnown() ?? never() }),
      prefixLists: lists.lastKnown() ?? never(),
    };
    cached = { stamp, inventory: fresh };
    return fresh;
  }

  return {
    async readDue(signal) {
      await tags.readWhenDue(clock, () => ec2.tags(TAG_KEYS, signal));
      await settleMembers(signal);
      await readZones(signal);
      await readLost(signal);
      await readVpcs(signal);
    },
    expire() {
      for (const { instances, statuses, interfaces } of zones.values()) {
        for (const reading of [instances, statuses, interfaces]) reading.expire();
      }
      tables.expire();
      addresses.expire();
    },
    async readTables(signal) {
      const readAt = tables.newest()?.at;
      if (readAt !== undefined && Math.abs(clock.now() - readAt) < JUST_MS) return;
      tables.expire();
      await readVpcs(signal);
    },
    async readLinks(instanceIds, signal) {
      const near = new Set([...instanceIds].map((id) => zoneOf.get(id)));
      for (const [zone, { interfaces }] of zones) {
        const readAt = interfaces.newest()?.at;
        const isJust = readAt !== undefined && Math.abs(clock.now() - readAt) < JUST_MS;
        if (near.has(zone) && !isJust) interfaces.expire();
      }
      await readZones(signal);
    },
    inventory,
    newest: () =>
      [...zones]
        .map(([zone, { instances, statuses, interfaces }]) => ({
          zone,
          askedIds: askedIds.get(zone) ?? new Set<string>(),
          instances: instances.newest() ?? never(),
          statuses: statuses.newest() ?? never(),
          interfaces: interfaces.newest() ?? never(),
        }))
        .toSorted((a, b) => compare(a.zone, b.zone)),
    gaps: () => [
      ...(lost === null ? [] : [lost]),
      ...cachedReadings().flatMap((cachedReading) =>
        (cachedReading === lists && listed === '') ||
        (cachedReading === addresses && addressIds().length === 0) ||
        cachedReading === gone
          ? []
          : (cachedReading.gap() ?? []),
      ),
    ],
    learn(fresh) {
      if (fresh.length === 0) return;
      const byId = new Map(fresh.map((table) => [table.tableId, table]));
      for (const reading of [tables, addresses]) {
        reading.amend((facts) => facts.map((fact) => byId.get(fact.tableId) ?? fact));
      }
    },
  };
}

const openZone = (zone: string): ZoneReadings => ({
  instances: openCachedReading<InstanceFact>(
    `instances of ${zone}`,
    AGE_MS.instances,
    zone,
    idOfInstance,
  ),
  statuses: openCachedReading<StatusFact>(
    `statuses of ${zone}`,
    AGE_MS.statuses,
    zone,
    idOfInstance,
  ),
  interfaces: openCachedReading(
    `interfaces of ${zone}`,
    AGE_MS.interfaces,
    zone,
    ({ interfaceId }) => interfaceId,
  ),
});

const idOfInstance = ({ instanceId }: { readonly instanceId: string }): string => instanceId;
