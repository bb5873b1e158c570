/** Findings about single routes: away from their preferred connection, rewritten by another tool, not written. Pure. */
import { connectionGroupId } from '../../core/connectionPath.ts';
import type { Finding } from '../../core/finding.ts';
import { TRANSIT_FINDINGS } from '../../core/findings/transitGateway.ts';
import { pinOf } from '../../core/pin.ts';
import { counted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { PendingWrite, TransitMemory } from '../state.ts';
import { TRANSIT_POLICY as POLICY } from '../types/policy.ts';
import type { TransitRoute, TransitWorld } from '../types/world.ts';
import { managedRoutes, pathsById } from './routes.ts';

export function routeFindings(
  world: TransitWorld,
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  const routes = managedRoutes(world, memory);
  return [
    ...findAway(routes, world, memory, now),
    ...findRewritten(routes, memory, now),
    ...findUnwritten(routes, memory, now),
  ];
}

/** One finding a preferred connection whose routes lead over another one. */
function findAway(
  routes: readonly TransitRoute[],
  world: TransitWorld,
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  const paths = pathsById(world);
  const preferredId = ({ key, preferredTag }: TransitRoute) =>
    preferredTag ?? memory.routes[key]?.preferred ?? '';
  const away = routes.filter(
    (route) =>
      paths.has(preferredId(route)) &&
      preferredId(route) !== route.connectionId &&
      pinOf(world.pins, route, now)?.to !== route.connectionId,
  );
  return [...Map.groupBy(away, preferredId)].flatMap(([id, own]): readonly Finding[] => {
    const preferred = paths.get(id);
    if (preferred === undefined) return [];
    const carriers = new Set(
      own.map(({ connectionId }) => paths.get(connectionId)?.name ?? connectionId),
    );
    return [
      {
        reason: 'ConnectionRoutesAway',
        subject: {
          kind: 'connection',
          id,
          name: preferred.name,
          group: preferred.group,
          zone: null,
        },
        severity: 'warning',
        summary: `${counted(own.length, 'transit gateway route')} of ${preferred.name} ${own.length === 1 ? 'leads' : 'lead'} over ${[...carriers].join(' and ')}.`,
        evidence: own.slice(0, EVIDENCE_MAX).map(({ key }) => key),
        since: Math.min(now, ...own.map(({ key }) => memory.routes[key]?.movedAt ?? now)),
        hint: TRANSIT_FINDINGS.ConnectionRoutesAway.hint,
      },
    ];
  });
}

const EVIDENCE_MAX = 20;

function findRewritten(
  routes: readonly TransitRoute[],
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  return routes.flatMap(({ key, destination, tableName, group }): readonly Finding[] => {
    const ats = memory.routes[key]?.rewriteAts ?? [];
    const last = ats.at(-1);
    if (last === undefined || now - last >= POLICY.rewrittenMs) return [];
    return [
      {
        reason: 'TransitRouteRewritten',
        subject: {
          kind: 'route',
          id: key,
          name: `${destination} in ${tableName}`,
          group,
          zone: null,
        },
        severity: 'warning',
        summary: `Another tool pointed ${destination} in ${tableName} at a connection that is down, ${ats.length === 1 ? 'once' : `${ats.length} times`} within the hour, last at ${toIso(last)}.`,
        evidence: ats.map((at) => `pointed back at ${toIso(at)}`),
        since: Math.min(now, ...ats),
        hint: TRANSIT_FINDINGS.TransitRouteRewritten.hint,
      },
    ];
  });
}

/** One finding a group whose writes are refused, or accepted and not seen. */
function findUnwritten(
  routes: readonly TransitRoute[],
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  const failing = routes.flatMap((route) => {
    const write = memory.pending[route.key];
    return write !== undefined && hasFailed(write, now) ? [{ route, write }] : [];
  });
  return [...Map.groupBy(failing, ({ route }) => route.group)].flatMap(([group, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { answer, why } = first.write;
    return [
      {
        reason: 'TransitWriteFailed',
        subject: { kind: 'group', id: connectionGroupId(group), name: group, group, zone: null },
        severity: 'critical',
        summary: `${counted(own.length, 'transit gateway route')} of group ${group} ${own.length === 1 ? 'is' : 'are'} not moved: ${answer === 'refused' ? why : 'EC2 accepts the write, and reading back shows the old attachment'}.`,
        evidence: own
          .slice(0, EVIDENCE_MAX)
          .map(({ route, write }) => `${route.key}: tried ${counted(write.tryCount, 'time')}`),
        since: Math.min(now, ...own.map(({ write }) => write.firstAt)),
        hint: 'If it says "denied": the table must carry the tag vpn-medic:group, and the role of pollConnections must have ec2:ReplaceTransitGatewayRoute.',
      } satisfies Finding,
    ];
  });
}

const hasFailed = ({ tryCount, answer, firstAt }: PendingWrite, now: Instant): boolean =>
  tryCount >= 2 && (answer === 'refused' || now - firstAt > POLICY.settleMs);
