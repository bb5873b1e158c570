/** Quiet hours of appliances (`vpn-medic:quiet`): then they are expected to be off. Pure. */
import { type Quiet, quietUntil } from '../../core/quiet.ts';
import type { Instant } from '../../core/time.ts';
import type { Appliance, Topology } from '../types/topology.ts';

export const isQuiet = ({ quiet }: Appliance, now: Instant): boolean =>
  quiet !== undefined && quietUntil(quiet, now) !== null;

/**
 * By subject id: hours in which it is expected to be off. A group, a zone or the region has them while all of its members
 * are in theirs, members that are ignored left out; of several that which ends first.
 */
export function quietsOf(
  { appliances, ignored, region }: Topology,
  now: Instant,
): ReadonlyMap<string, Quiet> {
  const counted = appliances.filter(({ instanceId }) => !ignored.has(instanceId));
  const quiets = new Map<string, Quiet>();
  if (!counted.some(({ quiet }) => quiet !== undefined)) return quiets;
  const together = (id: string, members: readonly Appliance[]) => {
    if (!members.every((one) => isQuiet(one, now))) return;
    const [first] = members
      .flatMap(({ quiet }) => quiet ?? [])
      .toSorted((a, b) => (quietUntil(a, now) ?? 0) - (quietUntil(b, now) ?? 0));
    if (first !== undefined) quiets.set(id, first);
  };
  for (const [group, members] of Map.groupBy(counted, (one) => one.group)) together(group, members);
  for (const [zone, members] of Map.groupBy(counted, (one) => one.zone)) together(zone, members);
  together(region, counted);
  for (const { instanceId, quiet } of counted)
    if (quiet !== undefined) quiets.set(instanceId, quiet);
  return quiets;
}
