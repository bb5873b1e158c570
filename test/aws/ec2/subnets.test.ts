/** Goal: subnets and prefix lists are whole or unknown. Method: EC2 mocked. */
import { DescribeSubnetsCommand, GetManagedPrefixListEntriesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { AT, denied, ec2Error, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();

describe('subnets', () => {
  test('are asked for by VPC, a thousand a page', async () => {
    mock.on(DescribeSubnetsCommand).resolves({});
    await ec2.subnets(['vpc-1'], signal);
    expect(mock.commandCalls(DescribeSubnetsCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }],
      MaxResults: 1_000,
    });
  });

  test('have their zone and every address range that stands', async () => {
    mock
      .on(DescribeSubnetsCommand)
      .resolvesOnce({
        Subnets: [
          {
            SubnetId: 'subnet-0a',
            VpcId: 'vpc-0a',
            AvailabilityZone: 'eu-west-1a',
            CidrBlock: '10.0.1.0/24',
            Ipv6CidrBlockAssociationSet: [
              { Ipv6CidrBlock: '2001:db8:1::/64', Ipv6CidrBlockState: { State: 'associated' } },
              { Ipv6CidrBlock: '2001:db8:2::/64', Ipv6CidrBlockState: { State: 'disassociated' } },
            ],
          },
        ],
        NextToken: 'two',
      })
      .resolvesOnce({
        Subnets: [
          {
            SubnetId: 'subnet-0b',
            VpcId: 'vpc-0a',
            AvailabilityZone: 'eu-west-1b',
            Ipv6Native: true,
            Ipv6CidrBlockAssociationSet: [
              { Ipv6CidrBlock: '2001:db8:3::/64', Ipv6CidrBlockState: { State: 'associated' } },
            ],
          },
        ],
      });
    expect(await ec2.subnets(['vpc-0a'], signal)).toEqual({
      known: true,
      at: AT,
      value: [
        {
          subnetId: 'subnet-0a',
          vpcId: 'vpc-0a',
          zone: 'eu-west-1a',
          cidrs: ['10.0.1.0/24', '2001:db8:1::/64'],
        },
        { subnetId: 'subnet-0b', vpcId: 'vpc-0a', zone: 'eu-west-1b', cidrs: ['2001:db8:3::/64'] },
      ],
    });
  });

  test('are unknown when denied', async () => {
    mock.on(DescribeSubnetsCommand).rejects(denied());
    expect(await ec2.subnets(['vpc-1'], signal)).toMatchObject({ known: false });
  });
});

describe('prefix lists', () => {
  test('are asked for one by one, and each page of each is read', async () => {
    mock
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-1' })
      .resolves({ Entries: [{ Cidr: '10.20.0.0/16' }], NextToken: 'two' })
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-1', NextToken: 'two' })
      .resolves({ Entries: [{ Cidr: '10.30.0.0/16', Description: 'Hamburg' }] })
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-2' })
      .resolves({ Entries: [] });
    expect(await ec2.prefixLists(['pl-1', 'pl-2', 'pl-1'], signal)).toEqual({
      known: true,
      at: AT,
      value: [
        { prefixListId: 'pl-1', cidrs: ['10.20.0.0/16', '10.30.0.0/16'] },
        { prefixListId: 'pl-2', cidrs: [] },
      ],
    });
    expect(calls).toHaveLength(3);
  });

  test('that are gone are left out', async () => {
    mock
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-1' })
      .resolves({ Entries: [{ Cidr: '10.20.0.0/16' }] })
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-2' })
      .rejects(ec2Error('InvalidPrefixListID.NotFound'));
    expect(await ec2.prefixLists(['pl-1', 'pl-2'], signal)).toMatchObject({
      known: true,
      value: [{ prefixListId: 'pl-1' }],
    });
  });

  test('are unknown, all of them, when one of them is throttled', async () => {
    mock
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-1' })
      .resolves({ Entries: [] })
      .on(GetManagedPrefixListEntriesCommand, { PrefixListId: 'pl-2' })
      .rejects(throttled());
    expect(await ec2.prefixLists(['pl-1', 'pl-2'], signal)).toMatchObject({
      known: false,
      why: 'ec2:GetManagedPrefixListEntries throttled (RequestLimitExceeded)',
    });
  });
});
