/** Findings about managed routes: failed over, pinned by flapping, without a healthy next hop. Pure. */

import { countedRoutes, routeName, UNHELD } from '../../core/elasticAddress.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { describeGateway, isGatewayId } from '../../core/lastResort.ts';
import { type Pin, pinOf } from '../../core/pin.ts';
import { unjudgedKey } from '../../core/report.ts';
import { shellQuoted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { isDrilled } from '../state/drill.ts';
import type { Leave, Leaves } from '../state/leave.ts';
import type { Memory } from '../state.ts';
import type { ManagedRoute } from '../types/topology.ts';
import type { Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';

export function findInRoutes(
  world: World,
  verdicts: Verdicts,
  leaves: Leaves,
  memory: Memory,
  now: Instant,
): readonly Finding[] {
  return [
    ...findAway(world, leaves, memory, now),
    ...findPinned(world, memory, now),
    ...findWished(world, memory, now),
    ...findPools(world, verdicts, now),
    ...findRewritten(world, memory, now),
    ...findUnheld(world, verdicts, memory, now),
  ];
}

/** One finding an appliance whose routes are failed over, also while a write that takes them back does not show yet. */
function findAway(world: World, leaves: Leaves, memory: Memory, now: Instant): readonly Finding[] {
  const failedOver = world.topology.routes.filter(
    (route) =>
      route.preferred.kind === 'appliance' &&
      route.preferred.instanceId !== route.nextHop &&
      !isWished(route, memory, now) &&
      !hasLeftInTime(route, leaves, memory, now),
  );
  return [...Map.groupBy(failedOver, preferredOf)].flatMap(
    ([preferredId, routes]): readonly Finding[] => {
      const preferred = world.topology.appliances.find(
        ({ instanceId }) => instanceId === preferredId,
      );
      const [first] = routes;
      if (preferred === undefined || first === undefined) return [];
      return [
        {
          reason: 'RouteAway',
          subject: {
            kind: 'appliance',
            id: preferred.instanceId,
            name: preferred.name,
            group: preferred.group,
            zone: preferred.zone,
          },
          severity: 'warning',
          summary: `${countedRoutes(routes.map(({ key }) => key))} of ${preferred.name} (${preferred.zone}) ${routes.length === 1 ? 'is' : 'are'} carried by ${nextHops(world, routes)}.`,
          evidence: routes.map(({ key }) => key),
          since: memory.groups.get(first.group)?.lastFailoverAt ?? now,
          hint: APPLIANCE_FINDINGS.RouteAway.hint,
        },
      ];
    },
  );
}

/**
 * By `unjudgedKey`: of a route that is where a pin wants it, or wanted it, it does not show whether it had failed over
 * before. `RouteAway` is neither found nor over until it is home.
 */
export const unjudgedAway = (world: World, memory: Memory, now: Instant): ReadonlySet<string> =>
  new Set(
    world.topology.routes
      .filter(
        (route) =>
          route.preferred.kind === 'appliance' &&
          route.preferred.instanceId !== route.nextHop &&
          isWished(route, memory, now),
      )
      .map((route) => unjudgedKey('RouteAway', preferredOf(route))),
  );

/** After a pin has ended its routes fail back: no finding. */
const isWished = (route: ManagedRoute, { pins }: Memory, now: Instant): boolean =>
  pins.length > 0 &&
  [now, now - HOMEWARD_MS].some((at) => pinOf(pins, route, at)?.to === route.nextHop);

const HOMEWARD_MS = 60_000;

/**
 * The route left in time what is about to end: notified by `ApplianceLeaving`. One that failed over before the notice is
 * still away for that reason. After a notice that came to nothing it fails back: no finding.
 */
function hasLeftInTime(
  route: ManagedRoute,
  leaves: Leaves,
  { leaves: stored, preferred, groups, drills }: Memory,
  now: Instant,
): boolean {
  const id = preferredOf(route);
  const isJustOver = ({ instanceId, until }: Leave) =>
    instanceId === id && until !== null && until <= now && now - until < HOMEWARD_MS;
  const leave = leaves.get(id) ?? stored.find(isJustOver);
  const movedAt = preferred.get(route.key)?.movedAt ?? null;
  const failovers = groups.get(route.group)?.failovers[route.key] ?? [];
  if (isDrilled(drills, route) && failovers.length === 0) return true;
  return leave !== undefined && movedAt !== null && movedAt >= leave.at && failovers.length === 0;
}

const preferredOf = ({ preferred }: ManagedRoute): string =>
  preferred.kind === 'appliance' ? preferred.instanceId : '';

function nextHops(world: World, routes: readonly ManagedRoute[]): string {
  const ids = new Set(routes.map(({ nextHop }) => nextHop));
  const appliances = world.topology.appliances
    .filter(({ instanceId }) => ids.has(instanceId))
    .map(({ name, zone }) => `${name} (${zone})`);
  return [...appliances, ...[...ids].filter(isGatewayId).map(describeGateway)].join(' and ');
}

function findPinned(world: World, memory: Memory, now: Instant): readonly Finding[] {
  return [...memory.groups].flatMap(([group, { pinnedAts }]): readonly Finding[] => {
    const pinned = world.topology.routes.filter((route) => pinnedAts[route.key] !== undefined);
    if (pinned.length === 0) return [];
    return [
      {
        reason: 'RoutePinned',
        subject: { kind: 'group', id: group, name: group, group, zone: null },
        severity: 'warning',
        summary: `${countedRoutes(pinned.map(({ key }) => key))} of group ${group} failed over three times within an hour: pinned to ${nextHops(world, pinned)} until someone says so.`,
        evidence: pinned.map(({ key }) => key),
        since: Math.min(now, ...pinned.flatMap(({ key }) => pinnedAts[key] ?? [])),
        hint: `Mend what flaps, then run: vpn-medic ack ${shellQuoted(group)}`,
      },
    ];
  });
}

/** Routes that people have pinned: one finding a group, so that on-call sees why they do not fail back. */
function findWished(world: World, memory: Memory, now: Instant): readonly Finding[] {
  if (memory.pins.length === 0) return [];
  const byPin = Map.groupBy(
    world.topology.routes.filter(
      ({ preferred }) => preferred.kind !== 'pool' && preferred.kind !== 'contested',
    ),
    (route) => pinOf(memory.pins, route, now),
  );
  const candidates = [...byPin].flatMap(([pin, routes]) => (pin === null ? [] : [{ pin, routes }]));
  return [...Map.groupBy(candidates, ({ pin }) => pin.group)].flatMap(([group, ofGroup]) => {
    const [first, ...others] = ofGroup;
    if (first === undefined) return [];
    const more =
      others.length === 0
        ? ''
        : ` There ${others.length === 1 ? 'is 1 more pin' : `are ${others.length} more pins`} in this group.`;
    return [
      {
        reason: 'RoutePinned',
        subject: { kind: 'group', id: group, name: group, group, zone: null },
        severity: 'warning',
        summary: `${describeCandidate(world, group, first.pin, first.routes)}${more}`,
        evidence: ofGroup
          .slice(0, EVIDENCE_MAX)
          .map(({ pin, routes }) => evidenceOf(world, pin, routes)),
        since: Math.min(now, ...ofGroup.map(({ pin }) => pin.at)),
        hint: `Nothing: it ends by itself. To end it now: vpn-medic unpin ${shellQuoted(first.pin.routeKey ?? group)}`,
      } satisfies Finding,
    ];
  });
}

const EVIDENCE_MAX = 20;

function describeCandidate(
  world: World,
  group: string,
  pin: Pin,
  routes: readonly ManagedRoute[],
): string {
  const subject = `${countedRoutes(routes.map(({ key }) => key))} of group ${group}`;
  const target = world.topology.appliances.find(({ instanceId }) => instanceId === pin.to);
  const candidate = `${subject} ${routes.length === 1 ? 'is' : 'are'} pinned to ${target === undefined ? pin.to : `${target.name} (${target.zone})`} until ${toIso(pin.until)} by ${pin.by}: ${pin.why}.`;
  return target === undefined
    ? `${candidate} ${pin.to} is no appliance of the group any more, so nothing moves there.`
    : candidate;
}

function evidenceOf(world: World, pin: Pin, routes: readonly ManagedRoute[]): string {
  const there = routes.filter(({ nextHop }) => nextHop === pin.to).length;
  return `${pin.routeKey ?? `all of ${pin.group}`} to ${nameOf(world, pin.to)} since ${toIso(pin.at)} until ${toIso(pin.until)} by ${pin.by}: ${there} of ${routes.length} there`;
}

/** Routes of client pools whose next hop is down: their clients are cut off, and no other appliance can carry them. */
function findPools(world: World, verdicts: Verdicts, now: Instant): readonly Finding[] {
  // It leads to a dead appliance while its owner is up: it is about to be moved back.
  const isRepairable = (ownerId: string) => verdicts.get(ownerId)?.kind === 'up';
  return world.topology.routes
    .filter(
      ({ preferred, nextHop }) =>
        (preferred.kind === 'contested' ||
          (preferred.kind === 'pool' && !isRepairable(preferred.instanceId))) &&
        verdicts.get(nextHop)?.kind === 'down',
    )
    .map((route) => ({
      reason: 'RouteStranded',
      subject: subjectOf(route),
      severity: 'critical',
      summary: `${nameOfRoute(route)} leads to ${nameOf(world, route.nextHop)}, which is down; it is a client pool, so no other appliance can carry it.`,
      evidence: route.preferred.kind === 'contested' ? [route.preferred.why] : [],
      since: now,
      hint: `Bring ${nameOf(world, route.nextHop)} back, or let its clients dial in elsewhere.`,
    }));
}

/** So long after the last time, another tool's writing is still worth a notification. */
const REWRITTEN_MS = 600_000;

function findRewritten(world: World, memory: Memory, now: Instant): readonly Finding[] {
  return world.topology.routes.flatMap((route): readonly Finding[] => {
    const ats = memory.groups.get(route.group)?.rewrites?.[route.key] ?? [];
    const last = ats.at(-1);
    if (last === undefined || now - last >= REWRITTEN_MS) return [];
    return [
      {
        reason: 'RouteRewritten',
        subject: subjectOf(route),
        severity: 'warning',
        summary: `Another tool pointed ${nameOfRoute(route)} back at an appliance that is down, ${ats.length === 1 ? 'once' : `${ats.length} times`} within the hour, last at ${toIso(last)}: it was moved again.`,
        evidence: ats.map((at) => `moved again at ${toIso(at)}`),
        since: Math.min(...ats),
        hint: APPLIANCE_FINDINGS.RouteRewritten.hint,
      },
    ];
  });
}

/** No interface has it, and the member that held it last lives: it was taken off by hand. */
const findUnheld = (
  world: World,
  verdicts: Verdicts,
  { pending }: Memory,
  now: Instant,
): readonly Finding[] =>
  world.topology.routes
    .filter(
      ({ key, targetId, nextHop }) =>
        targetId === UNHELD && !pending.has(key) && verdicts.get(nextHop)?.kind === 'up',
    )
    .map((route) => ({
      reason: 'RouteBlackholed',
      subject: subjectOf(route),
      severity: 'warning',
      summary: `${nameOfRoute(route)} is associated with nothing. ${nameOf(world, route.nextHop)}, which had it last, is up: it was taken off by hand, and is left so.`,
      evidence: [],
      since: now,
      hint: `Associate it with an appliance of group ${route.group}, or remove its tag.`,
    }));

const subjectOf = (route: ManagedRoute): Subject => ({
  kind: 'route',
  id: route.key,
  name: nameOfRoute(route),
  group: route.group,
  zone: null,
});

const nameOfRoute = ({ key, destination, tableName }: ManagedRoute): string =>
  routeName(key, destination, tableName);

const nameOf = (world: World, instanceId: string): string =>
  world.topology.appliances.find((one) => one.instanceId === instanceId)?.name ?? instanceId;
