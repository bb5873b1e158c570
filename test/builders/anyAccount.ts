/** Arbitrary accounts, small and ill: for properties that must hold whatever is there. */
import * as fc from 'fast-check';
import type { Inventory } from '../../lib/appliances/types/inventory.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import {
  ACCOUNT,
  anInstance,
  anInterface,
  anInventory,
  aRouteFact,
  aStatus,
  aSubnet,
  aTableFact,
  eniOf,
  NOW,
  zoneOf,
} from './facts.ts';

const IDS = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'] as const;
const DESTINATIONS = ['10.20.0.0/16', '10.8.0.0/24', 'fd00:20::/48', 'pl-1'] as const;

/** Mostly the first, so that few scenes are ill in every way at once. */
export const mostly = <T>(usual: T, ...rare: readonly T[]): fc.Arbitrary<T> =>
  fc.constantFrom(...Array.from({ length: 8 * rare.length }, () => usual), ...rare);

const anyInstance = (instanceId: string) =>
  fc.record({
    instanceId: fc.constant(instanceId),
    isThere: mostly(true, false),
    vpcId: mostly('vpc-1', 'vpc-2'),
    state: mostly<'running' | 'stopped' | 'terminated'>('running', 'stopped', 'terminated'),
    links: mostly<number | undefined>(undefined, 0, 1, 2),
    group: mostly<string | undefined>('hq', 'lab', 'hq lab', undefined),
    instanceProfile: mostly('vpn', 'other'),
    probe: mostly<string | undefined>(undefined, 'tcp:22', 'ike:0'),
    pool: mostly<string | undefined>(undefined, '10.8.0.0/24', '10.8.0.0/16', 'x'),
    hasSourceDestCheck: mostly(false, true),
    hasIpv6: fc.nat(19).map((draw) => draw < 19),
    hasOddRoles: fc.nat(24).map((draw) => draw === 24),
  });

const anyTable = (tableId: string) =>
  fc.record({
    tableId: fc.constant(tableId),
    vpcId: mostly('vpc-1', 'vpc-2'),
    accountId: mostly(ACCOUNT, '999988887777'),
    isMain: fc.boolean(),
    subnets: fc.subarray(['0', '1', '2', '3']),
    group: mostly<string | undefined>('hq', 'hq lab', 'lab', undefined),
    preferred: mostly<string | undefined>(undefined, 'i-a1', 'i-zz'),
    routes: fc.uniqueArray(
      fc.record({
        destination: fc.constantFrom(...DESTINATIONS),
        to: fc.constantFrom(...IDS, 'x'),
        arm: fc.constantFrom('', '-2'),
        origin: mostly<'created' | 'propagated'>('created', 'propagated'),
        state: mostly<'active' | 'blackhole'>('active', 'blackhole'),
      }),
      {
        selector: ({ destination, origin }) => `${destination} ${origin}`,
        minLength: 2,
        maxLength: 4,
      },
    ),
  });

const page = (tags: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

/** Two arms with a role each in the whole account; or one appliance whose owner gave both the same. */
const rolesOf = (haveRoles: boolean, isOdd: boolean): readonly string[] =>
  isOdd ? ['lan', 'lan'] : haveRoles ? ['wan', 'lan'] : [];

/** Up to six appliances in three zones and four tables, with every kind of fault the tags can have. */
export const anyInventory: fc.Arbitrary<Inventory> = fc
  .record({
    instances: fc.tuple(...IDS.map(anyInstance)),
    tables: fc.tuple(...['rtb-1', 'rtb-2', 'rtb-3', 'rtb-4'].map(anyTable)),
    armCount: fc.constantFrom(1, 1, 1, 2),
    otherVpcId: mostly<string | undefined>(undefined, 'vpc-2'),
    haveRoles: mostly(false, true),
    subnetZones: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 4, maxLength: 4 }),
  })
  .map(({ instances, tables, armCount, otherVpcId, haveRoles, subnetZones }) => {
    const there = instances.filter(({ isThere }) => isThere);
    const links = there.flatMap(({ instanceId, hasSourceDestCheck, ...one }) =>
      Array.from({ length: one.links ?? armCount }, (_, deviceIndex) =>
        anInterface(instanceId, {
          vpcId: deviceIndex === 0 ? one.vpcId : (otherVpcId ?? one.vpcId),
          deviceIndex,
          ipv6s: one.hasIpv6 ? [`fd00::${deviceIndex + 1}`] : [],
          hasSourceDestCheck: deviceIndex === 0 && hasSourceDestCheck,
          interfaceId: deviceIndex === 0 ? eniOf(instanceId) : `${eniOf(instanceId)}-2`,
        }),
      ),
    );
    const interfaceIds = new Set(links.map(({ interfaceId }) => interfaceId));
    const targetOf = (to: string, arm: string) => {
      const first = eniOf(to === 'x' ? 'i-x' : to);
      return interfaceIds.has(first + arm) ? first + arm : first;
    };
    return anInventory({
      instances: there.map(({ instanceId, vpcId, state, instanceProfile }) =>
        anInstance(instanceId, { vpcId, state, instanceProfile }),
      ),
      statuses: there.map(({ instanceId, state }) => aStatus(instanceId, { state })),
      interfaces: links,
      subnets: subnetZones.map((zone, index) => aSubnet(`subnet-${index}`, zoneOf(zone))),
      tables: tables.map(({ tableId, vpcId, accountId, isMain, subnets, routes }) =>
        aTableFact(tableId, {
          vpcId,
          accountId,
          isMain,
          subnetIds: subnets.map((one) => `subnet-${one}`),
          routes: routes.map(({ destination, to, arm, origin, state }) =>
            aRouteFact(destination, targetOf(to, arm), { origin, state }),
          ),
        }),
      ),
      lists: [{ prefixListId: 'pl-1', cidrs: ['10.30.0.0/16', '10.31.0.0/16'] }],
      tags: Object.fromEntries([
        ...there.map(({ instanceId, group, probe, pool }) => [
          instanceId,
          page({ group, probe, pool }),
        ]),
        ...there.flatMap(({ instanceId, hasOddRoles }) =>
          rolesOf(haveRoles, hasOddRoles).map((role, index) => [
            `${eniOf(instanceId)}${index === 0 ? '' : '-2'}`,
            page({ role }),
          ]),
        ),
        ...tables.map(({ tableId, group, preferred }) => [tableId, page({ group, preferred })]),
      ]),
    });
  });

/** The same facts in another order. */
export function shuffled(inventory: Inventory, seed: number): Inventory {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  const mix = <T>(list: readonly T[]): readonly T[] =>
    list
      .map((item) => ({ item, at: next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  const mixed = <T>(reading: Reading<readonly T[]>): Reading<readonly T[]> =>
    reading.known ? known(mix(reading.value), reading.at) : unknown(reading.why, NOW);
  const tables = mixed(inventory.routeTables);
  return {
    ...inventory,
    tags: mixed(inventory.tags),
    zones: mix(
      inventory.zones.map((zone) => ({
        ...zone,
        instances: mixed(zone.instances),
        statuses: mixed(zone.statuses),
        interfaces: mixed(zone.interfaces),
      })),
    ),
    subnets: mixed(inventory.subnets),
    routeTables: tables.known
      ? known(
          tables.value.map((table) => ({
            ...table,
            subnetIds: mix(table.subnetIds),
            routes: mix(table.routes),
          })),
          tables.at,
        )
      : tables,
    prefixLists: mixed(inventory.prefixLists),
  };
}
