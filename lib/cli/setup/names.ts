/** A name for a group, from what its members are called. Pure. */
import type { InstanceFact } from '../../appliances/types/inventory.ts';
import { parseGroup } from '../../core/tags.ts';

type Named = Pick<InstanceFact, 'name' | 'vpcId' | 'autoScalingGroup'> & {
  readonly group: string | null;
};

/** Its tag, else its auto scaling group, else the beginning that the names share, else the VPC; not among `taken`. */
export function groupNameOf(members: readonly Named[], taken: ReadonlySet<string>): string {
  const tagged = members.flatMap(({ group }) => group ?? [])[0];
  if (tagged !== undefined) return tagged;
  const scaled = new Set(members.map(({ autoScalingGroup }) => autoScalingGroup ?? ''));
  const [only = ''] = scaled.size === 1 ? scaled : [];
  const shared = sharedStart(members.map(({ name }) => name));
  const candidates = [only, shared, `vpn-${members[0]?.vpcId ?? ''}`];
  const base = candidates.find((text) => text.length > 1 && parseGroup(text).ok) ?? 'vpn';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** `vpn-a` and `vpn-b` share `vpn`; zones and numbers at the end say nothing. */
function sharedStart(names: readonly string[]): string {
  const [first = '', ...others] = names;
  let end = 0;
  while (end < first.length && others.every((name) => name[end] === first[end])) end += 1;
  return first.slice(0, end).replace(/[-_.\s]+\d*$/, '');
}
