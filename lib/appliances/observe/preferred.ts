/** The preferred next hop of a route. Pure. */

import { addOne, compare } from '../../core/order.ts';
import { parsePreferred, TAG } from '../../core/tags.ts';
import type { RouteTableFact, SubnetFact } from '../types/inventory.ts';
import {
  type Appliance,
  type Fault,
  isInVpc,
  type Preferred,
  type TableObservation,
} from '../types/topology.ts';

/**
 * The preferred next hop of a table's routes for the group of its current next hop. The tag decides; else the zone
 * where most of the table's subnets lie. A next hop in that zone is left alone; among several candidates the one with
 * the fewest of the zone's routes is chosen, then the lower id. `loads` counts those routes and is kept up to date.
 */
export function tablePreferred(
  table: TableObservation,
  nextHop: Appliance,
  preferredTag: string | undefined,
  appliances: readonly Appliance[],
  loads: Map<string, number>,
  tell: (fault: Fault) => void,
): Preferred {
  const members = appliances.filter(
    (one) => one.group === nextHop.group && isInVpc(one, table.vpcId),
  );
  if (preferredTag !== undefined)
    return taggedPreferred(table, preferredTag, appliances, members, tell);
  if (table.preferredZone === null) return { kind: 'none', why: `${table.name} serves no subnet` };
  if (nextHop.zone === table.preferredZone) {
    return { kind: 'appliance', instanceId: nextHop.instanceId, why: 'zone' };
  }
  const [preferred] = members
    .filter(({ zone }) => zone === table.preferredZone)
    .toSorted(
      (a, b) =>
        Number(isPast(a)) - Number(isPast(b)) ||
        (loads.get(a.instanceId) ?? 0) - (loads.get(b.instanceId) ?? 0) ||
        compare(a.instanceId, b.instanceId),
    );
  if (preferred === undefined) {
    return {
      kind: 'none',
      why: `group ${nextHop.group} has no appliance in ${table.preferredZone}`,
    };
  }
  addOne(loads, preferred.instanceId);
  return { kind: 'appliance', instanceId: preferred.instanceId, why: 'zone' };
}

/** An instance without an interface is terminated: its successor in the zone is preferred. */
const isPast = ({ interfaces }: Appliance): boolean =>
  !interfaces.some(({ isAttached }) => isAttached);

function taggedPreferred(
  table: TableObservation,
  preferredTag: string,
  appliances: readonly Appliance[],
  members: readonly Appliance[],
  tell: (fault: Fault) => void,
): Preferred {
  const parsed = parsePreferred(preferredTag);
  const chosen = parsed.ok
    ? appliances.find(({ instanceId }) => instanceId === parsed.value)
    : null;
  if (parsed.ok && chosen && members.includes(chosen)) {
    return { kind: 'appliance', instanceId: chosen.instanceId, why: 'tag' };
  }
  // The tag of a table with several groups counts only for the group that the instance belongs to.
  if (parsed.ok && chosen && table.groups.includes(chosen.group) && isInVpc(chosen, table.vpcId)) {
    return {
      kind: 'none',
      why: `its tag vpn-medic:preferred names an appliance of group ${chosen.group}`,
    };
  }
  const why = parsed.ok
    ? `${parsed.value} is no appliance of group ${table.groups.join(' or ')} in ${table.vpcId}`
    : parsed.why;
  tell({
    reason: 'HomeInvalid',
    subject: {
      kind: 'table',
      id: table.tableId,
      name: table.name,
      group: null,
      zone: table.preferredZone,
    },
    summary: `The tag ${TAG.preferred} of ${table.name} cannot be followed: ${why}. Its routes stay where they are while that appliance lives.`,
    fix: `Name one appliance of the table's group in ${TAG.preferred} on ${table.tableId}, or remove the tag.`,
  });
  return { kind: 'none', why: `its tag vpn-medic:preferred cannot be followed (${why})` };
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
