/** What EC2 says of the members, zone by zone, so that a zone that fails hides no other. */
import { compare } from '../../../core/order.ts';
import { unknown } from '../../../core/reading.ts';
import type { Ports } from '../../ports.ts';
import type { ApplianceMemory } from '../../state.ts';
import type {
  InstanceFact,
  InterfaceFact,
  StatusFact,
  ZoneInventory,
} from '../../types/inventory.ts';
import type { Gap } from '../../types/world.ts';
import { type CachedReading, openCachedReading, RETRY_MS } from '../cachedReading.ts';
import { locateZones } from '../scope.ts';
import { AGE_MS, isJustRead } from './ages.ts';

export interface NewestZone extends ZoneInventory {
  /** The ids that the newest `instances` answer was asked for: absent from it means gone. */
  readonly askedIds: ReadonlySet<string>;
}

export interface Zones {
  /** Learns the zone of each; whether the members are others than before. */
  settle(memberIds: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** Reads what is due of these members. */
  read(memberIds: readonly string[], signal: AbortSignal): Promise<void>;
  expire(): void;
  /** Makes the interfaces in these instances' zones due, unless they were read just now. */
  expireLinks(instanceIds: ReadonlySet<string>): void;
  /** Last known values, ordered by zone. */
  lastKnown(): readonly ZoneInventory[];
  /** The newest readings, known or not, ordered by zone. */
  newest(): readonly NewestZone[];
  /** Changes with whatever `lastKnown` shows, except the statuses. */
  stamp(): string;
  /** Members whose zone could not be learnt; null: none. */
  lost(): Gap | null;
  gaps(): readonly Gap[];
}

interface ZoneReadings {
  readonly instances: CachedReading<InstanceFact>;
  readonly statuses: CachedReading<StatusFact>;
  readonly interfaces: CachedReading<InterfaceFact>;
  askedIds: ReadonlySet<string>;
}

// oxlint-disable-next-line max-lines-per-function -- its functions share the zones and where the members are
export function openZones(
  { ec2, clock }: Pick<Ports, 'ec2' | 'clock'>,
  remembered: () => ReadonlyMap<string, ApplianceMemory>,
): Zones {
  const zones = new Map<string, ZoneReadings>();
  const zoneOf = new Map<string, string>();
  let members = '';
  let lost: Gap | null = null;
  let locateAtMs = Number.NEGATIVE_INFINITY;
  let isLocating = false;
  const never = () => unknown('not read yet', clock.now());
  const ordered = () => [...zones].toSorted(([a], [b]) => compare(a, b));

  async function locate(wanted: readonly string[], signal: AbortSignal): Promise<void> {
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
  }

  return {
    async settle(wanted, signal) {
      const isSame = wanted.join() === members;
      const isLocated = wanted.every((id) => zoneOf.has(id)) || clock.monotonicMs() < locateAtMs;
      if ((isSame && isLocated) || isLocating) return false;
      await locate(wanted, signal);
      members = wanted.join();
      return !isSame;
    },
    async read(memberIds, signal) {
      const byZone = Map.groupBy(memberIds, (id) => zoneOf.get(id) ?? '');
      await Promise.all(
        [...zones].map(([zone, readings]) =>
          readZone({ ec2, clock }, readings, byZone.get(zone) ?? [], signal),
        ),
      );
      // DescribeInstances lists interfaces too: the second call that has to agree before one is gone.
      for (const { instances, interfaces } of zones.values()) {
        if (interfaces.isDoubted()) instances.expire();
      }
    },
    expire() {
      for (const { instances, statuses, interfaces } of zones.values()) {
        for (const reading of [instances, statuses, interfaces]) reading.expire();
      }
    },
    expireLinks(instanceIds) {
      const near = new Set([...instanceIds].map((id) => zoneOf.get(id)));
      for (const [zone, { interfaces }] of zones) {
        if (near.has(zone) && !isJustRead(interfaces, clock)) interfaces.expire();
      }
    },
    lastKnown: () =>
      ordered().map(([zone, { instances, statuses, interfaces }]) => ({
        zone,
        instances: instances.lastKnown() ?? never(),
        statuses: statuses.lastKnown() ?? never(),
        interfaces: interfaces.lastKnown() ?? never(),
      })),
    newest: () =>
      ordered().map(([zone, { instances, statuses, interfaces, askedIds }]) => ({
        zone,
        askedIds,
        instances: instances.newest() ?? never(),
        statuses: statuses.newest() ?? never(),
        interfaces: interfaces.newest() ?? never(),
      })),
    stamp: () =>
      ordered()
        .map(([zone, one]) => `${zone} ${one.instances.version()} ${one.interfaces.version()}`)
        .join(),
    lost: () => lost,
    gaps: () =>
      [...zones.values()].flatMap(({ instances, statuses, interfaces }) =>
        [instances, statuses, interfaces].flatMap((reading) => reading.gap() ?? []),
      ),
  };
}

async function readZone(
  { ec2, clock }: Pick<Ports, 'ec2' | 'clock'>,
  readings: ZoneReadings,
  memberIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    readings.instances.readWhenDue(clock, async () => {
      const reading = await ec2.instances(memberIds, signal);
      if (reading.known) readings.askedIds = new Set(memberIds);
      return reading;
    }),
    readings.statuses.readWhenDue(clock, () => ec2.statuses(memberIds, signal)),
    readings.interfaces.readWhenDue(clock, () => ec2.interfaces(memberIds, signal)),
  ]);
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
  askedIds: new Set(),
});

const idOfInstance = ({ instanceId }: { readonly instanceId: string }): string => instanceId;
