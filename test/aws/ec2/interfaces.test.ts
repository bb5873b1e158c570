/** Goal: an interface is seen as it is, or the reading is unknown. Method: EC2 mocked with a real reply, scrubbed. */
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { AT, strictEc2, throttled } from '../strict.ts';

const { mock, ec2 } = strictEc2();
const { signal } = new AbortController();

const card: NetworkInterface = {
  NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
  InterfaceType: 'interface',
  Status: 'in-use',
  SourceDestCheck: false,
  AvailabilityZone: 'eu-west-1a',
  SubnetId: 'subnet-0a1b2c3d4e5f60718',
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  PrivateIpAddress: '10.0.1.10',
  Association: { PublicIp: '198.51.100.10', AllocationId: 'eipalloc-0a' },
  Ipv6Addresses: [{ Ipv6Address: '2001:db8::10' }],
  Attachment: {
    AttachmentId: 'eni-attach-0a',
    DeviceIndex: 1,
    InstanceId: 'i-0a1b2c3d4e5f60718',
    InstanceOwnerId: '123456789012',
    Status: 'attached',
  },
};

test('asks by attachment, so that it drinks from the large bucket, a thousand a page', async () => {
  mock.on(DescribeNetworkInterfacesCommand).resolves({});
  await ec2.interfaces(['i-1', 'i-2'], signal);
  expect(inputs()).toEqual([
    { Filters: [{ Name: 'attachment.instance-id', Values: ['i-1', 'i-2'] }], MaxResults: 1_000 },
  ]);
});

test('asks for single interfaces by filter too: an id that is gone would fail a call by ids', async () => {
  mock.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] });
  expect(await ec2.interfacesById(['eni-1'], signal)).toMatchObject({ known: true, value: [] });
  expect(inputs()).toEqual([
    { Filters: [{ Name: 'network-interface-id', Values: ['eni-1'] }], MaxResults: 1_000 },
  ]);
});

test('asks once for 200 instances, and twice for 201', async () => {
  mock.on(DescribeNetworkInterfacesCommand).resolves({});
  const ids = Array.from({ length: 201 }, (_, index) => `i-${index}`);
  await ec2.interfaces(ids.slice(0, 200), signal);
  expect(inputs()).toHaveLength(1);
  await ec2.interfaces(ids, signal);
  expect(inputs()).toHaveLength(3);
});

test('maps every fact, and reads every page', async () => {
  mock
    .on(DescribeNetworkInterfacesCommand)
    .resolvesOnce({ NetworkInterfaces: [card], NextToken: 'two' })
    .resolvesOnce({ NetworkInterfaces: [{ ...card, NetworkInterfaceId: 'eni-0b' }] });
  const answer = await ec2.interfaces(['i-1'], signal);
  const fact = {
    interfaceId: 'eni-0a1b2c3d4e5f60718',
    instanceId: 'i-0a1b2c3d4e5f60718',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnetId: 'subnet-0a1b2c3d4e5f60718',
    zone: 'eu-west-1a',
    status: 'in-use',
    attachment: 'attached',
    deviceIndex: 1,
    hasSourceDestCheck: false,
    privateIp: '10.0.1.10',
    publicIp: '198.51.100.10',
    allocationId: 'eipalloc-0a',
    ipv6s: ['2001:db8::10'],
  };
  expect(answer).toEqual({
    known: true,
    at: AT,
    value: [fact, { ...fact, interfaceId: 'eni-0b' }],
  });
});

test('maps what is not there to null, detached and checked', async () => {
  mock.on(DescribeNetworkInterfacesCommand).resolves({
    NetworkInterfaces: [{ NetworkInterfaceId: 'eni-0c', Status: 'available' }],
  });
  expect(await ec2.interfaces(['i-1'], signal)).toMatchObject({
    value: [
      {
        instanceId: null,
        status: 'available',
        attachment: 'detached',
        hasSourceDestCheck: true,
        privateIp: null,
        publicIp: null,
        ipv6s: [],
      },
    ],
  });
});

test.each([
  [{ Status: 'pausing' }, { status: 'unknown' }],
  [{ Status: undefined }, { status: 'unknown' }],
  [{ Attachment: { Status: 'loose' } }, { attachment: 'unknown' }],
])('a word that we do not know is unknown, of that interface alone: %j', async (odd, seen) => {
  const strange = JSON.parse(JSON.stringify({ ...card, ...odd, NetworkInterfaceId: 'eni-odd' }));
  mock.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [strange, card] });
  expect(await ec2.interfaces(['i-1'], signal)).toMatchObject({
    known: true,
    value: [
      { interfaceId: 'eni-odd', ...seen },
      { status: 'in-use', attachment: 'attached' },
    ],
  });
});

test('an Elastic IP address on a secondary private address is read with it', async () => {
  const { Association: _association, ...without } = card;
  mock.on(DescribeNetworkInterfacesCommand).resolves({
    NetworkInterfaces: [
      {
        ...without,
        PrivateIpAddresses: [
          { PrivateIpAddress: '10.0.1.10', Primary: true },
          {
            PrivateIpAddress: '10.0.1.77',
            Primary: false,
            Association: { PublicIp: '198.51.100.77', AllocationId: 'eipalloc-0b' },
          },
          { PrivateIpAddress: '10.0.1.78', Primary: false },
        ],
      },
    ],
  });
  expect(await ec2.interfaces(['i-1'], signal)).toMatchObject({
    value: [
      {
        privateIp: '10.0.1.10',
        publicIp: null,
        secondaryIps: [
          { privateIp: '10.0.1.77', publicIp: '198.51.100.77', allocationId: 'eipalloc-0b' },
          { privateIp: '10.0.1.78', publicIp: null },
        ],
      },
    ],
  });
});

test('is unknown when the second page is throttled', async () => {
  mock
    .on(DescribeNetworkInterfacesCommand)
    .resolvesOnce({ NetworkInterfaces: [card], NextToken: 'two' })
    .rejectsOnce(throttled());
  expect(await ec2.interfaces(['i-1'], signal)).toMatchObject({
    known: false,
    why: 'ec2:DescribeNetworkInterfaces throttled (RequestLimitExceeded)',
  });
});

const inputs = () =>
  mock.commandCalls(DescribeNetworkInterfacesCommand).map(({ args }) => args[0].input);
