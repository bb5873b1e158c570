/** Goal: the rules of a security group are seen as they are, or the reading is unknown. Method: EC2 mocked. */
import {
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
