/** Goal: an Elastic address is read as a table of one route, and written by its own call. Method: EC2 mocked. */
import { AssociateAddressCommand, DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { AT, denied, ec2Error, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();
const ID = 'eipalloc-0a1b2c3d4e5f60718';
const ENI = 'eni-0a1b2c3d4e5f60718';
const write = {
  tableId: ID,
  destination: '203.0.113.7',
  target: { kind: 'interface', id: ENI } as const,
  privateIp: '10.0.0.11',
};
const address = { AllocationId: ID, PublicIp: '203.0.113.7', Tags: [{ Key: 'Name', Value: 'hq' }] };
const table = {
  tableId: ID,
  name: 'hq',
  accountId: '',
  vpcId: '',
  isMain: false,
  subnetIds: [],
};

test('is asked for by filter, and leads to the interface that holds it', async () => {
  mock.on(DescribeAddressesCommand).resolves({
    Addresses: [{ ...address, NetworkInterfaceId: ENI }, { PublicIp: '203.0.113.8' }],
  });
  expect(await ec2.routeTables({ tableIds: [ID] }, signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        ...table,
        routes: [
          {
            destination: '203.0.113.7',
            interfaceId: ENI,
            otherTarget: null,
            origin: 'created',
            state: 'active',
          },
        ],
      },
    ],
  });
  expect(mock.commandCalls(DescribeAddressesCommand).map(({ args }) => args[0].input)).toEqual([
    { Filters: [{ Name: 'allocation-id', Values: [ID] }] },
  ]);
  expect(calls).toEqual(['DescribeAddresses']);
});

test('associated with nothing it leads to no interface', async () => {
  mock.on(DescribeAddressesCommand).resolves({ Addresses: [address] });
  expect(await ec2.routeTables({ tableIds: [ID] }, signal)).toMatchObject({
    value: [{ routes: [{ interfaceId: null, otherTarget: 'no interface', state: 'blackhole' }] }],
  });
});

test('an answer without its list, and a refusal, are unknown', async () => {
  mock.on(DescribeAddressesCommand).resolves({});
  expect(await ec2.routeTables({ tableIds: [ID] }, signal)).toMatchObject({ known: false });
  mock.on(DescribeAddressesCommand).rejects(denied());
  expect(await ec2.routeTables({ tableIds: [ID] }, signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('ec2:DescribeAddresses denied'),
  });
});

test('is associated with one private address of one interface, wherever it was', async () => {
  mock.on(AssociateAddressCommand).resolves({});
  expect(await ec2.replaceRoute(write, signal)).toEqual({ kind: 'written' });
  expect(mock.commandCalls(AssociateAddressCommand).map(({ args }) => args[0].input)).toEqual([
    {
      AllocationId: ID,
      NetworkInterfaceId: ENI,
      PrivateIpAddress: '10.0.0.11',
      AllowReassociation: true,
    },
  ]);
  expect(calls).toEqual(['AssociateAddress']);
});

test.each([
  [throttled(), { kind: 'throttled' }],
  [
    denied(),
    {
      kind: 'refused',
      why: expect.stringContaining(`ec2:AssociateAddress on ${ID}, which must be tagged`),
    },
  ],
  [ec2Error('InvalidNetworkInterfaceID.NotFound'), { kind: 'refused' }],
  [ec2Error('InternalError', 'x', 500), { kind: 'unclear' }],
])('says how the write ended: %s', async (error, answer) => {
  mock.on(AssociateAddressCommand).rejects(error);
  expect(await ec2.replaceRoute(write, signal)).toMatchObject(answer);
});
