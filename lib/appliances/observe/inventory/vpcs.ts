/** What EC2 says of the members' VPCs: subnets, route tables and what their routes name, and tagged Elastic addresses. */
import { isElastic } from '../../../core/elasticAddress.ts';
import { unknown } from '../../../core/reading.ts';
import { TAG, type TagFact } from '../../../core/tags.ts';
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
  let listed = '';
  let held = '';
  let named: { readonly stamp: string; readonly lists: readonly string[] } = {
    stamp: '',
    lists: [],
  };
  const never = () => unknown('not read yet', clock.now());
  /** The allocations that carry our group tag. */
  const addressIds = (): readonly string[] =>
    (tags.lastKnown()?.value ?? []).flatMap(({ resourceId, key }) =>
      key === TAG.group && isElastic(resourceId) ? [resourceId] : [],
    );

  async function readAddresses(signal: AbortSignal): Promise<void> {
    const tableIds = addressIds();
    if (tableIds.join() !== held) addresses.expire();
    held = tableIds.join();
    if (tableIds.length === 0) return;
    await addresses.readWhenDue(clock, () => ec2.routeTables({ tableIds }, signal));
  }

  async function readLists(signal: AbortSignal): Promise<void> {
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

  return {
    async read(vpcIds, signal) {
      if (vpcIds.length === 0) return;
      await Promise.all([
        subnets.readWhenDue(clock, () => ec2.subnets(vpcIds, signal)),
        tables.readWhenDue(clock, () => ec2.routeTables({ vpcIds }, signal)),
        readAddresses(signal),
      ]);
      await readLists(signal);
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
        ...(listed === '' ? [] : [lists]),
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

const idOf = ({ tableId }: RouteTableFact): string => tableId;
