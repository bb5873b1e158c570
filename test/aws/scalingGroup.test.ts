/** Goal: a group is read for what it is, and one member is set unhealthy, once. Method: a local server with AWS's XML. */
import { describe, expect, test } from '@jest/globals';
import { Unreadable } from '../../lib/aws/call.ts';
import { groupOf, scalingPort } from '../../lib/aws/scalingGroup.ts';
import { systemClock as clock } from '../../lib/core/time.ts';
import { localAws, text } from './localAws.ts';

const aws = localAws();
const inputs = () => aws.asked.map((body) => Object.fromEntries(new URLSearchParams(body)));
const { signal } = new AbortController();
const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' });
const port = () =>
  scalingPort({ region: 'eu-west-1', autoScalingUrl: aws.address(), clock, credentials });

const member = (id: string, lifecycle: string, health: string) =>
  `<member><LaunchTemplate><Version>1</Version></LaunchTemplate><LifecycleState>${lifecycle}</LifecycleState><InstanceId>${id}</InstanceId><HealthStatus>${health}</HealthStatus></member>`;
const xml = (
  over = '',
) => `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>
<WarmPoolConfiguration><MinSize>9</MinSize></WarmPoolConfiguration>
<SuspendedProcesses><member><ProcessName>AZRebalance</ProcessName></member></SuspendedProcesses>
<AutoScalingGroupName>vpn &amp; co</AutoScalingGroupName><MinSize>2</MinSize><DesiredCapacity>3</DesiredCapacity>
<Instances>${member('i-0a', 'InService', 'Healthy')}${member('i-0b', 'Terminating:Wait', 'Unhealthy')}</Instances>
<Tags><member><Value>&lt;MinSize&gt;1&lt;/MinSize&gt;</Value></member></Tags>${over}
</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`;

describe('a group', () => {
  test('with its sizes, suspended processes and members; no tag and no warm pool passes for them', async () => {
    aws.answers(text(xml()));
    expect(await port().scalingGroup('vpn & co', signal)).toMatchObject({
      known: true,
      value: {
        name: 'vpn & co',
        minSize: 2,
        desiredCapacity: 3,
        suspended: ['AZRebalance'],
        members: [
          { instanceId: 'i-0a', lifecycle: 'InService', isHealthy: true },
          { instanceId: 'i-0b', lifecycle: 'Terminating:Wait', isHealthy: false },
        ],
      },
    });
    expect(inputs()[0]).toMatchObject({
      Action: 'DescribeAutoScalingGroups',
      'AutoScalingGroupNames.member.1': 'vpn & co',
    });
  });

  test.each([
    ['another group', xml().replace('vpn &amp; co', 'vpn')],
    ['no minimum', xml().replace('<MinSize>2</MinSize>', '')],
    ['no count', xml().replace('<DesiredCapacity>3', '<DesiredCapacity>many')],
    ['a member without its state', xml().replace('<LifecycleState>InService</LifecycleState>', '')],
    ['nothing', ''],
  ])('is unreadable with %s', (_what, said) => {
    expect(() => groupOf(said, 'vpn & co')).toThrow(Unreadable);
  });

  test('that cannot be read is unknown', async () => {
    aws.answers(text('<Error><Code>Throttling</Code></Error>', 400));
    expect(await port().scalingGroup('vpn', signal)).toMatchObject({ known: false });
  });
});

describe('a member is set unhealthy', () => {
  test('within its grace period not, and once', async () => {
    aws.answers(text('<SetInstanceHealthResponse></SetInstanceHealthResponse>'));
    expect(await port().replace('i-0a', 'vpn', signal)).toEqual({ kind: 'written' });
    expect(inputs()).toEqual([
      {
        Action: 'SetInstanceHealth',
        Version: '2011-01-01',
        InstanceId: 'i-0a',
        HealthStatus: 'Unhealthy',
        ShouldRespectGracePeriod: 'true',
      },
    ]);
  });

  test.each([
    [400, 'Throttling', 'throttled'],
    [403, 'AccessDenied', 'refused'],
    [400, 'ValidationError', 'refused'],
    [500, 'InternalFailure', 'unclear'],
  ])('%i %s: %s', async (status, code, kind) => {
    aws.answers(text(`<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`, status));
    expect(await port().replace('i-0a', 'vpn', signal)).toMatchObject({ kind });
    expect(aws.asked).toHaveLength(1);
  });
});
