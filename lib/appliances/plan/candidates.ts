/** The candidate targets of each route, before any rule is asked. Pure. */
import { describeGateway, isGatewayId, type LastResort } from '../../core/lastResort.ts';
import { compare } from '../../core/order.ts';
import { type Pin, pinOf } from '../../core/pin.ts';
import { toIso } from '../../core/time.ts';
import type { Hold } from '../rules.ts';
import { homecomingOf } from '../state/failback.ts';
import { describeLeave, isAnnounced, isOutweighed } from '../state/leave.ts';
import { isPointedBack } from '../state/pointedBack.ts';
import type { Homecoming } from '../types/failback.ts';
import type { MoveKind } from '../types/plan.ts';
import {
  type Appliance,
  familiesOf,
  isInVpc,
  type ManagedRoute,
  priorityOf,
} from '../types/topology.ts';
import { isDead, type Verdict } from '../types/verdict.ts';
import { resortsOf, whyLost } from './lastResort.ts';
import { preferredAmongMembers } from './preferredAmongMembers.ts';
import { type PlanScene, successors } from './successors.ts';

export type Target = Appliance | LastResort;

export interface RouteCandidate {
  readonly kind: MoveKind;
  readonly route: ManagedRoute;
  /** Best first; empty when there is no target. */
  readonly targets: Iterable<Target>;
  readonly because: string;
  readonly isEc2Confirmed: boolean;
  readonly isUndoing?: boolean;
  /** What holds it when there is no target at all. */
  readonly noTarget: Omit<Hold, 'until'>;
}

/** Where a route should lead, best target first; null when it stays. */
export function candidateFor(route: ManagedRoute, scene: PlanScene): RouteCandidate | null {
  const { assessment, appliances, memory } = scene;
  const verdict = assessment.verdicts.get(route.nextHop);
  const preferred = preferredAmongMembers(route, scene);
  if (preferred?.kind === 'contested') return null;
  if (preferred?.kind === 'pool') {
    const owner = appliances.get(preferred.instanceId);
    if (owner === undefined || owner.instanceId === route.nextHop) return null;
    if (!isDead(verdict)) return null;
    const because = `${route.destination} is a client pool of ${owner.name}`;
    return { ...candidateTo([owner], because), kind: 'pool', route };
  }
  const pin = pinFor(route, scene);
  if (isGatewayId(route.nextHop)) return fromGateway(route, pin, scene);
  const home = lostHome(route, scene);
  if (isDead(verdict)) {
    return {
      kind: 'failover',
      route,
      targets: all(route, pin?.to ?? home?.from ?? null, scene),
      because: `${appliances.get(route.nextHop)?.name ?? route.nextHop} is down: ${verdict.why}`,
      isEc2Confirmed: verdict.isEc2Confirmed,
      isUndoing: isPointedBack(route, verdict, memory),
      noTarget: { rule: 'S2', because: whyNoTarget(route, scene) },
    };
  }
  const lost = lostWhy(route, verdict, home, scene);
  if (lost !== null) {
    return {
      kind: 'failover',
      route,
      targets: all(route, pin?.to ?? home?.from ?? null, scene),
      because: lost,
      isEc2Confirmed: false,
      noTarget: { rule: 'S2', because: whyNoTarget(route, scene) },
    };
  }
  const leave = assessment.leaves.get(route.nextHop);
  if (leave !== undefined && !isOutweighed(leave, pin?.to === route.nextHop ? pin : null)) {
    return {
      kind: 'leave',
      route,
      // A drill tries the appliances.
      targets: (leave.cause === 'drill' ? successors : all)(route, pin?.to ?? null, scene),
      because: `${appliances.get(route.nextHop)?.name ?? route.nextHop} ${describeLeave(leave)}`,
      isEc2Confirmed: isAnnounced(leave),
      noTarget: { rule: 'S14', because: whyNoTarget(route, scene) },
    };
  }
  if (pin !== null) return pin.to === route.nextHop ? null : pinned(pin, route, scene);
  if (preferred === null || preferred.instanceId === route.nextHop) return null;
  const target = appliances.get(preferred.instanceId);
  if (target === undefined) return null;
  const because = `${target.name} is its preferred next hop (${describeWhy(preferred.why, target)})`;
  const targets = [target, ...zoneMates(route, target, scene)];
  return { ...candidateTo(targets, because), kind: 'failback', route };
}

/** Why this route leaves one that is up: its own path through it carries nothing. Null: not so. */
function lostWhy(
  { nextHop, destination }: ManagedRoute,
  verdict: Verdict | undefined,
  home: Homecoming | null,
  { appliances, world: { topology } }: PlanScene,
): string | null {
  if (verdict?.kind !== 'up') return null;
  const name = appliances.get(nextHop)?.name ?? nextHop;
  if (home !== null && verdict.tunnel === 'lost')
    return `the tunnel of ${name} carries nothing since the failback at ${toIso(home.at)}`;
  const why = verdict.ipv6DownWhy;
  return why !== undefined && familiesOf(destination, topology).includes('ipv6')
    ? `${name} is down for IPv6: ${why}`
    : null;
}

/** The appliances, and after all of them the gateways of last resort. */
function* all(route: ManagedRoute, pinnedTo: string | null, scene: PlanScene): Generator<Target> {
  yield* successors(route, pinnedTo, scene);
  yield* resortsOf(route, scene.memory);
}

/** Any appliance is better than a last resort: back to the best one, as a failback while the gateway is not known to be lost. */
function fromGateway(route: ManagedRoute, pin: Pin | null, scene: PlanScene): RouteCandidate {
  const gatewayWhy = whyLost(route, scene.memory, scene.now);
  if (gatewayWhy === null && pin !== null && scene.appliances.has(pin.to))
    return pinned(pin, route, scene);
  return {
    kind: gatewayWhy === null ? 'failback' : 'failover',
    route,
    targets: (gatewayWhy === null ? successors : all)(route, pin?.to ?? null, scene),
    because: gatewayWhy ?? `it leads to ${describeGateway(route.nextHop)}`,
    isEc2Confirmed: gatewayWhy !== null,
    noTarget: { rule: 'S2', because: whyNoTarget(route, scene) },
  };
}

/** The failback of this route, when it is to be undone. */
function lostHome(
  route: ManagedRoute,
  { assessment, memory, policy, now }: PlanScene,
): Homecoming | null {
  const isUndone = assessment.appliances.get(route.nextHop)?.doubt?.why === 'undone';
  return isUndone ? homecomingOf(memory.groups.get(route.group), route, policy, now) : null;
}

function describeWhy(why: 'learnt' | 'tag' | 'zone', { zone }: Appliance): string {
  switch (why) {
    case 'learnt':
      return 'its owner put it there';
    case 'tag':
      return 'by tag';
    case 'zone':
      return zone;
    default:
      return why satisfies never;
  }
}

/**
 * While the preferred member is not up, any other of its zone is as good as it, for a route that is in another zone;
 * but not one whose priority is behind that of the current next hop.
 */
function zoneMates(
  { nextHop, group, vpcId }: ManagedRoute,
  preferred: Appliance,
  { assessment, appliances, peers, loads }: PlanScene,
): readonly Appliance[] {
  const isUp = assessment.verdicts.get(preferred.instanceId)?.kind === 'up';
  const current = appliances.get(nextHop);
  if (isUp || current?.zone === preferred.zone) return [];
  const lastPriority = current === undefined ? Number.POSITIVE_INFINITY : priorityOf(current);
  const loadOf = ({ instanceId }: Appliance) => loads.get(instanceId) ?? 0;
  return (peers.get(`${group} ${vpcId}`) ?? [])
    .filter(
      (one) =>
        one.zone === preferred.zone &&
        one.instanceId !== preferred.instanceId &&
        priorityOf(one) <= lastPriority,
    )
    .toSorted(
      (a, b) =>
        priorityOf(a) - priorityOf(b) ||
        loadOf(a) - loadOf(b) ||
        compare(a.instanceId, b.instanceId),
    );
}

function whyNoTarget({ group, vpcId, nextHop }: ManagedRoute, { appliances }: PlanScene): string {
  const others = [...appliances.values()].filter(
    (one) => one.group === group && one.instanceId !== nextHop,
  );
  return others.length === 0
    ? `group ${group} has no other appliance`
    : `no other appliance of group ${group} has a network interface in ${vpcId}`;
}

const candidateTo = (
  targets: readonly Appliance[],
  because: string,
): Omit<RouteCandidate, 'kind' | 'route'> => ({
  targets,
  because,
  isEc2Confirmed: false,
  noTarget: { rule: 'S2', because: 'its target is no appliance of the group any more' },
});

/** A group may have appliances in several VPCs; its pin counts for the routes that the appliance can carry. */
function pinFor(route: ManagedRoute, { memory, now, appliances }: PlanScene): Pin | null {
  if (memory.pins.length === 0) return null;
  return pinOf(
    memory.pins.filter(({ routeKey, to }) => {
      const target = appliances.get(to);
      return routeKey !== null || target === undefined || isInVpc(target, route.vpcId);
    }),
    route,
    now,
  );
}

function pinned(pin: Pin, route: ManagedRoute, { appliances }: PlanScene): RouteCandidate {
  const target = appliances.get(pin.to);
  const because = `${pin.by} pinned it to ${target?.name ?? pin.to} until ${toIso(pin.until)}`;
  return { ...candidateTo(target === undefined ? [] : [target], because), kind: 'pin', route };
}
