/** Elastic addresses that stand for a group: as tables of one route, and as addresses that are no member's own. Pure. */
import { UNHELD } from '../../core/elasticAddress.ts';
import { TAG, type TagIndex } from '../../core/tags.ts';
import type { Inventory, RouteFact, RouteTableFact, SecondaryIp } from '../types/inventory.ts';
import { type Appliance, vpcIdsOf } from '../types/topology.ts';
import type { Preferences } from './preferences.ts';

export const addressTables = ({ addresses }: Inventory): readonly RouteTableFact[] =>
  addresses?.known === true ? addresses.value : [];

/** The VPC that an address is moved in: that of the interface which holds it; of one that has ended, that of its group. */
export function vpcOf(
  { interfaceId }: RouteFact,
  holder: Appliance,
  appliances: readonly Appliance[],
): string {
  const arm = holder.interfaces.find((one) => one.interfaceId === interfaceId);
  const own = arm?.vpcId ?? holder.vpcId;
  if (own !== '') return own;
  const [only = '', ...others] = new Set(
    appliances
      .filter(({ group }) => group === holder.group)
      .flatMap(vpcIdsOf)
      .filter((id) => id !== ''),
  );
  return others.length === 0 ? only : '';
}

/**
 * EC2 takes an Elastic address off an instance that ends, so that nothing shows whose it was: the last that is gone of the
 * members that it was put at or moved to; without one, the last of them. Undefined: it is held, or nothing was learnt of it.
 */
export function lastHolder(
  { tableId }: RouteTableFact,
  { destination, otherTarget }: RouteFact,
  { learnt, isGone }: Pick<Preferences, 'learnt' | 'isGone'>,
  appliances: readonly Appliance[],
): Appliance | undefined {
  const route = otherTarget === UNHELD ? learnt.get(`${tableId} ${destination}`) : undefined;
  if (route === undefined) return undefined;
  const holders = [route.instanceId, ...route.movedTo].flatMap(
    (id) => appliances.find(({ instanceId }) => instanceId === id) ?? [],
  );
  return holders.findLast(isGone) ?? holders.at(-1);
}

/**
 * Whether a public address is a group's: it answers for the member that holds it, so a probe of it proves nothing of one member.
 * By its allocation, which the interface shows with it; what DescribeInstances shows, by the address.
 */
export function openGroupAddresses(
  inventory: Inventory,
  tags: TagIndex,
): (one: Pick<SecondaryIp, 'publicIp' | 'allocationId'>) => boolean {
  const ips = new Set(
    addressTables(inventory).flatMap(({ routes }) => routes.map(({ destination }) => destination)),
  );
  return ({ publicIp, allocationId }) =>
    (publicIp !== null && ips.has(publicIp)) ||
    (allocationId !== undefined && tags.get(allocationId)?.has(TAG.group) === true);
}
