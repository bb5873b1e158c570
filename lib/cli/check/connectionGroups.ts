/** Groups of connections: whether each can fail over now, who its members are, and where its routes lead. Pure. */

import type { ConnectionPath } from '../../core/connectionPath.ts';
import { compare } from '../../core/order.ts';
import { describePause } from '../../core/pause.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { membersOf, pathsById } from '../../transitGateway/assess/routes.ts';
import { whyDead } from '../../transitGateway/plan.ts';
import type { TransitRoute } from '../../transitGateway/types/world.ts';
import { freshLook } from '../../watcher/lastLooks.ts';
import type { LeaderView } from '../../watcher/leaderView.ts';
import { DEPLOY_COMMAND } from '../deployCommand.ts';
import type { TransitLook } from '../transit/look.ts';
import { transitWhatIf } from '../transit/whatIf.ts';
import type { FailoverReport } from './failover/types.ts';

export interface ConnectionGroupReport {
  readonly name: string;
  readonly transitGatewayId: string;
  readonly members: readonly {
    readonly connectionId: string;
    readonly name: string;
    readonly health: 'up' | 'down' | 'unknown';
    readonly why: string;
    readonly routeCount: number;
  }[];
  readonly routes: readonly TransitRouteReport[];
  readonly failover: FailoverReport;
}

export interface TransitRouteReport {
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  /** The connection that it leads to. */
  readonly connectionId: string;
  readonly preferred: string;
  readonly state: 'preferred' | 'failedOver' | 'next-hop-down';
}

export function reportConnectionGroups(
  look: TransitLook | null,
  leader: LeaderView | null,
): readonly ConnectionGroupReport[] {
  if (look === null || !look.world.paths.known) return [];
  const groups = new Map<string, readonly [string, string]>();
  for (const { group, transitGatewayId } of look.world.paths.value) {
    if (group === null || transitGatewayId === null) continue;
    groups.set(`${group} ${transitGatewayId}`, [group, transitGatewayId]);
  }
  return [...groups]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([, [group, transitGatewayId]]) => reportGroup(group, transitGatewayId, look, leader));
}

function reportGroup(
  name: string,
  transitGatewayId: string,
  look: TransitLook,
  leader: LeaderView | null,
): ConnectionGroupReport {
  const { world, memory } = look;
  const members = membersOf(world, name, transitGatewayId);
  const routes = look.routes.filter(
    (one) => one.group === name && one.transitGatewayId === transitGatewayId,
  );
  const paths = pathsById(world);
  return {
    name,
    transitGatewayId,
    members: members.map(({ connectionId, name: called, health }) => ({
      connectionId,
      name: called,
      health: health.kind,
      why: health.kind === 'up' ? 'a tunnel is up' : health.why,
      routeCount: routes.filter((one) => one.connectionId === connectionId).length,
    })),
    routes: routes.map((route) => {
      const { tableId, tableName, destination, connectionId } = route;
      const preferred = route.preferredTag ?? memory.routes[route.key]?.preferred ?? connectionId;
      const isDead = whyDead(route, paths.get(connectionId)) !== null;
      return {
        tableId,
        tableName,
        destination,
        connectionId,
        preferred,
        state: isDead ? 'next-hop-down' : preferred === connectionId ? 'preferred' : 'failedOver',
      };
    }),
    failover:
      unread(look) ??
      withoutRoutes(name, routes) ??
      alone(name, members) ??
      stopped(leader) ??
      failing(members, routes, look) ??
      withoutPoll(leader) ??
      ready(routes),
  };
}

type Maybe = FailoverReport | null;

const no = (
  cause: FailoverReport['cause'],
  because: string,
  toDo: string | null,
): FailoverReport => ({ canFailOver: 'no', cause, because, toDo });

function unread({ world: { tables, attachments, routes } }: TransitLook): Maybe {
  const gap = [tables, attachments, ...routes.values()].find((one) => !one.known);
  return gap === undefined || gap.known
    ? null
    : {
        canFailOver: 'unknown',
        cause: 'unread',
        because: `transit gateway routes cannot be read: ${gap.why}`,
        toDo: null,
      };
}

const withoutRoutes = (group: string, routes: readonly TransitRoute[]): Maybe =>
  routes.length > 0
    ? null
    : no(
        'no-route',
        'no static route of a tagged transit gateway route table leads to one of its connections',
        `Point a static route at one of them, and tag its table: aws ec2 create-tags --resources TGW-ROUTE-TABLE --tags ${shellQuoted(`Key=vpn-medic:group,Value=${group}`)}`,
      );

function alone(group: string, members: readonly ConnectionPath[]): Maybe {
  const [only, ...others] = members;
  return only === undefined || others.length > 0
    ? null
    : no(
        'alone',
        `${only.name} is its only connection`,
        `Tag a second connection of the transit gateway: aws ec2 create-tags --resources CONNECTION --tags ${shellQuoted(`Key=vpn-medic:group,Value=${group}`)}`,
      );
}

function stopped(leader: LeaderView | null): Maybe {
  if (leader === null) return null;
  const { pause } = leader.watch;
  if (pause !== null) return no('paused', describePause(pause), 'vpn-medic resume');
  return freshLook(leader.watch, 'connections')?.mode === 'observe'
    ? no(
        'observe',
        'the deployed poll only observes (mode observe)',
        'Deploy again with --param mode=act.',
      )
    : null;
}

/** Each connection that carries routes fails, one after another. */
function failing(
  members: readonly ConnectionPath[],
  routes: readonly TransitRoute[],
  look: TransitLook,
): Maybe {
  for (const { connectionId, name } of members) {
    const own = routes.filter((one) => one.connectionId === connectionId);
    if (own.length === 0) continue;
    const { lost } = transitWhatIf(look, new Set([connectionId]));
    const stuck = lost.filter(({ route }) => own.includes(route));
    const [first] = stuck;
    if (first === undefined) continue;
    const of =
      stuck.length === own.length
        ? counted(own.length, 'route')
        : `${stuck.length} of ${counted(own.length, 'route')}`;
    const held = look.findings.find(
      ({ reason, subject }) =>
        reason === 'ConnectionNotAdmitted' && subject.group === first.route.group,
    );
    return no(
      'held',
      `${of} of ${name} would stay${first.rule === null ? '' : ` [${first.rule}]`}: ${first.why}`,
      held?.hint ?? 'Bring another connection of the group up.',
    );
  }
  return null;
}

function withoutPoll(leader: LeaderView | null): Maybe {
  if (leader !== null && freshLook(leader.watch, 'connections') !== null) return null;
  return leader === null
    ? {
        canFailOver: 'unknown',
        cause: 'no-watcher',
        because: 'nothing of the group forbids it, and no deployed poll was found',
        toDo: `${DEPLOY_COMMAND}, or name the deployed one: vpn-medic check --stage STAGE`,
      }
    : no(
        'no-watcher',
        'nothing of the group forbids it, and connections have not been polled in time',
        'Look at the alarms of the stack, and at the log of pollConnections.',
      );
}

const ready = (routes: readonly TransitRoute[]): FailoverReport => ({
  canFailOver: 'yes',
  cause: 'ready',
  because: `EC2 says of each connection of its ${counted(routes.length, 'route')} whether it is up, and another admitted one is up`,
  toDo: null,
});
