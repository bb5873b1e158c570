/** The security-group rules and the deployment that let probes reach the appliances. Pure. */
import type { Wanted } from '../check/reach/types.ts';
import { verdictOf } from '../check/reach.ts';
import type { SetupFacts } from './facts.ts';
import type { ProposedGroup, ProposedMember } from './types.ts';

export interface ProposedRule extends Wanted {
  /** Of the appliance: the rule goes here. */
  readonly groupId: string;
  /** Of the probe functions. */
  readonly fromGroupId: string;
}

/** The deploy parameters of probes from inside the VPC. */
export interface ProbePlace {
  readonly vpcId: string;
  /** One in each zone of the appliances. */
  readonly subnetIds: readonly string[];
  /** The functions get the security group of an appliance, so that its own rules may name it. */
  readonly securityGroupId: string;
  readonly rules: readonly ProposedRule[];
}

/**
 * For the VPC with most appliances: the functions share one security group, and a security group is of one VPC. Null: no
 * security group is known. The appliances of other VPCs are probed at their public addresses.
 */
export function probePlaceOf(
  groups: readonly ProposedGroup[],
  facts: SetupFacts,
): ProbePlace | null {
  const vpcId = largestVpcOf(groups);
  const members = groups.filter((group) => group.vpcId === vpcId).flatMap((one) => one.members);
  const groupIdsOf = ({ instanceId }: ProposedMember): readonly string[] =>
    facts.forwarders
      .filter((link) => link.instanceId === instanceId)
      .flatMap(({ interfaceId }) => facts.groupIds?.get(interfaceId) ?? []);
  const securityGroupId = members.flatMap(groupIdsOf).toSorted()[0];
  if (securityGroupId === undefined) return null;
  const subnets = new Map(members.map(({ zone, subnetId }) => [zone, subnetId]));
  const rules = new Map<string, ProposedRule>();
  for (const member of members) {
    const { protocol, port } = member.probe;
    const own = groupIdsOf(member);
    const [groupId] = own;
    const wanted = { fromGroupId: securityGroupId, protocol, port };
    if (groupId === undefined || own.some((id) => isAdmitted(id, wanted, facts))) continue;
    rules.set(`${groupId} ${protocol} ${port}`, { groupId, ...wanted });
  }
  return {
    vpcId,
    subnetIds: [...subnets.values()].toSorted(),
    securityGroupId,
    rules: [...rules.values()],
  };
}

function largestVpcOf(groups: readonly ProposedGroup[]): string {
  const counts = new Map<string, number>();
  for (const { vpcId, members } of groups) {
    counts.set(vpcId, (counts.get(vpcId) ?? 0) + members.length);
  }
  const [largest] = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return largest?.[0] ?? '';
}

function isAdmitted(
  groupId: string,
  { fromGroupId, protocol, port }: Omit<ProposedRule, 'groupId'>,
  { securityGroups }: SetupFacts,
): boolean {
  const rules = securityGroups.get(groupId)?.ingress ?? [];
  const source = { cidrs: ['0.0.0.0/0'], groupIds: [fromGroupId] };
  return verdictOf(rules, { protocol, port }, source) === 'yes';
}
