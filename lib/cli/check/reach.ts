/** Whether security groups and network ACLs let packets from a vantage through to an appliance. Pure. */

import type { Inventory } from '../../appliances/types/inventory.ts';
import type { Appliance } from '../../appliances/types/topology.ts';
import { coverTogether } from '../../core/cidr.ts';
import type {
  NetworkAclFact,
  SecurityGroupFact,
  SecurityRule,
} from '../../core/securityGroupPort.ts';
import { shellQuoted } from '../../core/text.ts';
import type { Vantage } from '../../probe/types.ts';
import { deployWith } from '../deployCommand.ts';
import { throughAcls } from './reach/networkAcls.ts';
import { type Answer, PROTOCOLS, type Reach, type Wanted } from './reach/types.ts';

/** The security groups and network ACLs of the account, as far as they could be read. */
export interface Security {
  /** Group ids by interface id. */
  readonly byInterface: ReadonlyMap<string, readonly string[]>;
  /** By id. */
  readonly groups: ReadonlyMap<string, SecurityGroupFact>;
  /** The CIDRs of prefix lists that rules name, by id; absent: none was read. */
  readonly lists?: ReadonlyMap<string, readonly string[]>;
  /** Of the appliances' VPCs; null: they could not be read. */
  readonly acls: readonly NetworkAclFact[] | null;
}

/** What connects from outside every VPC, and the deployment that would connect from inside. */
export interface Caller {
  /** `the watching function` */
  readonly name: string;
  /** What it sends: `probes`. */
  readonly sends: string;
  /** Parameters of the deployment: `probeSubnets` and `probeSecurityGroups`. */
  readonly parameters: 'probe' | 'repair';
}

const PROBES: Caller = { name: 'the watching function', sends: 'probes', parameters: 'probe' };

/** From one vantage to the appliance's own address, as the probes choose it. */
export function reachOf(
  appliance: Appliance,
  wanted: Wanted,
  vantage: Vantage,
  inventory: Inventory,
  security: Security | null,
  caller: Caller = PROBES,
): Reach {
  const { isInVpc } = vantage;
  const address = isInVpc ? (appliance.privateIp ?? appliance.ipv6) : appliance.publicIp;
  if (address === null) return noAddress(appliance, vantage, caller);
  if (security === null) return unknown('its security groups were not read');
  const card = interfaceAt(address, inventory);
  const own = facts(security.byInterface.get(card?.interfaceId ?? '') ?? [], security);
  const [first] = own;
  if (card === undefined || first === undefined)
    return unknown('its security groups are not known');
  const source = sourceOf(vantage, address, inventory);
  const lacksIpv6 = address.includes(':') ? withoutIpv6(appliance, vantage, source, caller) : null;
  if (lacksIpv6 !== null) return lacksIpv6;
  const rules = own.flatMap(({ ingress }) => ingress);
  const entry = verdictOf(rules, wanted, source, security.lists);
  const what = `${wanted.protocol} ${wanted.port}`;
  if (entry === 'maybe')
    return unknown(
      `whether ${first.groupId} admits ${what} depends on a list, or on the range of ${vantage.id}, that is not read`,
    );
  if (entry === 'no') {
    const places = isInVpc ? vantage.id : `${caller.name}, whose public address changes`;
    return {
      kind: 'closed',
      why: `the security group ${own.map(({ groupId }) => groupId).join(' and ')} of ${appliance.name} does not admit ${what} from ${places}`,
      command: isInVpc
        ? `aws ec2 authorize-security-group-ingress --group-id ${first.groupId} --ip-permissions ${shellQuoted(permissionFor(wanted, sourceWords(source, first)))}`
        : insideCommand([appliance], inventory, first.groupId, caller.parameters),
    };
  }
  const leaving = facts(vantage.securityGroupIds ?? [], security);
  const target = { cidrs: [address], groupIds: own.map(({ groupId }) => groupId) };
  const exits = leaving.flatMap(({ egress }) => egress);
  const exit = verdictOf(exits, wanted, target, security.lists);
  const [outer] = leaving;
  if (outer === undefined || exit !== 'no') {
    const [subnetId = ''] = vantage.subnetIds;
    const from = {
      subnetId: isInVpc ? subnetId : null,
      name: isInVpc ? vantage.id : caller.name,
      cidrs: source.cidrs,
    };
    const to = { subnetId: card.subnetId, name: appliance.name, cidrs: [hostRange(address)] };
    return throughAcls(from, to, wanted, security.acls);
  }
  return {
    kind: 'closed',
    why: `the security group ${outer.groupId} of ${vantage.id} lets no ${what} out to ${appliance.name}`,
    command: `aws ec2 authorize-security-group-egress --group-id ${outer.groupId} --ip-permissions ${shellQuoted(permissionFor(wanted, rangeWords(hostRange(address))))}`,
  };
}

/** The deployment that probes, or logs in, from inside the VPC: the subnets that the appliances live in. */
export function insideCommand(
  appliances: readonly Appliance[],
  inventory: Inventory,
  securityGroupId: string,
  parameters: Caller['parameters'],
): string {
  const ids = new Set(appliances.map(({ instanceId }) => instanceId));
  const subnetIds = inventory.zones
    .flatMap(({ instances }) => (instances.known ? instances.value : []))
    .flatMap(({ instanceId, subnetId }) => (ids.has(instanceId) ? [subnetId] : []));
  const subnets = [...new Set(subnetIds)].toSorted().join(',') || 'SUBNETS';
  return deployWith(
    `--param ${parameters}Subnets=${subnets} --param ${parameters}SecurityGroups=${securityGroupId}`,
  );
}

interface Place {
  /** All of them must be let through. */
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly vpcId?: string;
}

/** From outside every VPC, any address. */
function sourceOf(vantage: Vantage, address: string, { subnets }: Inventory): Place {
  const isIpv6 = address.includes(':');
  if (!vantage.isInVpc) return { cidrs: [isIpv6 ? '::/0' : '0.0.0.0/0'], groupIds: [] };
  const own = (subnets.known ? subnets.value : []).filter(({ subnetId }) =>
    vantage.subnetIds.includes(subnetId),
  );
  return {
    cidrs: own.flatMap(({ cidrs }) => cidrs.filter((cidr) => cidr.includes(':') === isIpv6)),
    groupIds: vantage.securityGroupIds ?? [],
    ...(own[0] !== undefined && { vpcId: own[0].vpcId }),
  };
}

export function verdictOf(
  rules: readonly SecurityRule[],
  wanted: Wanted,
  { cidrs, groupIds }: Place,
  lists: ReadonlyMap<string, readonly string[]> = new Map(),
): Answer {
  const fitting = rules.filter((rule) => isFitting(rule, wanted));
  const listIds = fitting.flatMap(({ prefixListIds }) => prefixListIds);
  const ranges = [
    ...fitting.flatMap((rule) => rule.cidrs),
    ...listIds.flatMap((id) => lists.get(id) ?? []),
  ];
  const isByRange = cidrs.length > 0 && cidrs.every((cidr) => coverTogether(ranges, cidr));
  const isByGroup = fitting.some((rule) => rule.groupIds.some((id) => groupIds.includes(id)));
  if (isByRange || isByGroup) return 'yes';
  // Where a place or a list that a rule names is not read, silence of the rules proves nothing.
  const isPlaceUnknown =
    cidrs.length === 0 &&
    (ranges.length > 0 ||
      (groupIds.length === 0 && fitting.some((one) => one.groupIds.length > 0)));
  return isPlaceUnknown || listIds.some((id) => !lists.has(id)) ? 'maybe' : 'no';
}

/** Whether the rule lets this protocol and port through, from wherever. */
export const isFitting = ({ protocol, ports }: SecurityRule, wanted: Wanted): boolean =>
  PROTOCOLS[wanted.protocol].includes(protocol) &&
  (ports === null || (ports[0] <= wanted.port && wanted.port <= ports[1]));

/** In the shorthand of the AWS command line. */
export const permissionFor = ({ protocol, port }: Wanted, place: string): string =>
  `IpProtocol=${protocol},FromPort=${port},ToPort=${port},${place}`;

export const groupWords = (groupId: string): string => `UserIdGroupPairs=[{GroupId=${groupId}}]`;

export const hostRange = (address: string): string =>
  `${address}/${address.includes(':') ? 128 : 32}`;

/** All of one family. */
export const rangeWords = (...cidrs: readonly string[]): string =>
  cidrs.some((cidr) => cidr.includes(':'))
    ? `Ipv6Ranges=[${cidrs.map((cidr) => `{CidrIpv6=${cidr}}`).join(',')}]`
    : `IpRanges=[${cidrs.map((cidr) => `{CidrIp=${cidr}}`).join(',')}]`;

/** A group can be named across the VPC's border only where they are peered: there the range is named. */
function sourceWords({ cidrs, groupIds, vpcId }: Place, target: SecurityGroupFact): string {
  const [groupId] = groupIds;
  if (groupId !== undefined && vpcId === target.vpcId) {
    return groupWords(groupId);
  }
  return rangeWords(cidrs[0] ?? 'RANGE-OF-THE-PROBE-SUBNET');
}

function noAddress(
  appliance: Appliance,
  { isInVpc, id }: Vantage,
  { sends, parameters }: Caller,
): Reach {
  return isInVpc
    ? unknown(`${appliance.name} has no address that ${id} can reach`)
    : {
        kind: 'closed',
        why: `${appliance.name} has no public address, and ${sends} leave from outside the VPC`,
        command: deployWith(
          `--param ${parameters}Subnets=SUBNETS --param ${parameters}SecurityGroups=SECURITY-GROUPS`,
        ),
      };
}

/** Null: the vantage can send IPv6, or it is not known whether it can. */
function withoutIpv6(
  { name }: Appliance,
  { id, isInVpc, subnetIds, isDualStack }: Vantage,
  { vpcId, cidrs }: Place,
  { parameters }: Caller,
): Reach | null {
  if (!isInVpc || parameters !== 'probe') return null;
  const why = `${name} has an IPv6 address alone, and ${id} has none`;
  const [subnetId = 'SUBNET'] = subnetIds;
  if (vpcId !== undefined && cidrs.length === 0) {
    return {
      kind: 'closed',
      why: `${why}, as its subnet has no IPv6 range`,
      command: `aws ec2 associate-subnet-cidr-block --subnet-id ${subnetId} --ipv6-cidr-block RANGE`,
    };
  }
  if (isDualStack !== false) return null;
  return {
    kind: 'closed',
    why: `${why}, as it was deployed without`,
    command: deployWith(`--param probeIpv6Subnets=${subnetIds.join(',')}`),
  };
}

const unknown = (why: string): Reach => ({ kind: 'unknown', why });

const facts = (ids: readonly string[], { groups }: Security): readonly SecurityGroupFact[] =>
  ids.flatMap((id) => groups.get(id) ?? []);

const interfaceAt = (address: string, { zones }: Inventory) =>
  zones
    .flatMap(({ interfaces }) => (interfaces.known ? interfaces.value : []))
    .find(({ privateIp, publicIp, secondaryIps = [], ipv6s }) =>
      [
        privateIp,
        publicIp,
        ...ipv6s,
        ...secondaryIps.flatMap((one) => [one.privateIp, one.publicIp]),
      ].includes(address),
    );
