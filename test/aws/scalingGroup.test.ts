/** Goal: a group is read for what it is, and one member is set unhealthy, once. Method: a local server with AWS's XML. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Unreadable } from '../../lib/aws/call.ts';
import { groupOf, scalingPort } from '../../lib/aws/scalingGroup.ts';
import { systemClock as clock } from '../../lib/core/time.ts';

let server: Server;
let address = '';
let answer = { status: 200, body: '' };
const asked: Record<string, string>[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});

const { signal } = new AbortController();
const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' });
const port = () =>
  scalingPort({ region: 'eu-west-1', autoScalingUrl: address, clock, credentials });

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
    answer = { status: 200, body: xml() };
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
    expect(asked[0]).toMatchObject({
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
  ])('is unreadable with %s', (_what, text) => {
    expect(() => groupOf(text, 'vpn & co')).toThrow(Unreadable);
  });

  test('that cannot be read is unknown', async () => {
    answer = { status: 400, body: '<Error><Code>Throttling</Code></Error>' };
    expect(await port().scalingGroup('vpn', signal)).toMatchObject({ known: false });
  });
});

describe('a member is set unhealthy', () => {
  test('within its grace period not, and once', async () => {
    answer = {
      status: 200,
      body: '<SetInstanceHealthResponse/>'.replace('/>', '></SetInstanceHealthResponse>'),
    };
    expect(await port().replace('i-0a', 'vpn', signal)).toEqual({ kind: 'written' });
    expect(asked).toEqual([
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
    answer = { status, body: `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>` };
    expect(await port().replace('i-0a', 'vpn', signal)).toMatchObject({ kind });
    expect(asked).toHaveLength(1);
  });
});
