/** Goal: instances are asked by id, the dead hide nobody, and no strange word is read as up or down. Method: EC2 mocked. */
import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandOutput,
  type Instance,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { AT, ec2Error, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();

const vpnA: Instance = {
  InstanceId: 'i-0a1b2c3d4e5f60718',
  ImageId: 'ami-0a1b2c3d4e5f60718',
  InstanceType: 't3.small',
  State: { Code: 16, Name: 'running' },
  Placement: { AvailabilityZone: 'eu-west-1a', Tenancy: 'default' },
  PrivateIpAddress: '10.0.1.10',
  PublicIpAddress: '198.51.100.10',
  SubnetId: 'subnet-0a1b2c3d4e5f60718',
  VpcId: 'vpc-0a1b2c3d4e5f60718',
  Tags: [
    { Key: 'vpn-medic:group', Value: 'berlin' },
    { Key: 'Name', Value: 'vpn-a' },
    { Key: 'aws:autoscaling:groupName', Value: 'vpn' },
  ],
  IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/vpn', Id: 'AIPA0' },
  NetworkInterfaces: [
    { NetworkInterfaceId: 'eni-0a', Ipv6Addresses: [{ Ipv6Address: '2001:db8::10' }] },
    { NetworkInterfaceId: 'eni-0b', Ipv6Addresses: [] },
  ],
};

test('maps every fact of a running instance', async () => {
  mock.on(DescribeInstancesCommand).resolves(reply(vpnA));
  expect(await ec2.instances(['i-0a1b2c3d4e5f60718'], signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        instanceId: 'i-0a1b2c3d4e5f60718',
        name: 'vpn-a',
        accountId: '123456789012',
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        subnetId: 'subnet-0a1b2c3d4e5f60718',
        zone: 'eu-west-1a',
        state: 'running',
        privateIp: '10.0.1.10',
        publicIp: '198.51.100.10',
        ipv6s: ['2001:db8::10'],
        interfaceIds: ['eni-0a', 'eni-0b'],
        instanceProfile: 'arn:aws:iam::123456789012:instance-profile/vpn',
        autoScalingGroup: 'vpn',
      },
    ],
  });
});

test('maps a terminated instance, of which EC2 keeps little', async () => {
  mock.on(DescribeInstancesCommand).resolves(
    reply({
      InstanceId: 'i-0dead',
      State: { Code: 48, Name: 'terminated' },
      Placement: { AvailabilityZone: 'eu-west-1a' },
    }),
  );
  expect(await ec2.instances(['i-0dead'], signal)).toMatchObject({
    value: [
      {
        name: '',
        vpcId: '',
        subnetId: '',
        zone: 'eu-west-1a',
        state: 'terminated',
        privateIp: null,
        publicIp: null,
        ipv6s: [],
      },
    ],
  });
});

test.each([undefined, 'hibernating'])(
  'a state that is %s is unknown, neither running nor down, and hides no other instance',
  async (word) => {
    const strange = JSON.parse(
      JSON.stringify({ ...vpnA, InstanceId: 'i-odd', State: { Name: word } }),
    );
    mock.on(DescribeInstancesCommand).resolves({
      Reservations: [{ OwnerId: '123456789012', Instances: [strange, vpnA] }],
    });
    expect(await ec2.instances(['i-odd', 'i-0a1b2c3d4e5f60718'], signal)).toMatchObject({
      known: true,
      value: [
        { instanceId: 'i-odd', state: 'unknown' },
        { instanceId: 'i-0a1b2c3d4e5f60718', state: 'running' },
      ],
    });
  },
);

describe('the question', () => {
  test('names the ids, and a filter that always holds for the larger bucket', async () => {
    mock.on(DescribeInstancesCommand).resolves({});
    await ec2.instances(['i-1', 'i-2'], signal);
    expect(asked()).toEqual([['i-1', 'i-2']]);
    expect(mock.commandCalls(DescribeInstancesCommand)[0]?.args[0].input.Filters).toEqual([
      {
        Name: 'instance-state-name',
        Values: ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'],
      },
    ]);
  });

  test('is one call for 100 ids, and two for 101', async () => {
    mock.on(DescribeInstancesCommand).resolves({});
    await ec2.instances(ids(100), signal);
    expect(asked().map((some) => some.length)).toEqual([100]);
    await ec2.instances(ids(101), signal);
    expect(asked().map((some) => some.length)).toEqual([100, 100, 1]);
  });

  test('is not made for no ids, which EC2 would take for all', async () => {
    expect(await ec2.instances([], signal)).toMatchObject({ known: true, value: [] });
    expect(calls).toEqual([]);
  });
});

describe('an id that EC2 does not know', () => {
  test('is dropped, and the others are asked for again', async () => {
    mock
      .on(DescribeInstancesCommand)
      .rejectsOnce(notFound("The instance ID 'i-2' does not exist"))
      .resolvesOnce(reply(vpnA));
    const answer = await ec2.instances(['i-0a1b2c3d4e5f60718', 'i-2'], signal);
    expect(asked()).toEqual([['i-0a1b2c3d4e5f60718', 'i-2'], ['i-0a1b2c3d4e5f60718']]);
    expect(answer).toMatchObject({ known: true, value: [{ name: 'vpn-a' }] });
  });

  test('is matched whole: i-2 does not drop i-22', async () => {
    mock
      .on(DescribeInstancesCommand)
      .rejectsOnce(notFound("The instance IDs 'i-2, i-3' do not exist"))
      .resolvesOnce({});
    await ec2.instances(['i-22', 'i-2', 'i-3'], signal);
    expect(asked()[1]).toEqual(['i-22']);
  });

  test('is found in a list of ninety, however long the sentence', async () => {
    const gone = ids(90);
    mock
      .on(DescribeInstancesCommand)
      .rejectsOnce(notFound(`The instance IDs '${gone.join(', ')}' do not exist`))
      .resolvesOnce(reply(vpnA));
    await ec2.instances([...gone, 'i-0a1b2c3d4e5f60718'], signal);
    expect(asked()[1]).toEqual(['i-0a1b2c3d4e5f60718']);
  });

  test('is dropped when it is no id at all, too', async () => {
    mock
      .on(DescribeInstancesCommand)
      .rejectsOnce(ec2Error('InvalidInstanceID.Malformed', 'Invalid id: "i-zz"'))
      .resolvesOnce({});
    await ec2.instances(['i-zz', 'i-1'], signal);
    expect(asked()[1]).toEqual(['i-1']);
  });

  test('leaves nothing to ask when it was the only one', async () => {
    mock.on(DescribeInstancesCommand).rejectsOnce(notFound("The instance ID 'i-1' does not exist"));
    expect(await ec2.instances(['i-1'], signal)).toMatchObject({ known: true, value: [] });
    expect(calls).toEqual(['DescribeInstances']);
  });

  test('that is not named leaves the reading unknown, instead of asking for ever', async () => {
    mock.on(DescribeInstancesCommand).rejects(notFound('Some instance does not exist'));
    expect(await ec2.instances(['i-1', 'i-2'], signal)).toMatchObject({ known: false });
    expect(calls).toHaveLength(1);
  });

  test.each([
    [7, true],
    [8, false],
  ])('that is named alone, %i times in a row, leaves it known: %s', async (count, known) => {
    const notified = mock.on(DescribeInstancesCommand);
    for (const id of ids(count)) {
      notified.rejectsOnce(notFound(`The instance ID '${id}' does not exist`));
    }
    notified.resolves(reply(vpnA));
    expect(await ec2.instances(ids(20), signal)).toMatchObject({ known });
    expect(calls).toHaveLength(8);
  });
});

test('another fault names its code, and is not asked twice', async () => {
  mock.on(DescribeInstancesCommand).rejects(throttled());
  expect(await ec2.instances(['i-1'], signal)).toEqual({
    known: false,
    at: AT,
    why: 'ec2:DescribeInstances throttled (RequestLimitExceeded)',
  });
  expect(calls).toHaveLength(1);
});

test('one part that fails makes the whole unknown', async () => {
  mock.on(DescribeInstancesCommand).resolvesOnce(reply(vpnA)).rejectsOnce(throttled());
  expect(await ec2.instances(ids(101), signal)).toMatchObject({ known: false });
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => `i-${index + 100}`);
const notFound = (message: string) => ec2Error('InvalidInstanceID.NotFound', message);
const reply = (instance: Instance): Partial<DescribeInstancesCommandOutput> => ({
  Reservations: [
    { ReservationId: 'r-0a', OwnerId: '123456789012', Groups: [], Instances: [instance] },
  ],
});
const asked = () =>
  mock.commandCalls(DescribeInstancesCommand).map(({ args }) => args[0].input.InstanceIds ?? []);
