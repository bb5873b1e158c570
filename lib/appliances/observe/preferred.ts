/** The preferred next hop of a route. Pure. */

import { overlap } from '../../core/cidr.ts';
import { isElastic } from '../../core/elasticAddress.ts';
import { addOne, compare } from '../../core/order.ts';
import { parsePreferred, TAG } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';
import type { RouteTableFact, SubnetFact } from '../types/inventory.ts';
import type { LearntRoute } from '../types/learnt.ts';
import {
  type Appliance,
  type Fault,
  isInVpc,
  type Preferred,
  priorityOf,
  type TableObservation,
} from '../types/topology.ts';

/** One managed route, and what its preferred next hop depends on. */
export interface RouteSetting {
  readonly table: TableObservation;
  /** Prefix lists expanded. */
  readonly cidrs: readonly string[];
  readonly nextHop: Appliance;
  /** The value of `vpn-medic:preferred`. */
  readonly tag: string | undefined;
  readonly learnt: LearntRoute | undefined;
}

/** The account around it. */
export interface PreferredScene {
  readonly appliances: readonly Appliance[];
  readonly subnets: readonly SubnetFact[];
  /** Ended, and not coming back. */
  readonly isGone: (appliance: Appliance) => boolean;
  readonly launchedAtOf: (instanceId: string) => Instant | null;
  /** It may carry routes of its group in this table. */
  readonly isAdmitted: (appliance: Appliance, table: TableObservation) => boolean;
  /** Routes by next hop, with those that are to lead there; kept up to date. */
  readonly loads: Map<string, number>;
  readonly tell: (fault: Fault) => void;
}

/**
 * Where the owner of a route put it, or where the tag of its table says. What was never seen to live is preferred where
 * it leads now: a well route has no reason to move.
 */
export function preferredOf(route: RouteSetting, scene: PreferredScene): Preferred {
  const { table, nextHop, tag } = route;
  const members = scene.appliances.filter(
    (one) => one.group === nextHop.group && isInVpc(one, table.vpcId),
  );
  const tagged = tag === undefined ? null : taggedPreferred(route, tag, members, scene);
  return tagged ?? learntPreferred(route, members, scene);
}

function learntPreferred(
  { table, nextHop, learnt }: RouteSetting,
  members: readonly Appliance[],
  scene: PreferredScene,
): Preferred {
  const own = members.find(({ instanceId }) => instanceId === learnt?.instanceId);
  const chosen =
    learnt === undefined
      ? nextHop
      : own !== undefined && !scene.isGone(own)
        ? own
        : heirOf(learnt, nextHop, table, members, scene);
  return { kind: 'appliance', instanceId: chosen.instanceId, why: 'learnt' };
}

/** Of a member that is gone for good: the newest admitted one of its zone that was started after it, else the next hop of now. */
function heirOf(
  learnt: LearntRoute,
  nextHop: Appliance,
  table: TableObservation,
  members: readonly Appliance[],
  { isGone, isAdmitted, launchedAtOf }: PreferredScene,
): Appliance {
  const launchOf = ({ instanceId }: Appliance) => launchedAtOf(instanceId) ?? 0;
  const mates = members
    .filter((one) => one.zone === learnt.zone && !isGone(one) && isAdmitted(one, table))
    .toSorted((a, b) => launchOf(b) - launchOf(a) || compare(a.instanceId, b.instanceId));
  const [newest] = mates;
  if (newest === undefined) return nextHop;
  const isNewer = launchOf(newest) > (learnt.launchedAt ?? 0);
  return !isNewer && mates.includes(nextHop) ? nextHop : newest;
}

/** Null: the tag has nothing to say about this route. */
function taggedPreferred(
  route: RouteSetting,
  tag: string,
  members: readonly Appliance[],
  scene: PreferredScene,
): Preferred | null {
  const { table } = route;
  const parsed = parsePreferred(tag);
  if (parsed.ok && parsed.value === 'zone') {
    if (!isElastic(table.tableId)) return zonePreferred(route, members, scene);
    scene.tell(tagFault(table, 'an Elastic address serves no zone'));
    return null;
  }
  const chosen = parsed.ok
    ? scene.appliances.find(({ instanceId }) => instanceId === parsed.value)
    : undefined;
  if (chosen !== undefined && members.includes(chosen)) {
    // A gateway has one table for all zones: an appliance in it is meant for the subnets of its own zone.
    const zone = table.subnetIds.length > 0 ? null : zoneOfRoute(route, scene.subnets);
    const isMeant = zone === null || zone === chosen.zone;
    return isMeant ? { kind: 'appliance', instanceId: chosen.instanceId, why: 'tag' } : null;
  }
  // The tag of a table with several groups counts only for the group that the instance belongs to.
  const isOther =
    chosen !== undefined && table.groups.includes(chosen.group) && isInVpc(chosen, table.vpcId);
  if (!isOther) {
    const why = parsed.ok
      ? `${parsed.value} is no appliance of group ${table.groups.join(' or ')} in ${table.vpcId}`
      : parsed.why;
    scene.tell(tagFault(table, why));
  }
  return null;
}

const tagFault = (table: TableObservation, why: string): Fault => ({
  reason: 'HomeInvalid',
  subject: {
    kind: 'table',
    id: table.tableId,
    name: table.name,
    group: null,
    zone: table.preferredZone,
  },
  summary: `The tag ${TAG.preferred} of ${table.name} cannot be followed: ${why}. ${isElastic(table.tableId) ? 'It keeps' : 'Its routes keep'} the preferred next hop that was learnt.`,
  fix: `Name one appliance of its group in ${TAG.preferred} on ${table.tableId}${isElastic(table.tableId) ? '' : ', or write "zone"'}, or remove the tag.`,
});

/** A next hop in the zone is left alone; else the admitted member of the zone of the lowest priority, with the fewest of its routes, then the lower id. */
function zonePreferred(
  route: RouteSetting,
  members: readonly Appliance[],
  { subnets, isGone, isAdmitted, loads }: PreferredScene,
): Preferred | null {
  const { table, nextHop } = route;
  const zone = table.preferredZone ?? zoneOfRoute(route, subnets);
  if (nextHop.zone === zone) {
    return { kind: 'appliance', instanceId: nextHop.instanceId, why: 'zone' };
  }
  const [chosen] = members
    .filter((one) => one.zone === zone && !isGone(one) && isAdmitted(one, table))
    .toSorted(
      (a, b) =>
        priorityOf(a) - priorityOf(b) ||
        (loads.get(a.instanceId) ?? 0) - (loads.get(b.instanceId) ?? 0) ||
        compare(a.instanceId, b.instanceId),
    );
  if (chosen === undefined) return null;
  addOne(loads, chosen.instanceId);
  return { kind: 'appliance', instanceId: chosen.instanceId, why: 'zone' };
}

/** Of an edge route: the zone of the subnets inside its destination; null when they lie in several, or there are none. */
function zoneOfRoute(
  { cidrs, table }: RouteSetting,
  subnets: readonly SubnetFact[],
): string | null {
  const zones = new Set(
    subnets
      .filter(({ vpcId }) => vpcId === table.vpcId)
      .filter((subnet) => subnet.cidrs.some((own) => cidrs.some((cidr) => overlap(cidr, own))))
      .map(({ zone }) => zone),
  );
  const [only = null] = zones;
  return zones.size === 1 ? only : null;
}

/** By table id: the zone where most of its subnets lie (tie: the lower name), with all of its subnets. */
export function preferredZones(
  tables: readonly RouteTableFact[],
  subnets: readonly SubnetFact[],
): ReadonlyMap<string, { readonly zone: string; readonly subnetIds: readonly string[] }> {
  const explicit = new Set(tables.flatMap(({ subnetIds }) => subnetIds));
  const zoneOf = new Map(subnets.map(({ subnetId, zone }) => [subnetId, zone]));
  const preferences = new Map<string, { zone: string; subnetIds: readonly string[] }>();
  for (const table of tables) {
    // A subnet that no table names uses its VPC's main table.
    const implied = table.isMain
      ? subnets.filter((one) => one.vpcId === table.vpcId && !explicit.has(one.subnetId))
      : [];
    const subnetIds = [...table.subnetIds, ...implied.map(({ subnetId }) => subnetId)];
    const counts = new Map<string, number>();
    for (const subnetId of subnetIds) {
      const zone = zoneOf.get(subnetId);
      if (zone !== undefined) addOne(counts, zone);
    }
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    if (most !== undefined) preferences.set(table.tableId, { zone: most[0], subnetIds });
  }
  return preferences;
}
