/** Goal: the rules of a security group are seen as they are, or the reading is unknown. Method: EC2 mocked. */
import {
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { securityGroupPort } from '../../../lib/aws/ec2/securityGroups.ts';
import { clock, denied, strictEc2 } from '../strict.ts';

const { mock } = strictEc2();
const port = securityGroupPort('eu-west-1', clock);
const { signal } = new AbortController();

test('the groups of an interface are read by filter; one that EC2 does not name is absent', async () => {
  mock.on(DescribeNetworkInterfacesCommand).resolves({
    NetworkInterfaces: [
      { NetworkInterfaceId: 'eni-a', Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] },
    ],
  });
  const read = await port.groupIdsOf(['eni-a', 'eni-b'], signal);
  expect(read).toMatchObject({ known: true, value: new Map([['eni-a', ['sg-1', 'sg-2']]]) });
  expect(mock.commandCalls(DescribeNetworkInterfacesCommand)[0]?.args[0].input).toMatchObject({
    Filters: [{ Name: 'network-interface-id', Values: ['eni-a', 'eni-b'] }],
  });
});

test('a rule has its protocol, ports, ranges of both families, groups and lists; without ports it is for all', async () => {
  mock.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        VpcId: 'vpc-1',
        IpPermissions: [
          {
            IpProtocol: 'udp',
            FromPort: 500,
            ToPort: 4500,
            IpRanges: [{ CidrIp: '10.0.0.0/16' }],
            Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
            UserIdGroupPairs: [{ GroupId: 'sg-9' }],
            PrefixListIds: [{ PrefixListId: 'pl-1' }],
          },
        ],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ],
  });
  const read = await port.groups(['sg-1'], signal);
  expect(read.known && read.value).toEqual([
    {
      groupId: 'sg-1',
      vpcId: 'vpc-1',
      ingress: [
        {
          protocol: 'udp',
          ports: [500, 4_500],
          cidrs: ['10.0.0.0/16', '2001:db8::/32'],
          groupIds: ['sg-9'],
          prefixListIds: ['pl-1'],
        },
      ],
      egress: [
        { protocol: '-1', ports: null, cidrs: ['0.0.0.0/0'], groupIds: [], prefixListIds: [] },
      ],
    },
  ]);
});

test('an answer that is denied is unknown, with the permission that is missing', async () => {
  mock.on(DescribeSecurityGroupsCommand).rejects(denied());
  expect(await port.groups(['sg-1'], signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('ec2:DescribeSecurityGroups denied'),
  });
});

test('the entries of a network ACL have number, direction, action, protocol, ports and range, in order of their numbers', async () => {
  mock.on(DescribeNetworkAclsCommand).resolves({
    NetworkAcls: [
      {
        NetworkAclId: 'acl-1',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-a' }, { SubnetId: 'subnet-b' }],
        Entries: [
          {
            RuleNumber: 32_767,
            Egress: false,
            RuleAction: 'deny',
            Protocol: '-1',
            CidrBlock: '0.0.0.0/0',
          },
          {
            RuleNumber: 100,
            Egress: false,
            RuleAction: 'allow',
            Protocol: '17',
            PortRange: { From: 500, To: 500 },
            CidrBlock: '10.0.0.0/16',
          },
          {
            RuleNumber: 101,
            Egress: true,
            RuleAction: 'allow',
            Protocol: '-1',
            Ipv6CidrBlock: '::/0',
          },
        ],
      },
    ],
  });
  const read = await port.networkAcls(['vpc-1'], signal);
  expect(mock.commandCalls(DescribeNetworkAclsCommand)[0]?.args[0].input).toMatchObject({
    Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }],
  });
  const everything = { protocol: '-1', ports: null };
  expect(read.known && read.value).toEqual([
    {
      aclId: 'acl-1',
      subnetIds: ['subnet-a', 'subnet-b'],
      entries: [
        {
          number: 100,
          isEgress: false,
          isAllowed: true,
          protocol: '17',
          ports: [500, 500],
          cidr: '10.0.0.0/16',
        },
        { number: 101, isEgress: true, isAllowed: true, ...everything, cidr: '::/0' },
        { number: 32_767, isEgress: false, isAllowed: false, ...everything, cidr: '0.0.0.0/0' },
      ],
    },
  ]);
});
