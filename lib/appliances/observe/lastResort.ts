/** Gateways of last resort: their tags, and the routes that lead to one because vpn-medic moved them there. Pure. */
import { isGatewayId } from '../../core/lastResort.ts';
import { parseGroups, TAG, type TagIndex } from '../../core/tags.ts';
import type { RouteFact, RouteTableFact } from '../types/inventory.ts';
import { type Appliance, type Fault, isInVpc } from '../types/topology.ts';
import { tagFault } from './applianceTags.ts';
import type { Preferences } from './preferences.ts';

/**
 * The appliance that stands for the group of such a route: the one that its owner put it at, else any of the table's groups.
 * Undefined: its owner put it there, or none of them is left. The gateway's tag does not matter: the route is to come back.
 */
export function standInFor(
  { tableId, vpcId }: RouteTableFact,
  { destination, otherTarget, origin }: RouteFact,
  { learnt, tags }: Pick<Preferences, 'learnt'> & { readonly tags: TagIndex },
  appliances: readonly Appliance[],
): Appliance | undefined {
  if (origin !== 'created' || otherTarget === null || !isGatewayId(otherTarget)) return undefined;
  const route = learnt.get(`${tableId} ${destination}`);
  if (route?.movedTo.includes(otherTarget) !== true) return undefined;
  const owner = appliances.find(({ instanceId }) => instanceId === route.instanceId);
  const groups = parseGroups(tags.get(tableId)?.get(TAG.group) ?? '');
  const isOfTable = (one: Appliance) =>
    groups.ok && groups.value.includes(one.group) && isInVpc(one, vpcId);
  return owner ?? appliances.find(isOfTable);
}

/** Of tagged virtual private and transit gateways; the others are none of ours. */
export const gatewayFaults = (tags: TagIndex): readonly Fault[] =>
  [...tags].flatMap(([id, page]): readonly Fault[] => {
    const tag = page.get(TAG.group);
    if (tag === undefined || !isGatewayId(id)) return [];
    const groups = parseGroups(tag);
    if (groups.ok) return [];
    const subject = { kind: 'gateway', id, name: id, group: null, zone: null } as const;
    const effect = 'It is the last resort of no group until then.';
    return [tagFault(subject, TAG.group, groups.why, effect)];
  });
