/** Goal: a route is ours only when EC2 says so in words that we know. Method: EC2 mocked with replies as it documents them. */
import { DescribeRouteTablesCommand, type Route, type RouteTable } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { AT, denied, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();
const tableIds = ['rtb-0a1b2c3d4e5f60718'];

const managed: Route = {
  DestinationCidrBlock: '10.20.0.0/16',
  InstanceId: 'i-0a1b2c3d4e5f60718',
  InstanceOwnerId: '123456789012',
  NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
  Origin: 'CreateRoute',
  State: 'active',
};
const table: RouteTable = {
  RouteTableId: 'rtb-0a1b2c3d4e5f60718',
  OwnerId: '123456789012',
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  Tags: [{ Key: 'Name', Value: 'private-a' }],
  PropagatingVgws: [],
  Associations: [
    {
      Main: false,
      RouteTableAssociationId: 'rtbassoc-0a',
      RouteTableId: 'rtb-0a1b2c3d4e5f60718',
      SubnetId: 'subnet-0a1b2c3d4e5f60718',
      AssociationState: { State: 'associated' },
    },
  ],
  Routes: [managed],
};

describe('the question', () => {
  test('names VPCs by filter, a hundred tables a page', async () => {
    mock.on(DescribeRouteTablesCommand).resolves({});
    await ec2.routeTables({ vpcIds: ['vpc-1', 'vpc-2'] }, signal);
    expect(inputs()).toEqual([
      { Filters: [{ Name: 'vpc-id', Values: ['vpc-1', 'vpc-2'] }], MaxResults: 100 },
    ]);
  });

  test('names tables by filter too, so that one that is gone fails no other', async () => {
    mock.on(DescribeRouteTablesCommand).resolves({});
    await ec2.routeTables({ tableIds: ['rtb-1'] }, signal);
    expect(inputs()).toEqual([
      { Filters: [{ Name: 'route-table-id', Values: ['rtb-1'] }], MaxResults: 100 },
    ]);
  });

  test('is one for 200 tables, two for 201, and none for none', async () => {
    mock.on(DescribeRouteTablesCommand).resolves({});
    const many = Array.from({ length: 201 }, (_, index) => `rtb-${index}`);
    await ec2.routeTables({ tableIds: many.slice(0, 200) }, signal);
    expect(calls).toHaveLength(1);
    await ec2.routeTables({ tableIds: many }, signal);
    expect(calls).toHaveLength(3);
    await ec2.routeTables({ tableIds: [] }, signal);
    await ec2.routeTables({ vpcIds: [] }, signal);
    expect(calls).toHaveLength(3);
  });
});

test('maps a table with its name, owner and subnets', async () => {
  mock.on(DescribeRouteTablesCommand).resolves({ RouteTables: [table] });
  expect(await ec2.routeTables({ tableIds }, signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        tableId: 'rtb-0a1b2c3d4e5f60718',
        name: 'private-a',
        accountId: '123456789012',
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        isMain: false,
        subnetIds: ['subnet-0a1b2c3d4e5f60718'],
        routes: [
          {
            destination: '10.20.0.0/16',
            interfaceId: 'eni-0a1b2c3d4e5f60718',
            otherTarget: null,
            origin: 'created',
            state: 'active',
          },
        ],
      },
    ],
  });
});

test('knows the main table, and counts no gateway and no association that is over', async () => {
  const Associations: RouteTable['Associations'] = [
    { Main: true, AssociationState: { State: 'associated' } },
    { Main: false, GatewayId: 'igw-0a', AssociationState: { State: 'associated' } },
    { Main: false, SubnetId: 'subnet-past', AssociationState: { State: 'disassociated' } },
    { Main: false, SubnetId: 'subnet-new', AssociationState: { State: 'associating' } },
    { Main: false, SubnetId: 'subnet-untold' },
  ];
  const [first] = table.Associations ?? [];
  const strange = JSON.parse(
    JSON.stringify({
      ...first,
      SubnetId: 'subnet-strange',
      AssociationState: { State: 'mending' },
    }),
  );
  Associations.push(strange);
  mock.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ ...table, Associations }] });
  expect(await ec2.routeTables({ tableIds }, signal)).toMatchObject({
    value: [{ isMain: true, subnetIds: ['subnet-new', 'subnet-untold', 'subnet-strange'] }],
  });
});

describe('a route', () => {
  test.each([
    ['IPv4', { DestinationCidrBlock: '10.20.0.0/16' }, '10.20.0.0/16'],
    ['IPv6', { DestinationIpv6CidrBlock: '2001:db8:1::/48' }, '2001:db8:1::/48'],
    ['a prefix list', { DestinationPrefixListId: 'pl-0a1b2c3d4e5f60718' }, 'pl-0a1b2c3d4e5f60718'],
  ])('to %s names it', async (_, where, destination) => {
    const { DestinationCidrBlock: __, ...rest } = managed;
    expect(await routes({ ...rest, ...where })).toMatchObject([{ destination }]);
  });

  test('to nowhere that we can name is left out', async () => {
    const { DestinationCidrBlock: _, ...rest } = managed;
    expect(await routes(rest)).toEqual([]);
  });

  test.each([
    ['CreateRoute', 'created'],
    ['CreateRouteTable', 'table'],
    ['EnableVgwRoutePropagation', 'propagated'],
    ['Advertisement', 'advertised'],
  ] as const)('of origin %s is %s', async (Origin, origin) => {
    expect(await routes({ ...managed, Origin })).toMatchObject([{ origin, state: 'active' }]);
  });

  test.each(['active', 'blackhole', 'filtered'] as const)('%s is that', async (State) => {
    expect(await routes({ ...managed, State })).toMatchObject([
      { origin: 'created', state: State },
    ]);
  });

  test.each([
    { Origin: 'SomebodyNew' },
    { Origin: undefined },
    { State: 'resting' },
    { State: undefined },
  ])('with words that we do not know is never ours: %j', async (odd) => {
    const strange: Route = JSON.parse(JSON.stringify({ ...managed, ...odd }));
    expect(await routes(strange)).toMatchObject([{ origin: 'unknown' }]);
  });

  test.each([
    [{ GatewayId: 'local', Origin: 'CreateRouteTable' as const }, 'local'],
    [{ GatewayId: 'igw-0a' }, 'igw-0a'],
    [{ NatGatewayId: 'nat-0a' }, 'nat-0a'],
    [{ TransitGatewayId: 'tgw-0a' }, 'tgw-0a'],
    [{ VpcPeeringConnectionId: 'pcx-0a' }, 'pcx-0a'],
    [{ EgressOnlyInternetGatewayId: 'eigw-0a' }, 'eigw-0a'],
    [{ IpAddress: '10.0.0.9' }, '10.0.0.9'],
    [{}, null],
  ])('that leads elsewhere has no interface: %j', async (target, otherTarget) => {
    const { InstanceId: _, NetworkInterfaceId: __, ...rest } = managed;
    expect(await routes({ ...rest, ...target })).toMatchObject([
      { interfaceId: null, otherTarget },
    ]);
  });

  test('that EC2 shows by its instance alone keeps the instance', async () => {
    const { NetworkInterfaceId: _, ...rest } = managed;
    expect(await routes(rest)).toMatchObject([
      { interfaceId: null, otherTarget: 'i-0a1b2c3d4e5f60718' },
    ]);
  });

  test('that has lost its instance, as a blackhole may, keeps the interface', async () => {
    const { InstanceId: _, ...rest } = managed;
    expect(await routes({ ...rest, State: 'blackhole' })).toMatchObject([
      { interfaceId: 'eni-0a1b2c3d4e5f60718', otherTarget: null, state: 'blackhole' },
    ]);
  });
});

test('reads every page, and is unknown when one of them fails', async () => {
  const next: RouteTable = { ...table, RouteTableId: 'rtb-2' };
  mock
    .on(DescribeRouteTablesCommand)
    .resolvesOnce({ RouteTables: [table], NextToken: 'two' })
    .resolvesOnce({ RouteTables: [next] })
    .resolvesOnce({ RouteTables: [table], NextToken: 'two' })
    .rejectsOnce(throttled());
  expect(await ec2.routeTables({ tableIds }, signal)).toMatchObject({
    value: [{ tableId: 'rtb-0a1b2c3d4e5f60718' }, { tableId: 'rtb-2' }],
  });
  expect(await ec2.routeTables({ tableIds }, signal)).toMatchObject({ known: false });
});

test('a role that may not ask makes it unknown, with the fix', async () => {
  mock.on(DescribeRouteTablesCommand).rejects(denied());
  expect(await ec2.routeTables({ tableIds }, signal)).toMatchObject({
    why: "ec2:DescribeRouteTables denied (UnauthorizedOperation): grant it to the function's role",
  });
});

const inputs = () => mock.commandCalls(DescribeRouteTablesCommand).map(({ args }) => args[0].input);

async function routes(route: Route) {
  mock.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ ...table, Routes: [route] }] });
  const reading = await ec2.routeTables({ tableIds }, signal);
  return reading.known ? reading.value[0]?.routes : reading.why;
}
