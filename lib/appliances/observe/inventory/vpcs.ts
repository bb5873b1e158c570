/** What EC2 says of the members' VPCs: subnets, route tables and what their routes name, and tagged Elastic addresses. */
import { isElastic } from '../../../core/elasticAddress.ts';
import { type Reading, unknown } from '../../../core/reading.ts';
import { TAG, type TagFact } from '../../../core/tags.ts';
import type { Clock } from '../../../core/time.ts';
import type { Ports } from '../../ports.ts';
import type {
  Inventory,
  PrefixListFact,
  RouteTableFact,
  SubnetFact,
} from '../../types/inventory.ts';
import { ADDRESSES_ONLY, type Gap } from '../../types/world.ts';
import { type CachedReading, openCachedReading } from '../cachedReading.ts';
import { prefixListIds } from '../scope.ts';
import { AGE_MS, isJustRead } from './ages.ts';

export interface Vpcs {
  /** Reads what is due. */
  read(vpcIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Makes the route tables due, unless they were read just now; whether it did. */
  renewTables(): boolean;
  expireTables(): void;
  /** Makes everything due but the prefix lists. */
  expire(): void;
  lastKnown(): Pick<Inventory, 'subnets' | 'routeTables' | 'addresses' | 'prefixLists'>;
  /** Changes with whatever `lastKnown` shows. */
  stamp(): string;
  gaps(): readonly Gap[];
  /** Tables that were read elsewhere, fresher than ours. */
  learn(tables: readonly RouteTableFact[]): void;
}

export function openVpcs(
  { ec2, clock }: Pick<Ports, 'ec2' | 'clock'>,
  tags: CachedReading<TagFact>,
): Vpcs {
  const subnets = openCachedReading<SubnetFact>(
    'subnets',
    AGE_MS.subnets,
    null,
    ({ subnetId }) => subnetId,
  );
  const tables = openCachedReading('route tables', AGE_MS.tables, null, idOf);
  const addresses = openCachedReading('Elastic addresses', AGE_MS.tables, ADDRESSES_ONLY, idOf);
  const lists = openCachedReading<PrefixListFact>('prefix lists', AGE_MS.prefixLists, null, null);
  const heldAddresses = openNamed(addresses, clock);
  const namedLists = openNamed(lists, clock);
  const listIds = openListIds(tables, tags);
  const addressIds = () => groupAddressIds(tags);
  const never = () => unknown('not read yet', clock.now());

  return {
    async read(vpcIds, signal) {
      if (vpcIds.length === 0) return;
      await Promise.all([
        subnets.readWhenDue(clock, () => ec2.subnets(vpcIds, signal)),
        tables.readWhenDue(clock, () => ec2.routeTables({ vpcIds }, signal)),
        heldAddresses.read(addressIds(), (tableIds) => ec2.routeTables({ tableIds }, signal)),
      ]);
      // A prefix list that a route has just come to name is read at once: its entries decide what lies behind a tunnel.
      await namedLists.read(listIds(), (ids) => ec2.prefixLists(ids, signal));
    },
    renewTables() {
      if (isJustRead(tables, clock)) return false;
      tables.expire();
      return true;
    },
    expireTables() {
      for (const reading of [tables, addresses]) reading.expire();
    },
    expire() {
      for (const reading of [subnets, tables, addresses]) reading.expire();
    },
    lastKnown: () => ({
      subnets: subnets.lastKnown() ?? never(),
      routeTables: tables.lastKnown() ?? never(),
      ...(addressIds().length === 0 ? {} : { addresses: addresses.lastKnown() ?? never() }),
      prefixLists: lists.lastKnown() ?? never(),
    }),
    stamp: () => [subnets, tables, addresses, lists].map((one) => one.version()).join(),
    gaps: () =>
      [
        subnets,
        tables,
        ...(addressIds().length === 0 ? [] : [addresses]),
        ...(namedLists.isEmpty() ? [] : [lists]),
      ].flatMap((reading) => reading.gap() ?? []),
    learn(fresh) {
      if (fresh.length === 0) return;
      const byId = new Map(fresh.map((table) => [table.tableId, table]));
      for (const reading of [tables, addresses]) {
        reading.amend((facts) => facts.map((fact) => byId.get(fact.tableId) ?? fact));
      }
    },
  };
}

/** The allocations that carry our group tag. */
const groupAddressIds = (tags: CachedReading<TagFact>): readonly string[] =>
  (tags.lastKnown()?.value ?? []).flatMap(({ resourceId, key }) =>
    key === TAG.group && isElastic(resourceId) ? [resourceId] : [],
  );

/** The prefix lists that routes and tags name; searched for again only when either has changed. */
function openListIds(
  tables: CachedReading<RouteTableFact>,
  tags: CachedReading<TagFact>,
): () => readonly string[] {
  let searched = '';
  let ids: readonly string[] = [];
  return () => {
    const stamp = `${tables.version()} ${tags.version()}`;
    if (stamp !== searched) {
      ids = prefixListIds(tables.lastKnown()?.value ?? [], tags.lastKnown()?.value ?? []);
      searched = stamp;
    }
    return ids;
  };
}

/** A reading of the items with these ids: due at once when they are others than before, and never of none. */
function openNamed<T>(reading: CachedReading<T>, clock: Clock) {
  let before = '';
  return {
    isEmpty: () => before === '',
    async read(
      ids: readonly string[],
      send: (ids: readonly string[]) => Promise<Reading<readonly T[]>>,
    ): Promise<void> {
      if (ids.join() !== before) reading.expire();
      before = ids.join();
      if (ids.length > 0) await reading.readWhenDue(clock, () => send(ids));
    },
  };
}

const idOf = ({ tableId }: RouteTableFact): string => tableId;
