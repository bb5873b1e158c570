/** Which routes are managed, what their next hop is, and which next hop they prefer. Pure. */

import { overlap } from '../../core/cidr.ts';
import { isElastic } from '../../core/elasticAddress.ts';
import { isGatewayId } from '../../core/lastResort.ts';
import { addOne, compare } from '../../core/order.ts';
import { TAG, type TagIndex } from '../../core/tags.ts';
import type { Inventory, RouteFact, RouteTableFact } from '../types/inventory.ts';
import type {
  Appliance,
  Fault,
  ManagedRoute,
  Preferred,
  TableObservation,
} from '../types/topology.ts';
import { addressTables, lastHolder, vpcOf } from './addresses.ts';
import { instanceFacts } from './appliances.ts';
import { movedInterfaces } from './interfaces.ts';
import { standInFor } from './lastResort.ts';
import type { Preferences } from './preferences.ts';
import {
  type PreferredScene,
  preferredOf,
  preferredZones,
  type RouteSetting,
} from './preferred.ts';
import {
  isListed,
  isManageable,
  lostRoutes,
  routeSubject,
  tableObservation,
} from './routeTables.ts';

export interface RoutesObservation {
  readonly tables: readonly TableObservation[];
  readonly routes: readonly ManagedRoute[];
}

/** Tables and managed routes, both ordered; routes of untagged tables, of other accounts and to unknown targets are faults, never managed. */
export function readRoutes(
  inventory: Inventory,
  tags: TagIndex,
  preferences: Preferences,
  appliances: readonly Appliance[],
  faults: Fault[],
): RoutesObservation {
  const routeTables = inventory.routeTables.known ? inventory.routeTables.value : [];
  const facts = [...routeTables, ...addressTables(inventory)];
  const zones = preferredZones(routeTables, inventory.subnets.known ? inventory.subnets.value : []);
  const nextHops = nextHopBook(appliances);
  const moved = movedInterfaces(inventory);
  const owner = instanceFacts(inventory).values().next().value?.accountId ?? inventory.accountId;
  const tables: TableObservation[] = [];
  const found: FoundRoute[] = [];
  for (const fact of facts.toSorted((a, b) => compare(a.tableId, b.tableId))) {
    const leaning = fact.routes
      .flatMap((route) => {
        const nextHop =
          nextHops.get(route.interfaceId ?? route.otherTarget ?? '') ??
          lastHolder(fact, route, preferences, appliances) ??
          standInFor(fact, route, { learnt: preferences.learnt, tags }, appliances);
        return nextHop === undefined ? [] : [{ route, nextHop }];
      })
      .toSorted(
        (a, b) =>
          compare(a.route.destination, b.route.destination) ||
          compare(a.route.origin, b.route.origin),
      );
    const table = tableObservation(
      fact.vpcId === '' ? inVpcOf(fact, leaning[0], appliances) : fact,
      tags,
      zones.get(fact.tableId),
      preferences.prefixLists,
      faults,
    );
    const isOurs = leaning.length === 0 || isManageable(fact, table, leaning, owner, faults);
    if (table.groups.length > 0 || leaning.length > 0) tables.push(table);
    if (!isOurs) continue;
    for (const { route, nextHop } of leaning) {
      if (route.origin !== 'created' || !table.groups.includes(nextHop.group)) continue;
      found.push({ table, route, nextHop });
    }
    const isUnled = (route: RouteFact) => !leaning.some((one) => one.route === route);
    if (leaning.length === 0 || !isElastic(fact.tableId))
      faults.push(
        ...lostRoutes({ ...fact, routes: fact.routes.filter(isUnled) }, table, nextHops, moved),
      );
  }
  found.sort(
    (a, b) =>
      compare(a.table.tableId, b.table.tableId) ||
      compare(a.route.destination, b.route.destination),
  );
  return {
    tables,
    routes: settlePreferences(found, inventory, tags, preferences, appliances, faults),
  };
}

const inVpcOf = (
  fact: RouteTableFact,
  held: LeaningRoute | undefined,
  appliances: readonly Appliance[],
): RouteTableFact =>
  held === undefined ? fact : { ...fact, vpcId: vpcOf(held.route, held.nextHop, appliances) };

interface LeaningRoute {
  readonly route: RouteFact;
  /** Where it leads to a gateway of last resort: the appliance that stands for its group. */
  readonly nextHop: Appliance;
}

interface FoundRoute extends LeaningRoute {
  readonly table: TableObservation;
}

/** Interface ids and, for the routes that EC2 shows by instance only, instance ids. */
function nextHopBook(appliances: readonly Appliance[]): ReadonlyMap<string, Appliance> {
  const book = new Map(appliances.map((one) => [one.instanceId, one]));
  // An interface that EC2 shows at one appliance belongs to no other that only remembers it.
  for (const isAttached of [false, true]) {
    for (const appliance of appliances) {
      for (const one of appliance.interfaces) {
        if (one.isAttached === isAttached && one.movedTo === null)
          book.set(one.interfaceId, appliance);
      }
    }
  }
  return book;
}

function settlePreferences(
  found: readonly FoundRoute[],
  inventory: Inventory,
  tags: TagIndex,
  { learnt, pools, prefixLists, isGone, isAdmitted }: Preferences,
  appliances: readonly Appliance[],
  faults: Fault[],
): readonly ManagedRoute[] {
  const facts = instanceFacts(inventory);
  const tagged = new Set<string>();
  const scene = {
    appliances,
    subnets: inventory.subnets.known ? inventory.subnets.value : [],
    isGone,
    isAdmitted,
    launchedAtOf: (instanceId: string) => facts.get(instanceId)?.launchedAt ?? null,
    loads: new Map<string, number>(),
    tell(fault: Fault) {
      if (!tagged.has(fault.subject.id)) faults.push(fault);
      tagged.add(fault.subject.id);
    },
  };
  for (const { nextHop } of found) addOne(scene.loads, nextHop.instanceId);
  return found.map(({ table, route, nextHop }) => {
    const key = `${table.tableId} ${route.destination}`;
    const targetId = route.interfaceId ?? route.otherTarget ?? nextHop.instanceId;
    const setting = {
      table,
      cidrs: prefixLists.get(route.destination) ?? [route.destination],
      nextHop,
      tag: tags.get(table.tableId)?.get(TAG.preferred),
      learnt: learnt.get(key),
    };
    const claim = pools.preferredOf(table.vpcId, route.destination);
    const isEntitled = claim !== null && mayClaim(claim, setting, scene);
    if (claim !== null && !isEntitled) faults.push(idleClaim(table, route, nextHop, claim));
    const preferred: Preferred = isEntitled ? claim : preferredOf(setting, scene);
    if (preferred.kind === 'contested' && isListed(route))
      faults.push(mixedList(table, route, preferred.why));
    return {
      key,
      tableId: table.tableId,
      tableName: table.name,
      vpcId: table.vpcId,
      destination: route.destination,
      group: nextHop.group,
      targetId,
      nextHop: isGatewayId(targetId) ? targetId : nextHop.instanceId,
      isBlackhole: route.state === 'blackhole',
      preferred,
    };
  });
}

/**
 * A claim takes no route from a living appliance at which its owner put it: any principal that may tag an instance could take
 * it. It counts for a route that leads to the claimant, or was put there, or whose appliance is gone for good.
 */
function mayClaim(
  claim: Preferred,
  { cidrs, nextHop, learnt }: RouteSetting,
  { appliances, isGone }: PreferredScene,
): boolean {
  const holderId = learnt?.instanceId ?? nextHop.instanceId;
  const holder = appliances.find(({ instanceId }) => instanceId === holderId);
  // Claimed twice: it counts if one of the claimants is where the route leads, or was put.
  if (claim.kind !== 'pool') {
    const pools = [...nextHop.pools, ...(holder?.pools ?? [])];
    return pools.some((pool) => cidrs.some((cidr) => overlap(pool, cidr)));
  }
  return (
    claim.instanceId === nextHop.instanceId ||
    claim.instanceId === holderId ||
    holder === undefined ||
    isGone(holder)
  );
}

const idleClaim = (
  table: TableObservation,
  { destination }: RouteFact,
  nextHop: Appliance,
  claim: Preferred,
): Fault => ({
  reason: 'PoolNotFollowed',
  subject: routeSubject(table, destination, nextHop.group),
  summary: `${destination} in ${table.name} leads to ${nextHop.name}, and ${claim.kind === 'pool' ? claim.instanceId : 'another appliance'} claims it as a client pool: the claim is not followed.`,
  fix: 'If the claim is right, point the route at that appliance once; else correct its tag vpn-medic:pool.',
});

/** A pool that is claimed twice is a fault of its claimants; a prefix list that no single appliance can own is a fault of the route. */
const mixedList = (table: TableObservation, { destination }: RouteFact, why: string): Fault => ({
  reason: 'PoolsOverlap',
  subject: routeSubject(table, destination),
  summary: `${why}: the route is left alone, also when its appliance dies.`,
  fix: `Take the client pool out of ${destination}, and give it a route of its own.`,
});
