/** What a person names to pin, found among the groups of connections. */
import type { ConnectionPath } from '../../core/connectionPath.ts';
import { whyUnfit } from '../../transitGateway/rules.ts';
import type { TransitRoute } from '../../transitGateway/types/world.ts';
import { readConnections } from '../check/connections.ts';
import { findNamed } from '../named.ts';
import type { OperatorRequest } from '../operatorRequest.ts';
import type { Pinning } from '../pin/subject.ts';
import { Unable } from '../terminal.ts';
import type { TransitLook } from './look.ts';

const PASS_MS_MAX = 60_000;

/** Null: the region has no group of connections. @throws {Unable} when connections cannot be read. */
export async function lookForOperator({
  region,
  store,
  terminal,
  clients,
}: OperatorRequest): Promise<TransitLook | null> {
  const setup = { region, store, clock: terminal.clock };
  const signal = AbortSignal.timeout(PASS_MS_MAX);
  const { world, transit } = await readConnections(setup, clients, signal, false);
  if (!world.connections.known) {
    throw new Unable(`connections of ${region} cannot be read: ${world.connections.why}`);
  }
  const gap =
    transit === null
      ? undefined
      : [transit.world.tables, transit.world.attachments, ...transit.world.routes.values()].find(
          (one) => !one.known,
        );
  if (gap?.known === false) {
    throw new Unable(`transit gateway routes of ${region} cannot be read: ${gap.why}`);
  }
  return transit;
}

/** @throws {Unable} naming what there is instead. */
export async function chooseTransitPinning(
  request: OperatorRequest,
  subject: string,
  to: string,
): Promise<Pinning> {
  const { region } = request;
  const look = await lookForOperator(request);
  if (look === null) throw new Unable(`there is no group of connections in ${region}`);
  const target = findNamed(pathsOf(look), ({ connectionId }) => connectionId, to, {
    kind: 'connection',
    region,
    option: '--to ',
  });
  const { group, transitGatewayId } = target;
  const routes = findRoutes(look, subject, region).filter(
    (one) => one.transitGatewayId === transitGatewayId,
  );
  const [first] = routes;
  if (first === undefined) {
    throw new Unable(
      `no route of ${subject} is in a table of the transit gateway of ${target.name}`,
    );
  }
  if (first.group !== group) {
    throw new Unable(
      `${target.name} (${target.connectionId}) is of group ${group ?? 'none'}, not ${first.group}`,
    );
  }
  return {
    group: first.group,
    routeKey: /\s/.test(subject) ? first.key : null,
    target: {
      id: target.connectionId,
      name: target.name,
      place: `${target.name} (${target.connectionId})`,
    },
    routes: routes.map(({ key, connectionId }) => ({ key, nextHop: connectionId })),
    isForSame: (old) => membersOn(look, transitGatewayId).has(old.to),
    objection: whyUnfit(target, first, look.world, look.memory),
    moves: `The poll moves them within seconds, while EC2 says that ${target.name} is up`,
  };
}

export const pathsOf = ({ world: { paths } }: TransitLook): readonly ConnectionPath[] =>
  paths.known ? paths.value : [];

const membersOn = (look: TransitLook, transitGatewayId: string | null): ReadonlySet<string> =>
  new Set(
    pathsOf(look)
      .filter((one) => one.transitGatewayId === transitGatewayId)
      .map(({ connectionId }) => connectionId),
  );

/** A group, or a route as `tgw-rtb-… DESTINATION`, or with its table's name in place of the id. */
function findRoutes(look: TransitLook, subject: string, region: string): readonly TransitRoute[] {
  const [table = '', destination] = subject.trim().split(/\s+/);
  const found = look.routes.filter((one) =>
    destination === undefined
      ? one.group === table
      : one.destination === destination && (one.tableId === table || one.tableName === table),
  );
  if (found.length === 0) {
    throw new Unable(
      `there is no managed transit gateway route of ${subject} in ${region}; vpn-medic check --all lists all of them`,
    );
  }
  const tables = new Set(found.map(({ tableId }) => tableId));
  if (destination !== undefined && tables.size > 1) {
    throw new Unable(
      `${tables.size} tables are called ${table}; name one by its id: ${[...tables].join(', ')}`,
    );
  }
  return found;
}
