/** Goal: a security group is called closed only when none of its rules lets the packet through. Method: rules by hand. */
import { describe, expect, test } from '@jest/globals';
import type { Inventory } from '../../../lib/appliances/types/inventory.ts';
import { reachOf, type Security } from '../../../lib/cli/check/reach.ts';
import type { SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import { anInterface, anInventory, aSubnet, zoneOf } from '../../builders/facts.ts';
import { openAcl } from '../../builders/networkAcls.ts';
import { anAppliance } from '../../builders/world.ts';

const appliance = anAppliance('i-a1');
const card = anInterface('i-a1', { privateIp: '10.0.0.10', publicIp: '192.0.2.10' });
const inventory: Inventory = anInventory({
  interfaces: [card],
  subnets: [aSubnet('subnet-p', zoneOf('a'), { cidrs: ['10.0.9.0/24'] })],
});

const rule = (over: Partial<SecurityRule> = {}): SecurityRule => ({
  protocol: 'udp',
  ports: [500, 500],
  cidrs: [],
  groupIds: [],
  prefixListIds: [],
  ...over,
});

const EVERYTHING = openAcl('subnet-p', 'subnet-other', card.subnetId);

const security = (
  ingress: readonly SecurityRule[],
  egress: readonly SecurityRule[] = [rule({ protocol: '-1', ports: null, cidrs: ['0.0.0.0/0'] })],
): Security => ({
  byInterface: new Map([[card.interfaceId, ['sg-vpn']]]),
  groups: new Map([
    ['sg-vpn', { groupId: 'sg-vpn', vpcId: 'vpc-1', ingress, egress: [] }],
    ['sg-probe', { groupId: 'sg-probe', vpcId: 'vpc-1', ingress: [], egress }],
  ]),
  acls: [EVERYTHING],
});

const INSIDE: Vantage = {
  id: 'probe-a',
  subnetIds: ['subnet-p'],
  isInVpc: true,
  securityGroupIds: ['sg-probe'],
};
const OUTSIDE: Vantage = { id: 'here', subnetIds: [], isInVpc: false };
const IKE = { protocol: 'udp', port: 500 } as const;

const reach = (ingress: readonly SecurityRule[], vantage = INSIDE, wanted = IKE) =>
  reachOf(appliance, wanted, vantage, inventory, security(ingress));

test.each([
  ['the subnet is covered by a range', rule({ cidrs: ['10.0.0.0/8'] })],
  ['its security group is named', rule({ groupIds: ['sg-probe'] })],
  ['every protocol is let in', rule({ protocol: '-1', ports: null, cidrs: ['10.0.9.0/24'] })],
  ['the protocol is written as a number', rule({ protocol: '17', cidrs: ['10.0.9.0/24'] })],
  ['the port is the first of a range', rule({ ports: [500, 4_500], cidrs: ['10.0.9.0/24'] })],
  ['two ranges let in a half each', rule({ cidrs: ['10.0.9.128/25', '10.0.9.0/25'] })],
])('open from inside when %s', (_what, one) => {
  expect(reach([one])).toEqual({ kind: 'open' });
});

test.each([
  ['there is no rule', []],
  ['half of the subnet is let in', [rule({ cidrs: ['10.0.9.0/25'] })]],
  ['the port is the one after the range', [rule({ ports: [400, 499], cidrs: ['10.0.0.0/8'] })]],
  ['the protocol is another', [rule({ protocol: 'tcp', cidrs: ['10.0.0.0/8'] })]],
])(
  'closed from inside when %s, with the command that names the probes by their group',
  (_what, rules) => {
    expect(reach(rules)).toMatchObject({
      kind: 'closed',
      command: expect.stringMatching(
        /^aws ec2 authorize-security-group-ingress --group-id sg-vpn --ip-permissions 'IpProtocol=udp,FromPort=500,ToPort=500,UserIdGroupPairs=\[\{GroupId=sg-probe\}\]'$/,
      ),
    });
  },
);

test('from outside, open only when every address is let in: the function has none of its own', () => {
  expect(reach([rule({ cidrs: ['0.0.0.0/0'] })], OUTSIDE)).toEqual({ kind: 'open' });
  expect(reach([rule({ cidrs: ['0.0.0.0/1', '128.0.0.0/1'] })], OUTSIDE)).toEqual({ kind: 'open' });
  expect(reach([rule({ cidrs: ['203.0.113.0/24'] })], OUTSIDE)).toMatchObject({ kind: 'closed' });
  expect(reach([rule({ cidrs: ['0.0.0.0/1'] })], OUTSIDE)).toMatchObject({ kind: 'closed' });
});

test('open when the probes have the group of the appliance itself, and it lets its own members in and out', () => {
  const sharedBy = (groupId: string) => {
    const rules = [rule({ protocol: '-1', ports: null, groupIds: [groupId] })];
    const group = { groupId: 'sg-vpn', vpcId: 'vpc-1', ingress: rules, egress: rules };
    const shared = { ...security([]), groups: new Map([['sg-vpn', group]]) };
    const probes = { ...INSIDE, securityGroupIds: ['sg-vpn'] };
    return reachOf(appliance, IKE, probes, inventory, shared);
  };
  expect(sharedBy('sg-vpn')).toEqual({ kind: 'open' });
  expect(sharedBy('sg-other')).toMatchObject({ kind: 'closed' });
});

describe('a prefix list', () => {
  const listed = (cidrs: readonly string[] | null) => {
    const groups = security([rule({ prefixListIds: ['pl-1'] })]);
    const lists = new Map(cidrs === null ? [] : [['pl-1', cidrs]]);
    return reachOf(appliance, IKE, INSIDE, inventory, { ...groups, lists });
  };

  test('lets in what its entries cover, and nothing else', () => {
    expect(listed(['192.0.2.0/24', '10.0.8.0/23'])).toEqual({ kind: 'open' });
    expect(listed(['192.0.2.0/24'])).toMatchObject({ kind: 'closed' });
    expect(listed([])).toMatchObject({ kind: 'closed' });
  });

  test('that was not read makes it unknown, never closed', () => {
    expect(listed(null)).toMatchObject({ kind: 'unknown' });
  });
});

describe('probes that leave from a subnet that is not known, as in another VPC', () => {
  const elsewhere: Vantage = { ...INSIDE, subnetIds: ['subnet-other'] };

  test('may be let in by a range: that is unknown, never closed', () => {
    expect(reach([rule({ cidrs: ['10.9.0.0/16'] })], elsewhere)).toMatchObject({ kind: 'unknown' });
  });

  test('are let in by a rule that names their group; what the network ACLs make of their range is unknown', () => {
    expect(reach([rule({ groupIds: ['sg-probe'] })], elsewhere)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('network ACL'),
    });
  });

  test('are not let in where no rule names their port at all', () => {
    const tcp = rule({ protocol: 'tcp', cidrs: ['0.0.0.0/0'] });
    expect(reach([tcp], elsewhere)).toMatchObject({ kind: 'closed' });
  });
});

describe('an appliance with an IPv6 address alone', () => {
  const six = anAppliance('i-a1', { privateIp: null, publicIp: null, ipv6: '2001:db8::10' });
  const everybody = security(
    [rule({ cidrs: ['::/0'] })],
    [rule({ protocol: '-1', ports: null, cidrs: ['::/0'] })],
  );
  const reachSix = (cidrs: readonly string[], isDualStack?: boolean, given = everybody) => {
    const facts = anInventory({
      interfaces: [anInterface('i-a1', { privateIp: null, ipv6s: ['2001:db8::10'] })],
      subnets: [aSubnet('subnet-p', zoneOf('a'), { cidrs })],
    });
    const vantage = { ...INSIDE, ...(isDualStack !== undefined && { isDualStack }) };
    return reachOf(six, IKE, vantage, facts, given);
  };
  const BOTH = ['10.0.9.0/24', '2001:db8:0:9::/64'];

  test('is reached by IPv6, where its rules let in IPv6 and not only IPv4', () => {
    expect(reachSix(BOTH, true)).toEqual({ kind: 'open' });
    const four = security([rule({ cidrs: ['0.0.0.0/0'] })]);
    expect(reachSix(BOTH, true, four)).toMatchObject({ kind: 'closed' });
  });

  test('is not reached from a subnet without an IPv6 range, nor by a function that was not given IPv6', () => {
    expect(reachSix(['10.0.9.0/24'], true)).toMatchObject({
      kind: 'closed',
      command: expect.stringContaining('associate-subnet-cidr-block --subnet-id subnet-p'),
    });
    expect(reachSix(BOTH, false)).toMatchObject({
      kind: 'closed',
      command: expect.stringMatching(/--param probeIpv6Subnets=subnet-p \(and every/),
    });
  });

  test('is not called closed where nothing is known of the function', () => {
    expect(reachSix(BOTH)).toEqual({ kind: 'open' });
  });
});

test('closed when the group of the probes lets nothing out, though the appliance would let it in', () => {
  const closed = security([rule({ cidrs: ['10.0.0.0/8'] })], []);
  expect(reachOf(appliance, IKE, INSIDE, inventory, closed)).toMatchObject({
    kind: 'closed',
    command: expect.stringContaining('authorize-security-group-egress --group-id sg-probe'),
  });
});

describe('network ACLs, where the security groups let everything through', () => {
  const both = [rule({ cidrs: ['10.0.0.0/8'] })];

  test('that drop the probe make it closed, from inside and from outside', () => {
    const acls = [{ ...EVERYTHING, entries: [] }];
    const given = { ...security([rule({ cidrs: ['0.0.0.0/0'] })]), acls };
    for (const vantage of [INSIDE, OUTSIDE]) {
      expect(reachOf(appliance, IKE, vantage, inventory, given)).toMatchObject({
        kind: 'closed',
        why: expect.stringContaining('network ACL acl-1'),
      });
    }
  });

  test('that were not read make it unknown, never closed', () => {
    const given = { ...security(both), acls: null };
    expect(reachOf(appliance, IKE, INSIDE, inventory, given)).toMatchObject({
      kind: 'unknown',
      why: 'the network ACLs were not read',
    });
  });

  test('do not hide that a security group is closed', () => {
    const given = { ...security([]), acls: null };
    expect(reachOf(appliance, IKE, INSIDE, inventory, given)).toMatchObject({ kind: 'closed' });
  });
});

test('unknown when the security groups were not read', () => {
  expect(reachOf(appliance, IKE, INSIDE, inventory, null)).toMatchObject({ kind: 'unknown' });
});
