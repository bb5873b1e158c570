/** Where a route may be by its owner's will, by ground truth: where it was at first, and where a person pointed it since. */
import { STATE_LOSSES } from '../losses.ts';
import { ownerOf, type Run, targetAsOf } from '../record.ts';
import { hadFault } from '../writeView.ts';

interface RouteId {
  readonly tableId: string;
  readonly destination: string;
}

/**
 * A member that the route was put at, its replacement, or another of its zone. When what was learnt may be lost, any
 * member may be where it is learnt anew.
 */
export function isOwnersChoice(
  run: Run,
  route: RouteId,
  instanceId: string,
  toMs: number,
): boolean {
  const { network } = run.account;
  if (hadFault(run, STATE_LOSSES, 0, toMs)) return true;
  const zoneOf = (id: string) => network.instances.past(id)[0]?.zone;
  return choicesOf(run, route).some(
    (id) => network.successorOf(id) === instanceId || zoneOf(id) === zoneOf(instanceId),
  );
}

/** The members that somebody else than the product put it at, the first one first. */
export function choicesOf(run: Run, { tableId, destination }: RouteId): readonly string[] {
  const { options } = run;
  const first = options.snapshot.routeTables
    .find((table) => table.tableId === tableId)
    ?.routes.find((route) => route.destination === destination)?.interfaceId;
  const owner = first == null ? null : ownerOf(run, first);
  const others = options.spells.map(({ fault, endMs }) => {
    if (fault.kind !== 'rival-route' || fault.tableId !== tableId) return null;
    if (fault.destination !== destination) return null;
    // Pointed at a foreign interface, it is put back where it was just before.
    const backAt = targetAsOf(run, tableId, destination, endMs + 1);
    return fault.instanceId ?? (backAt === null ? null : ownerOf(run, backAt));
  });
  return [owner, ...others].filter((id) => id !== null);
}
