/** A route table as it is judged: its groups and members, whether its routes are ours to write, and what is lost in it. Pure. */

import { isElastic, routeName } from '../../core/elasticAddress.ts';
import { parseGroups, parseMembers, TAG, type TagIndex } from '../../core/tags.ts';
import type { RouteFact, RouteTableFact } from '../types/inventory.ts';
import type { Appliance, Fault, TableObservation } from '../types/topology.ts';
import { tagFault } from './applianceTags.ts';

export function tableObservation(
  fact: RouteTableFact,
  tags: TagIndex,
  zone: { readonly zone: string; readonly subnetIds: readonly string[] } | undefined,
  prefixLists: ReadonlyMap<string, readonly string[]>,
  faults: Fault[],
): TableObservation {
  const tag = tags.get(fact.tableId)?.get(TAG.group);
  const groups = tag === undefined ? null : parseGroups(tag);
  if (groups !== null && !groups.ok) {
    faults.push(
      tagFault(subjectOf(fact), TAG.group, groups.why, 'No route of it is managed until then.'),
    );
  }
  return {
    tableId: fact.tableId,
    name: fact.name || fact.tableId,
    vpcId: fact.vpcId,
    groups: groups?.ok ? groups.value : [],
    ...membersOf(fact, tags, faults),
    preferredZone: zone?.zone ?? null,
    subnetIds: zone?.subnetIds ?? [],
    ways: fact.routes.toSorted(byPriority).flatMap(({ destination, interfaceId, otherTarget }) =>
      (prefixLists.get(destination) ?? [destination]).map((cidr) => ({
        cidr,
        targetId: interfaceId ?? otherTarget ?? '',
      })),
    ),
  };
}

/** A tag that cannot be read names no member. */
function membersOf(
  fact: RouteTableFact,
  tags: TagIndex,
  faults: Fault[],
): Pick<TableObservation, 'members'> {
  const tag = tags.get(fact.tableId)?.get(TAG.members);
  if (tag === undefined) return {};
  const members = parseMembers(tag);
  if (members.ok) return { members: members.value };
  const effect = 'No new member joins by it until then.';
  faults.push(tagFault(subjectOf(fact), TAG.members, members.why, effect));
  return { members: [] };
}

/** Of equally specific routes a static one wins over a propagated one, and a CIDR over a prefix list (facts of 2026-11). */
const byPriority = (a: RouteFact, b: RouteFact): number =>
  Number(isGiven(a)) - Number(isGiven(b)) || Number(isListed(a)) - Number(isListed(b));

const isGiven = ({ origin }: RouteFact): boolean =>
  origin === 'propagated' || origin === 'advertised';
export const isListed = ({ destination }: RouteFact): boolean => destination.startsWith('pl-');

/** False when no route of this table may ever be written; why is added to `faults`. */
export function isManageable(
  fact: RouteTableFact,
  table: TableObservation,
  leaning: readonly { readonly route: RouteFact; readonly nextHop: Appliance }[],
  owner: string,
  faults: Fault[],
): boolean {
  // Without a configured account id it is read off an instance: until then no table counts as foreign.
  if (owner === '') return false;
  const subject = subjectOf(fact);
  const list = leaning
    .map(({ route, nextHop }) => `${route.destination} by ${nextHop.name}`)
    .join(', ');
  // EC2 names the owner of every table; a capture written by hand may not.
  if (fact.accountId !== '' && fact.accountId !== owner) {
    faults.push({
      reason: 'TableForeign',
      subject,
      summary: `${subject.name} belongs to account ${fact.accountId} (shared VPC) and leads ${list}: it is seen, and never written from here.`,
      fix: `Deploy in account ${fact.accountId}, or move the appliance there.`,
    });
    return false;
  }
  const untagged = leaning.filter(
    ({ route, nextHop }) => route.origin === 'created' && !table.groups.includes(nextHop.group),
  );
  if (untagged.length > 0) {
    const groups = [...new Set(untagged.map(({ nextHop }) => nextHop.group))].join(' ');
    faults.push({
      reason: 'TableNotTagged',
      subject,
      summary: `${subject.name} leads ${untagged.map(({ route, nextHop }) => `${route.destination} by ${nextHop.name}`).join(', ')} but is not tagged for group ${groups}: these routes die with their appliance and are never moved.`,
      fix: `Tag ${fact.tableId} with ${TAG.group}="${groups}" to have them managed, or ${TAG.ignore}=why.`,
    });
  }
  faults.push(...leaning.flatMap((one) => unreadable(table, one)));
  const alien = leaning.filter(({ route: { origin } }) => !OWN_OR_UNKNOWN.has(origin));
  if (alien.length > 0 && table.groups.length > 0) {
    faults.push({
      reason: 'RouteOwnedByOther',
      subject,
      summary: `${subject.name} has ${alien.map(({ route }) => `${route.destination} (${route.origin})`).join(', ')}, kept by a gateway or a route server: left to it.`,
      fix: 'Nothing, if that is meant; otherwise withdraw the propagation.',
    });
  }
  return true;
}

const OWN_OR_UNKNOWN: ReadonlySet<RouteFact['origin']> = new Set(['created', 'unknown']);

/** It would be managed, if its words were known. */
const unreadable = (
  table: TableObservation,
  { route, nextHop }: { readonly route: RouteFact; readonly nextHop: Appliance },
): readonly Fault[] =>
  route.origin !== 'unknown' || !table.groups.includes(nextHop.group)
    ? []
    : [
        {
          reason: 'RouteUnreadable',
          subject: routeSubject(table, route.destination, nextHop.group),
          summary: `EC2 describes ${route.destination} in ${table.name} by a state or an origin that is not known here: it is not managed, and stays at ${nextHop.name} whatever happens to that.`,
          fix: `Look at it (aws ec2 describe-route-tables --route-table-ids ${table.tableId}), and update vpn-medic.`,
        },
      ];

/** Blackhole routes of a tagged table whose target is neither known nor remembered. */
export function lostRoutes(
  fact: RouteTableFact,
  table: TableObservation,
  nextHops: ReadonlyMap<string, Appliance>,
  moved: ReadonlyMap<string, string>,
): readonly Fault[] {
  if (table.groups.length === 0) return [];
  return fact.routes
    .filter(
      (route) =>
        route.state === 'blackhole' &&
        route.origin === 'created' &&
        !nextHops.has(route.interfaceId ?? route.otherTarget ?? '') &&
        !moved.has(route.interfaceId ?? ''),
    )
    .map((route) => ({
      reason: 'RouteBlackholed' as const,
      subject: routeSubject(table, route.destination),
      ...(isElastic(table.tableId)
        ? {
            summary: `${nameOf(table, route)} is associated with nothing, and was never seen at an appliance: not touched on a guess.`,
            fix: `Associate it once with an appliance of group ${table.groups.join(' or ')}, or remove its tag.`,
          }
        : {
            summary: `${nameOf(table, route)} leads to ${route.interfaceId ?? route.otherTarget ?? 'nothing'}, which is gone and was never seen as an appliance: not touched on a guess.`,
            fix: `Point the route at an appliance of group ${table.groups.join(' or ')}, or delete it.`,
          }),
    }));
}

const nameOf = ({ tableId, name }: TableObservation, { destination }: RouteFact): string =>
  routeName(tableId, destination, name);

export const routeSubject = (
  { tableId, name, groups, preferredZone }: TableObservation,
  destination: string,
  group: string | null = groups[0] ?? null,
): Fault['subject'] => ({
  kind: 'route',
  id: `${tableId} ${destination}`,
  name: routeName(tableId, destination, name),
  group,
  zone: preferredZone,
});

const subjectOf = (fact: RouteTableFact): Fault['subject'] => ({
  kind: 'table',
  id: fact.tableId,
  name: fact.name || fact.tableId,
  group: null,
  zone: null,
});
