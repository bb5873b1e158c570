/** Goal: a security group is called closed only when none of its rules lets the packet through. Method: rules by hand. */
import { expect, test } from '@jest/globals';
import type { Inventory } from '../../../lib/appliances/types/inventory.ts';
import { reachOf, type Security } from '../../../lib/cli/check/reach.ts';
import type { SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import { anInterface, anInventory, aSubnet, zoneOf } from '../../builders/facts.ts';
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

const security = (
  ingress: readonly SecurityRule[],
  egress: readonly SecurityRule[] = [rule({ protocol: '-1', ports: null, cidrs: ['0.0.0.0/0'] })],
): Security => ({
  byInterface: new Map([[card.interfaceId, ['sg-vpn']]]),
  groups: new Map([
    ['sg-vpn', { groupId: 'sg-vpn', vpcId: 'vpc-1', ingress, egress: [] }],
    ['sg-probe', { groupId: 'sg-probe', vpcId: 'vpc-1', ingress: [], egress }],
  ]),
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
  expect(reach([rule({ cidrs: ['203.0.113.0/24'] })], OUTSIDE)).toMatchObject({ kind: 'closed' });
});

test('a list that was not read makes it unknown, never closed', () => {
  expect(reach([rule({ prefixListIds: ['pl-1'] })])).toMatchObject({ kind: 'unknown' });
});

test('closed when the group of the probes lets nothing out, though the appliance would let it in', () => {
  const closed = security([rule({ cidrs: ['10.0.0.0/8'] })], []);
  expect(reachOf(appliance, IKE, INSIDE, inventory, closed)).toMatchObject({
    kind: 'closed',
    command: expect.stringContaining('authorize-security-group-egress --group-id sg-probe'),
  });
});

test('unknown when the security groups were not read', () => {
  expect(reachOf(appliance, IKE, INSIDE, inventory, null)).toMatchObject({ kind: 'unknown' });
});
