/** What a person names, found in the account: a group or a route of it, and the appliance that is to carry it. */

import { targetInterfaceOf } from '../../appliances/plan/targetInterface.ts';
import {
  type Appliance,
  isInVpc,
  type ManagedRoute,
  type Topology,
  vpcIdsOf,
} from '../../appliances/types/topology.ts';
import type { Verdict } from '../../appliances/types/verdict.ts';
import type { World } from '../../appliances/types/world.ts';
import { isOfConnection, type Pin } from '../../core/pin.ts';
import { findNamed, listed, nameOf } from '../named.ts';
import type { OperatorRequest } from '../operatorRequest.ts';
import { observeWithoutProbes } from '../pass.ts';
import { Unable } from '../terminal.ts';

export interface Pinning {
  readonly group: string;
  /** Null: the whole group. */
  readonly routeKey: string | null;
  readonly target: {
    /** Of an instance or a connection. */
    readonly id: string;
    readonly name: string;
    /** Its name with its id, and what tells where it is. */
    readonly place: string;
  };
  /** The routes that the pin covers: never client pools and contested ones. */
  readonly routes: readonly { readonly key: string; readonly nextHop: string }[];
  /** Whether an older pin of the same scope is about the same routes: a group of several VPCs may have one in each. */
  readonly isForSame: (old: Pin) => boolean;
  /** Who moves them, when: the beginning of a sentence. */
  readonly moves: string;
  /** Why, by EC2 alone, it could not carry them now; null when it could. */
  readonly objection: string | null;
}

/** @throws {Unable} naming what there is instead. */
export async function choosePinning(
  request: OperatorRequest,
  subject: string,
  to: string,
): Promise<Pinning> {
  const { region } = request;
  const { world, assessment } = await observeWithoutProbes(request);
  const { topology } = world;
  const target = findTarget(topology, to, region, '--to ');
  const { group, routeKey, routes } = findRoutes(topology, subject, region);
  if (target.group !== group) {
    throw new Unable(
      `${target.name} (${target.instanceId}) is of group ${target.group}, not ${group}: it has no path to that remote network; members of ${group}: ${namesOf(topology, group)}`,
    );
  }
  const own = routes.filter(({ vpcId }) => isInVpc(target, vpcId));
  if (own.length === 0) {
    throw new Unable(
      routeKey === null
        ? `no route of group ${group} is in ${vpcIdsOf(target).join(' or ')}, the VPC of ${target.name}: nothing would be pinned`
        : `${routeKey} is in another VPC than ${target.name} (${vpcIdsOf(target).join(', ')}): a route can only lead to an interface of its own VPC`,
    );
  }
  const peers = new Map(
    topology.appliances
      .filter((one) => one.group === group)
      .map((one) => [one.instanceId, vpcIdsOf(one)]),
  );
  const { instanceId, name, zone } = target;
  return {
    group,
    routeKey,
    target: { id: instanceId, name, place: `${name} (${instanceId}, ${zone})` },
    routes: own,
    isForSame: (old) =>
      !isOfConnection(old) &&
      (old.to === instanceId ||
        !peers.has(old.to) ||
        vpcIdsOf(target).some((id) => peers.get(old.to)?.includes(id))),
    moves: `The watcher moves them within seconds, after its own probes of ${name} were answered`,
    objection: objectionTo(target, own, world, assessment.verdicts.get(target.instanceId)),
  };
}

/** @throws {Unable} naming what there is instead. */
export const findTarget = (
  { appliances }: Topology,
  word: string,
  region: string,
  option = '',
): Appliance =>
  findNamed(appliances, ({ instanceId }) => instanceId, word, {
    kind: 'appliance',
    region,
    option,
  });

interface Found {
  readonly group: string;
  readonly routeKey: string | null;
  readonly routes: readonly ManagedRoute[];
}

/** A route is `rtb-… DESTINATION`, or its table's name in place of the id. */
function findRoutes({ routes, appliances }: Topology, subject: string, region: string): Found {
  if (/\s/.test(subject.trim())) return findRoute(routes, subject.trim(), region);
  const groups = [...new Set(appliances.map(({ group }) => group))].toSorted();
  if (!groups.includes(subject)) {
    throw new Unable(
      `there is no group ${subject} in ${region}; there ${listed(groups)}; a route is named by table and destination, as in 'rtb-0a1b 10.0.0.0/8'`,
    );
  }
  return {
    group: subject,
    routeKey: null,
    routes: routes.filter(
      ({ group, preferred }) =>
        group === subject && preferred.kind !== 'pool' && preferred.kind !== 'contested',
    ),
  };
}

function findRoute(routes: readonly ManagedRoute[], subject: string, region: string): Found {
  const [table, destination] = subject.split(/\s+/);
  const found = routes.filter(
    (one) => one.destination === destination && (one.tableId === table || one.tableName === table),
  );
  const [route, ...others] = found;
  if (route === undefined) {
    const inTable = routes.filter((one) => one.tableId === table || one.tableName === table);
    throw new Unable(
      `there is no managed route ${subject} in ${region}; ${inTable.length > 0 ? `in that table there ${listed(inTable.map((one) => one.destination))}` : 'vpn-medic check --all lists all of them'}`,
    );
  }
  if (others.length > 0) {
    throw new Unable(
      `${found.length} tables are called ${table}; name one by its id: ${found.map(({ tableId }) => tableId).join(', ')}`,
    );
  }
  if (route.preferred.kind === 'pool') {
    throw new Unable(
      `${route.key} is a client pool of ${route.preferred.instanceId}: no other appliance can carry it`,
    );
  }
  if (route.preferred.kind === 'contested') {
    throw new Unable(`${route.key} is never moved: ${route.preferred.why}`);
  }
  return { group: route.group, routeKey: route.key, routes: [route] };
}

function objectionTo(
  target: Appliance,
  routes: readonly ManagedRoute[],
  { topology }: World,
  verdict: Verdict | undefined,
): string | null {
  if (verdict?.kind === 'down') return verdict.why;
  for (const route of routes.filter(({ nextHop }) => nextHop !== target.instanceId)) {
    const source = topology.appliances.find(({ instanceId }) => instanceId === route.nextHop);
    const arm = targetInterfaceOf(target, source, route, topology);
    if (arm.kind !== 'interface') return arm.why;
    if (arm.interface.hasSourceDestCheck) return 'its source/destination check is on';
  }
  return null;
}

const namesOf = ({ appliances }: Topology, group: string): string =>
  appliances
    .filter((one) => one.group === group)
    .slice(0, MEMBERS_MAX)
    .map(({ name, instanceId }) => nameOf(name, instanceId))
    .join(', ');

const MEMBERS_MAX = 12;
