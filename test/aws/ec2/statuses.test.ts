/** Goal: only what EC2 says plainly counts as ok or impaired. Method: EC2 mocked with replies as it documents them. */
import { DescribeInstanceStatusCommand, type InstanceStatus } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { AT, denied, ec2Error, strictEc2 } from '../strict.ts';

const { mock, ec2 } = strictEc2();
const { signal } = new AbortController();

const well: InstanceStatus = {
  InstanceId: 'i-0a1b2c3d4e5f60718',
  AvailabilityZone: 'eu-west-1a',
  InstanceState: { Code: 16, Name: 'running' },
  SystemStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
  InstanceStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
  AttachedEbsStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
};

test('asks for stopped instances too, whose silence would look like health', async () => {
  mock.on(DescribeInstanceStatusCommand).resolves({});
  await ec2.statuses(['i-1'], signal);
  expect(mock.commandCalls(DescribeInstanceStatusCommand)[0]?.args[0].input).toMatchObject({
    InstanceIds: ['i-1'],
    IncludeAllInstances: true,
  });
});

test('maps the three checks', async () => {
  mock.on(DescribeInstanceStatusCommand).resolves({
    InstanceStatuses: [
      {
        ...well,
        SystemStatus: { Status: 'impaired' },
        InstanceStatus: { Status: 'initializing' },
        AttachedEbsStatus: { Status: 'insufficient-data' },
      },
    ],
  });
  expect(await ec2.statuses(['i-0a1b2c3d4e5f60718'], signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        instanceId: 'i-0a1b2c3d4e5f60718',
        zone: 'eu-west-1a',
        state: 'running',
        system: 'impaired',
        instance: 'initializing',
        attachedEbs: 'insufficient-data',
        events: [],
      },
    ],
  });
});

test('an attached-EBS check that is not there does not apply', async () => {
  const { AttachedEbsStatus: _, ...without } = well;
  mock.on(DescribeInstanceStatusCommand).resolves({ InstanceStatuses: [without] });
  expect(await ec2.statuses(['i-1'], signal)).toMatchObject({
    value: [{ attachedEbs: 'not-applicable' }],
  });
});

test('a check in a word that we do not know says nothing: neither ok nor impaired', async () => {
  const strange = JSON.parse(
    JSON.stringify({
      ...well,
      SystemStatus: { Status: 'degraded' },
      InstanceStatus: {},
      AttachedEbsStatus: { Status: 'OK' },
    }),
  );
  mock.on(DescribeInstanceStatusCommand).resolves({ InstanceStatuses: [strange] });
  expect(await ec2.statuses(['i-1'], signal)).toMatchObject({
    value: [
      {
        system: 'insufficient-data',
        instance: 'insufficient-data',
        attachedEbs: 'insufficient-data',
      },
    ],
  });
});

test('a state in a word that we do not know is unknown, and hides no other instance', async () => {
  const strange = JSON.parse(
    JSON.stringify({ ...well, InstanceId: 'i-odd', InstanceState: { Name: 'resting' } }),
  );
  mock.on(DescribeInstanceStatusCommand).resolves({ InstanceStatuses: [strange, well] });
  expect(await ec2.statuses(['i-odd', 'i-1'], signal)).toMatchObject({
    known: true,
    value: [{ instanceId: 'i-odd', state: 'unknown' }, { state: 'running' }],
  });
});

describe('scheduled events', () => {
  test('that lie ahead are told, with their time', async () => {
    mock.on(DescribeInstanceStatusCommand).resolves({
      InstanceStatuses: [
        {
          ...well,
          Events: [
            {
              InstanceEventId: 'instance-event-0a',
              Code: 'instance-retirement',
              Description: 'The instance is running on degraded hardware',
              NotBefore: new Date('2026-12-01T10:00:00Z'),
            },
            { Code: 'system-reboot', Description: '' },
          ],
        },
      ],
    });
    expect(await ec2.statuses(['i-1'], signal)).toMatchObject({
      value: [
        {
          events: [
            {
              code: 'instance-retirement',
              description: 'The instance is running on degraded hardware',
              notBefore: Date.UTC(2026, 11, 1, 10),
            },
            { code: 'system-reboot', description: '', notBefore: null },
          ],
        },
      ],
    });
  });

  test('that are over are not', async () => {
    const Events = ['[Completed] x', '[Canceled] x', '[completed]'].map((Description) => ({
      Code: 'system-reboot' as const,
      Description,
    }));
    mock.on(DescribeInstanceStatusCommand).resolves({ InstanceStatuses: [{ ...well, Events }] });
    expect(await ec2.statuses(['i-1'], signal)).toMatchObject({ value: [{ events: [] }] });
  });
});

test('an id that EC2 does not know is dropped, and the others are asked for again', async () => {
  mock
    .on(DescribeInstanceStatusCommand)
    .rejectsOnce(ec2Error('InvalidInstanceID.NotFound', "The instance ID 'i-2' does not exist"))
    .resolvesOnce({ InstanceStatuses: [well] });
  expect(await ec2.statuses(['i-1', 'i-2'], signal)).toMatchObject({ known: true });
  expect(
    mock.commandCalls(DescribeInstanceStatusCommand).map(({ args }) => args[0].input.InstanceIds),
  ).toEqual([['i-1', 'i-2'], ['i-1']]);
});

test('a role that may not ask makes it unknown, not well', async () => {
  mock.on(DescribeInstanceStatusCommand).rejects(denied());
  expect(await ec2.statuses(['i-1'], signal)).toMatchObject({
    known: false,
    why: "ec2:DescribeInstanceStatus denied (UnauthorizedOperation): grant it to the function's role",
  });
});
