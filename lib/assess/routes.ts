/** Findings about managed routes: away from home, pinned by flapping, left without a way. Pure. */
import type { Finding } from '../model/finding.ts';
import type { Memory } from '../model/memory.ts';
import type { ManagedRoute } from '../model/topology.ts';
import type { Verdicts } from '../model/verdict.ts';
import type { World } from '../model/world.ts';
import type { Instant } from '../time.ts';

export function findInRoutes(
  world: World,
  verdicts: Verdicts,
  memory: Memory,
  now: Instant,
): readonly Finding[] {
  return [
    ...findAway(world, memory, now),
    ...findPinned(world, memory, now),
    ...findPools(world, verdicts, now),
  ];
}

/** One finding an appliance whose routes are elsewhere. */
function findAway(world: World, memory: Memory, now: Instant): readonly Finding[] {
  const away = world.topology.routes.filter(
    ({ home, carrier }) => home.kind === 'appliance' && home.instanceId !== carrier,
  );
  return [...Map.groupBy(away, homeOf)].flatMap(([homeId, routes]): readonly Finding[] => {
    const home = world.topology.appliances.find(({ instanceId }) => instanceId === homeId);
    const [first] = routes;
    if (home === undefined || first === undefined) return [];
    return [
      {
        reason: 'RouteAway',
        subject: {
          kind: 'appliance',
          id: home.instanceId,
          name: home.name,
          group: home.group,
          zone: home.zone,
        },
        severity: 'warning',
        summary: `${count(routes.length, 'route')} of ${home.name} (${home.zone}) ${routes.length === 1 ? 'is' : 'are'} carried by ${carriers(world, routes)}.`,
        evidence: routes.map(({ key }) => key),
        since: memory.groups.get(first.group)?.lastFailoverAt ?? now,
        hint: 'Nothing: they go home by themselves when it has been well long enough.',
      },
    ];
  });
}

const homeOf = ({ home }: ManagedRoute): string =>
  home.kind === 'appliance' ? home.instanceId : '';

function carriers(world: World, routes: readonly ManagedRoute[]): string {
  const ids = new Set(routes.map(({ carrier }) => carrier));
  return world.topology.appliances
    .filter(({ instanceId }) => ids.has(instanceId))
    .map(({ name, zone }) => `${name} (${zone})`)
    .join(' and ');
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
        summary: `${count(pinned.length, 'route')} of group ${group} failed over three times within an hour: pinned to ${carriers(world, pinned)} until someone says so.`,
        evidence: pinned.map(({ key }) => key),
        since: Math.min(now, ...pinned.flatMap(({ key }) => pinnedAts[key] ?? [])),
        hint: `Mend what flaps, then run: vpn-medic ack ${group}`,
      },
    ];
  });
}

/** Pinned pools and contested ones whose carrier is dead: their clients have no way, and nothing else can carry them. */
function findPools(world: World, verdicts: Verdicts, now: Instant): readonly Finding[] {
  return world.topology.routes
    .filter(
      ({ home, carrier }) =>
        (home.kind === 'pool' || home.kind === 'contested') &&
        verdicts.get(carrier)?.kind === 'down',
    )
    .map((route) => ({
      reason: 'RouteStranded',
      subject: {
        kind: 'route',
        id: route.key,
        name: `${route.destination} in ${route.tableName}`,
        group: route.group,
        zone: null,
      },
      severity: 'critical',
      summary: `${route.destination} in ${route.tableName} leads to ${nameOf(world, route.carrier)}, which is down; it is a client pool, so no other appliance can carry it.`,
      evidence: route.home.kind === 'contested' ? [route.home.why] : [],
      since: now,
      hint: `Bring ${nameOf(world, route.carrier)} back, or let its clients dial in elsewhere.`,
    }));
}

const nameOf = (world: World, instanceId: string): string =>
  world.topology.appliances.find((one) => one.instanceId === instanceId)?.name ?? instanceId;

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;
