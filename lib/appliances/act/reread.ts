/** The fresh read before a write: is this move still right? (S6) */

import { isElastic } from '../../core/elasticAddress.ts';
import { isGatewayId } from '../../core/lastResort.ts';
import type { Reading } from '../../core/reading.ts';
import { freeIpOf, NO_FREE_IP } from '../plan/freeIp.ts';
import type { InterfaceFact, RouteTableFact, StatusFact } from '../types/inventory.ts';
import type { Move } from '../types/plan.ts';
import type { Reads } from './insist.ts';

export type Check =
  /** `privateIp`: of an Elastic address, what it is to be associated with. */
  | { readonly kind: 'right'; readonly privateIp?: string }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'deferred'; readonly why: string };

export interface Confirmed {
  readonly checks: ReadonlyMap<Move, Check>;
  /** As they read now; empty when they cannot be read. */
  readonly tables: readonly RouteTableFact[];
}

/**
 * For each move whether table, route and target are still what the plan saw; all reads at once. `wayTableIds` are read
 * in the same call: the tables that probes of a far side depend on.
 */
export async function confirmMoves(
  ec2: Reads,
  moves: readonly Move[],
  wayTableIds: readonly string[],
  signal: AbortSignal,
): Promise<Confirmed> {
  const tableIds = [...new Set([...moves.map(({ tableId }) => tableId), ...wayTableIds])];
  // Of a gateway the recheck decides by what the poll of connections has just read.
  const targetIds = [...new Set(moves.map(({ to }) => to))].filter((id) => !isGatewayId(id));
  const [tables, ...targets] = await Promise.all([
    ec2.routeTables({ tableIds }, signal),
    // Each target is read alone: one in a failing zone must not hide the others.
    ...targetIds.map(async (id) => {
      const [interfaces, statuses] = await Promise.all([
        ec2.interfaces([id], signal),
        ec2.statuses([id], signal),
      ]);
      return { id, interfaces, statuses };
    }),
  ]);
  const taken = new Set<string>();
  const fresh = new Map(targets.map((target) => [target.id, target]));
  const checks = new Map(
    moves.map((move) => {
      const target = fresh.get(move.to);
      const check =
        checkRoute(move, tables) ??
        (isGatewayId(move.to) ? RIGHT : null) ??
        (target === undefined
          ? { kind: 'deferred', why: 'its target was not read again' }
          : checkTarget(move, target.interfaces, target.statuses)) ??
        (target !== undefined && isElastic(move.tableId)
          ? freeAddress(move, target.interfaces, taken)
          : RIGHT);
      return [move, check] as const;
    }),
  );
  return { checks, tables: tables.known ? tables.value : [] };
}

const RIGHT: Check = { kind: 'right' };

/** As the interface reads now: an association that is not known to the plan is not overwritten either. */
function freeAddress(
  move: Move,
  interfaces: Reading<readonly InterfaceFact[]>,
  taken: Set<string>,
): Check {
  const link = interfaces.known
    ? interfaces.value.find(({ interfaceId }) => interfaceId === move.toTargetId)
    : undefined;
  const privateIp = link === undefined ? null : freeIpOf(link, move.tableId, taken);
  if (privateIp === null) return skip(NO_FREE_IP);
  taken.add(`${move.toTargetId} ${privateIp}`);
  return { kind: 'right', privateIp };
}

/** What a route points at, as moves name it. */
export function targetOf(
  tables: readonly RouteTableFact[],
  tableId: string,
  destination: string,
): { readonly targetId: string; readonly isOurs: boolean } | null {
  const table = tables.find((one) => one.tableId === tableId);
  const routes = table?.routes.filter((one) => one.destination === destination) ?? [];
  // A gateway may propagate the same destination beside ours: then ours is in force, and the one that can be written.
  const route = routes.find(({ origin }) => origin === 'created') ?? routes[0];
  if (route === undefined) return null;
  return {
    targetId: route.interfaceId ?? route.otherTarget ?? '',
    isOurs: route.origin === 'created',
  };
}

function checkRoute(move: Move, tables: Reading<readonly RouteTableFact[]>): Check | null {
  if (!tables.known) return { kind: 'deferred', why: tables.why };
  const target = targetOf(tables.value, move.tableId, move.destination);
  if (target === null) return { kind: 'skipped', why: 'the route is no longer there' };
  if (!target.isOurs) return { kind: 'skipped', why: 'the route is no longer managed' };
  if (target.targetId === move.toTargetId) {
    return { kind: 'skipped', why: 'it already points there' };
  }
  return target.targetId === move.fromTargetId
    ? null
    : { kind: 'skipped', why: `another writer pointed it at ${target.targetId} meanwhile` };
}

const skip = (why: string): Check => ({ kind: 'skipped', why });

function checkTarget(
  move: Move,
  interfaces: Reading<readonly InterfaceFact[]>,
  statuses: Reading<readonly StatusFact[]>,
): Check | null {
  if (!interfaces.known) return { kind: 'deferred', why: interfaces.why };
  if (!statuses.known) return { kind: 'deferred', why: statuses.why };
  const link = interfaces.value.find(({ interfaceId }) => interfaceId === move.toTargetId);
  const status = statuses.value.find(({ instanceId }) => instanceId === move.to);
  if (link === undefined || link.instanceId !== move.to)
    return skip('its target has lost the interface');
  if (link.status !== 'in-use') return skip(`its target's interface is ${link.status}`);
  // Packets to an address of its own pass the check.
  if (link.hasSourceDestCheck && !isElastic(move.tableId))
    return skip("its target's source/destination check is on");
  if (status === undefined || status.state !== 'running') {
    return skip(`its target is ${status?.state ?? 'gone'}`);
  }
  const isImpaired = [status.system, status.instance, status.attachedEbs].includes('impaired');
  return isImpaired && move.isLastResort !== true
    ? skip("its target fails EC2's status checks")
    : null;
}
