/** What each gateway of last resort carries, for the leader of the appliances. Pure. */

import { covers, overlap, prefixLength } from '../../core/cidr.ts';
import type { PathHealth } from '../../core/connectionPath.ts';
import type { LastResort } from '../../core/lastResort.ts';
import { compare } from '../../core/order.ts';
import { parseGroups } from '../../core/tags.ts';
import type { GatewayPlace, LastResortWorld, NetworkTable } from '../types.ts';

/** A Site-to-Site connection that ends on a gateway. */
export interface ConnectionBehind {
  readonly connectionId: string;
  readonly gatewayId: string;
  readonly health: PathHealth['kind'];
  /** Without BGP. */
  readonly isStatic: boolean;
  /** Its static routes. */
  readonly cidrs: readonly string[];
}

/** One whose tag cannot be read, or is ignored, is none. */
export const lastResortsOf = (
  { gateways, places, tables }: LastResortWorld,
  connections: readonly ConnectionBehind[],
): readonly LastResort[] =>
  gateways.flatMap(({ gatewayId, groupTag, ignored }): readonly LastResort[] => {
    const groups = parseGroups(groupTag);
    if (!groups.ok || ignored !== null) return [];
    const behind = connections.filter((one) => one.gatewayId === gatewayId);
    const carries = places
      .filter((one) => one.gatewayId === gatewayId)
      .map((place) => [place.vpcId, carriedBy(place, tables, behind)] as const);
    return [
      {
        gatewayId,
        groups: groups.value,
        health: healthOf(behind),
        carries: Object.fromEntries(carries),
      },
    ];
  });

function healthOf(behind: readonly ConnectionBehind[]): LastResort['health'] {
  if (behind.some(({ health }) => health === 'up')) return 'up';
  return behind.length > 0 && behind.every(({ health }) => health === 'down') ? 'down' : 'unknown';
}

/** The destinations of tagged route tables that a connection which is up leads to; none that lies in the VPC itself. */
function carriedBy(
  place: GatewayPlace,
  tables: readonly NetworkTable[],
  behind: readonly ConnectionBehind[],
): readonly string[] {
  const inside = tables.filter(({ vpcId }) => vpcId === place.vpcId);
  const local = inside.flatMap(({ routes }) =>
    routes.flatMap(({ destination, target }) => (target === 'local' ? [destination] : [])),
  );
  const ways = waysOf(place, inside, behind);
  const destinations = inside.flatMap(({ routes, isGrouped }) =>
    isGrouped === true
      ? routes.flatMap((one) => (one.isPropagated === true ? [] : [one.destination]))
      : [],
  );
  return [...new Set(destinations)]
    .filter((cidr) => !local.some((own) => overlap(own, cidr)) && isLed(cidr, ways))
    .toSorted(compare);
}

interface Way {
  readonly cidr: string;
  /** It leads over a connection that is up. */
  readonly isUp: boolean;
}

function waysOf(
  { gatewayId, routes }: GatewayPlace,
  tables: readonly NetworkTable[],
  behind: readonly ConnectionBehind[],
): readonly Way[] {
  const up = behind.filter(({ health }) => health === 'up');
  const upIds = new Set(up.map(({ connectionId }) => connectionId));
  const ownStatic = behind.flatMap(({ cidrs, health }) =>
    cidrs.map((cidr) => ({ cidr, isUp: health === 'up' })),
  );
  // What BGP brought is withdrawn with it; a static route of a connection that is not up may stay.
  const stale = new Set(ownStatic.flatMap(({ cidr, isUp }) => (isUp ? [] : [cidr])));
  const propagated = tables.flatMap((table) =>
    table.routes.filter(
      ({ destination, target, isPropagated, isBlackhole }) =>
        isPropagated === true && target === gatewayId && !isBlackhole && !stale.has(destination),
    ),
  );
  return [
    ...routes.map(({ destination: cidr, isBlackhole, attachments }) => ({
      cidr,
      isUp: isBlackhole !== true && attachments.some(({ resourceId }) => upIds.has(resourceId)),
    })),
    ...ownStatic,
    ...(up.some(({ isStatic }) => !isStatic)
      ? propagated.map(({ destination: cidr }) => ({ cidr, isUp: true }))
      : []),
  ];
}

/** By the most specific of the routes that cover it. */
function isLed(cidr: string, ways: readonly Way[]): boolean {
  const covering = ways.filter((way) => covers(way.cidr, cidr));
  const longest = Math.max(...covering.map((way) => prefixLength(way.cidr)));
  return covering.some((way) => way.isUp && prefixLength(way.cidr) === longest);
}
