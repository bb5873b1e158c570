/** What is wrong with a group as a whole. Pure. */
import { compare } from '../../core/order.ts';
import { TAG } from '../../core/tags.ts';
import type { Appliance, Fault } from '../types/topology.ts';

/** `appliances`: those that may carry routes of their group; a tagged stranger is no spare. */
export function checkGroups(appliances: readonly Appliance[], faults: Fault[]): void {
  const groups = Map.groupBy(appliances, ({ group }) => group);
  for (const [group, members] of groups) {
    const subject = { kind: 'group', id: group, name: group, group, zone: null } as const;
    const places = members.map(forwardingVpcs).filter(({ length }) => length > 0);
    const vpcIds = [...new Set(places.flat())].toSorted(compare);
    if (places.some(({ length }) => length < vpcIds.length)) {
      faults.push({
        reason: 'GroupSpansVpcs',
        subject,
        summary: `Group ${group} is spread over ${vpcIds.length} VPCs (${vpcIds.join(', ')}); a route can only lead to an interface of its own VPC, so each VPC heals by itself.`,
        fix: `Give the appliances of each VPC a group name of their own (tag ${TAG.group}).`,
      });
    }
    const zones = new Set(members.map(({ zone }) => zone));
    if (zones.size < 2) {
      faults.push({
        reason: 'GroupWithoutSpare',
        subject,
        summary: `Group ${group} lives in ${[...zones].join()} alone: when that zone fails, nothing can carry its routes.`,
        fix: 'Add an appliance of the same group in another Availability Zone.',
      });
    }
  }
}

/** The VPCs of the interfaces that forward; where none does, of all. Ordered. */
function forwardingVpcs({ interfaces, vpcId }: Appliance): readonly string[] {
  const forwarding = interfaces.filter(({ hasSourceDestCheck }) => !hasSourceDestCheck);
  const ids = (forwarding.length > 0 ? forwarding : interfaces).map((one) => one.vpcId);
  return [...new Set(ids.length > 0 ? ids : [vpcId])].filter((id) => id !== '').toSorted(compare);
}
