/** Findings about groups of connections: all down, held on one that is down, a newcomer without routes. Pure. */

import type { ConnectionPath } from '../../core/connectionPath.ts';
import { connectionGroupId } from '../../core/connectionPath.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { whyUnfit } from '../rules.ts';
import { groupKeyOf, type TransitMemory } from '../state.ts';
import type { TransitRoute, TransitWorld } from '../types/world.ts';
import { managedRoutes, membersOf, pathsById, readTables } from './routes.ts';

export function groupFindings(
  world: TransitWorld,
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  const routes = Map.groupBy(managedRoutes(world, memory), ({ group, transitGatewayId }) =>
    groupKeyOf(group, transitGatewayId),
  );
  return [
    ...[...routes.values()].flatMap((own) => stranded(own, world, memory, now)),
    ...notAdmitted(world, memory),
  ];
}

/** One finding a group: every connection down, or routes that stay on one that is down. */
function stranded(
  routes: readonly TransitRoute[],
  world: TransitWorld,
  memory: TransitMemory,
  now: Instant,
): readonly Finding[] {
  const [first] = routes;
  if (first === undefined) return [];
  const { group, transitGatewayId } = first;
  const paths = pathsById(world);
  const members = membersOf(world, group, transitGatewayId);
  const dead = routes.filter(
    ({ isBlackhole, connectionId }) =>
      isBlackhole || paths.get(connectionId)?.health.kind === 'down',
  );
  if (dead.length === 0) return [];
  const isFit = (one: ConnectionPath) =>
    dead.some(
      (route) =>
        route.connectionId !== one.connectionId && whyUnfit(one, route, world, memory) === null,
    );
  if (members.some(isFit)) return [];
  const lines = members.map((one) => `${one.name}: ${stateOf(one)}`);
  const since = Math.min(now, ...members.flatMap(downSince));
  if (members.length > 0 && members.every(({ health }) => health.kind === 'down')) {
    return [
      {
        reason: 'ConnectionGroupDown',
        subject: subjectOf(group),
        severity: 'critical',
        summary: `${members.length === 1 ? 'The connection' : `All ${members.length} connections`} of group ${group} ${members.length === 1 ? 'is' : 'are'} down: nothing passes over ${counted(routes.length, 'transit gateway route')}, and none is moved.`,
        evidence: [...lines, ...routes.slice(0, EVIDENCE_MAX).map(({ key }) => key)],
        since,
        hint: 'Bring one of the connections back: see its customer device and line. The routes move to it within seconds.',
      },
    ];
  }
  const from = new Set(dead.map(({ connectionId }) => connectionId));
  const whys = members
    .filter(({ connectionId }) => !from.has(connectionId))
    .map((one) => `${one.name} ${whyUnfit(one, dead[0] ?? first, world, memory) ?? 'is fit'}`);
  return [
    {
      reason: 'TransitRouteHeld',
      subject: subjectOf(group),
      severity: 'critical',
      summary: `${counted(dead.length, 'transit gateway route')} of group ${group} ${dead.length === 1 ? 'stays' : 'stay'} on ${[...from].map((id) => paths.get(id)?.name ?? id).join(' and ')}, where nothing passes: ${whys.length === 0 ? 'the group has no other connection' : whys.join('; ')}.`,
      evidence: [...lines, ...dead.slice(0, EVIDENCE_MAX).map(({ key }) => key)],
      since,
      hint:
        whys.length === 0
          ? `Tag a second connection of the transit gateway: vpn-medic:group = ${group}`
          : 'Follow the reason in the first sentence.',
    },
  ];
}

const EVIDENCE_MAX = 20;

const subjectOf = (group: string): Subject => ({
  kind: 'group',
  id: connectionGroupId(group),
  name: group,
  group,
  zone: null,
});

const downSince = ({ health }: ConnectionPath): readonly Instant[] =>
  health.kind === 'down' ? [health.since] : [];

const stateOf = ({ health }: ConnectionPath): string =>
  health.kind === 'up' ? 'up' : `${health.kind} (${health.why})`;

function notAdmitted(world: TransitWorld, memory: TransitMemory): readonly Finding[] {
  const paths = pathsById(world);
  return Object.values(memory.groups).flatMap(({ waiting }) =>
    Object.entries(waiting).flatMap(([connectionId, since]): readonly Finding[] => {
      const path = paths.get(connectionId);
      if (path === undefined || path.group === null) return [];
      const { name, group, transitGatewayId } = path;
      const table = readTables(world).find(
        (one) => one.groups.includes(group) && one.table.transitGatewayId === transitGatewayId,
      )?.table;
      if (table === undefined) return [];
      const value = [table.membersTag?.trim() ?? '', connectionId].join(' ').trim();
      return [
        {
          reason: 'ConnectionNotAdmitted',
          subject: { kind: 'connection', id: connectionId, name, group, zone: null },
          severity: 'warning',
          summary: `${name} joined group ${group} after the group was first seen: no transit gateway route moves to it until it is admitted.`,
          evidence: [`tagged vpn-medic:group = ${group}`],
          since,
          hint: `If it belongs there: aws ec2 create-tags --resources ${table.tableId} --tags ${shellQuoted(`Key=vpn-medic:members,Value=${value}`)}`,
        },
      ];
    }),
  );
}
