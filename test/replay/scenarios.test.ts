/** Goal: appliances, endpoints and CRLs of a hand-written capture are watched, repaired and published as the deployed functions do it. */
import { describe, expect, test } from '@jest/globals';
import { linesOf, playLines } from '../cases/play.ts';
import { anAuthority } from '../crl/builders/authority.ts';
import { aList, NOW } from '../crl/builders/list.ts';

const START_AT = NOW;
const at = (second: number) => new Date(START_AT + second * 1_000).toISOString();
const line = (
  second: number,
  service: string,
  operation: string,
  input: object,
  output: object,
) => ({
  at: at(second),
  service,
  operation,
  input,
  output,
});
const ec2 = (second: number, operation: string, output: object, input: object = {}) =>
  line(second, 'ec2', operation, input, output);
const end = (second: number) => line(second, 'medic', 'End', {}, {});
const ALL = ['detected', 'action', 'held', 'resolved', 'notified'] as const;

describe('two appliances out of `aws ec2 describe-…` and probes', () => {
  const instance = (letter: string, ip: string, state = 'running') => ({
    InstanceId: `i-0${letter}`,
    State: { Name: state },
    VpcId: 'vpc-1',
    SubnetId: `subnet-${letter}`,
    Placement: { AvailabilityZone: `eu-west-1${letter}` },
    PrivateIpAddress: ip,
    LaunchTime: '2026-11-01T00:00:00+00:00',
    Tags: [
      { Key: 'Name', Value: `vpn-${letter}` },
      { Key: 'vpn-medic:group', Value: 'hq' },
      { Key: 'vpn-medic:probe', Value: 'tcp:22' },
    ],
    NetworkInterfaces: [
      {
        NetworkInterfaceId: `eni-0${letter}`,
        Status: 'in-use',
        SourceDestCheck: false,
        PrivateIpAddress: ip,
        SubnetId: `subnet-${letter}`,
        VpcId: 'vpc-1',
        Attachment: { DeviceIndex: 0, Status: 'attached' },
      },
    ],
  });
  const instances = (second: number, state?: string) =>
    ec2(second, 'DescribeInstances', {
      Reservations: [
        {
          OwnerId: '111122223333',
          Instances: [instance('a', '10.0.1.10', state), instance('b', '10.0.2.10')],
        },
      ],
    });
  const tables = (second: number, nextHop = 'eni-0a') =>
    ec2(second, 'DescribeRouteTables', {
      RouteTables: [
        {
          RouteTableId: 'rtb-1',
          VpcId: 'vpc-1',
          OwnerId: '111122223333',
          Associations: [{ SubnetId: 'subnet-p', AssociationState: { State: 'associated' } }],
          Routes: [
            {
              DestinationCidrBlock: '10.20.0.0/16',
              NetworkInterfaceId: nextHop,
              Origin: 'CreateRoute',
              State: 'active',
            },
          ],
          Tags: [
            { Key: 'Name', Value: 'private' },
            { Key: 'vpn-medic:group', Value: 'hq' },
          ],
        },
      ],
    });
  const subnets = ec2(0, 'DescribeSubnets', {
    Subnets: ['a', 'b', 'p'].map((letter, index) => ({
      SubnetId: `subnet-${letter}`,
      VpcId: 'vpc-1',
      AvailabilityZone: letter === 'b' ? 'eu-west-1b' : 'eu-west-1a',
      CidrBlock: `10.0.${index + 1}.0/24`,
    })),
  });
  const probe = (second: number, address: string, kind: string) =>
    line(second, 'probe', 'tcp', { address, port: 22, vantage: 'probe-a' }, { kind });
  const wellUntil60 = [
    instances(0),
    tables(0),
    subnets,
    probe(0, '10.0.1.10', 'up'),
    probe(0, '10.0.2.10', 'up'),
    probe(60, '10.0.1.10', 'down'),
  ];

  test('silence of the next hop: its route is moved within 3 s, read back, and notified once', async () => {
    const played = await playLines([...wellUntil60, end(100)]);
    expect(linesOf(played).filter((text) => !text.includes('skipped'))).toEqual([
      expect.stringMatching(/^\+1:0[0-2] action done failover i-0a$/),
      expect.stringMatching(/^\+1:0[0-2] notified CRITICAL ApplianceDown i-0a$/),
    ]);
    expect(played.functions).toEqual(['watchAppliances']);
  });

  const late = { kind: 'up', tookMs: 900 };
  test.each([
    ['says how long it took', late],
    ['is a miss that says so', { kind: 'down', why: 'answers in 900 ms, later than 800 ms' }],
  ])('a late answer, whose record %s, is called slow', async (_how, output) => {
    const lines = wellUntil60.filter((one) => one.at !== at(60));
    const input = { address: '10.0.1.10', port: 22, vantage: 'probe-a' };
    const played = await playLines([...lines, line(60, 'probe', 'tcp', input, output), end(100)]);
    expect(linesOf(played, ['notified'])).toContainEqual(
      expect.stringMatching(/^\+1:0[0-3] notified WARNING LateAnswers i-0a$/),
    );
  });

  test('observe mode: the same is notified, and no route is moved', async () => {
    const played = await playLines([...wellUntil60, end(100)], { policy: { mode: 'observe' } });
    expect(linesOf(played, ['action'])).toEqual([]);
    expect(linesOf(played, ['notified'])).toEqual([
      expect.stringMatching(/^\+1:0[0-2] notified CRITICAL ApplianceDown i-0a$/),
    ]);
  });

  test('EC2 says that it is stopped: the route is moved, though no probe is recorded for it', async () => {
    const played = await playLines([
      ...wellUntil60.slice(0, 5),
      instances(60, 'stopped'),
      end(100),
    ]);
    const done = linesOf(played, ['action']).filter((text) => text.includes('action done'));
    expect(done).toEqual([expect.stringMatching(/^\+1:\d\d action done failover i-0a$/)]);
  });

  test('the written route holds until a later recorded answer shows another one', async () => {
    const rewritten = await playLines([...wellUntil60, tables(90), end(120)]);
    const done = linesOf(rewritten, ['action']).filter((text) => text.includes('action done'));
    expect(done.length).toBe(2);
  });

  test('subnets that are not recorded are unknown: no route is written, and that is held', async () => {
    const played = await playLines([...wellUntil60.filter((one) => one !== subnets), end(100)]);
    expect(linesOf(played, ['action'])).toEqual([]);
    expect(linesOf(played, ['held'])).not.toEqual([]);
    expect(played.missing).toEqual(['ec2:DescribeSubnets']);
  });

  test('a move that is put off each second is one entry', async () => {
    const played = await playLines([
      ...wellUntil60,
      {
        ...ec2(
          60,
          'DescribeRouteTables',
          {},
          {
            Filters: [{ Name: 'route-table-id', Values: ['rtb-1'] }],
          },
        ),
        output: undefined,
        error: { name: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
      },
      end(100),
    ]);
    expect(linesOf(played, ['action'])).toEqual([
      expect.stringMatching(/^\+1:0[0-2] action deferred failover i-0a$/),
    ]);
  });

  test('a probe that is not recorded proves nothing', async () => {
    const silent = wellUntil60.filter((one) => one.service !== 'probe');
    const played = await playLines([...silent, end(100)]);
    expect(linesOf(played, ['action'])).toEqual([]);
    expect(linesOf(played, ['detected']).join()).not.toContain('ApplianceDown');
  });
});

describe('a Client VPN endpoint', () => {
  const DOMAIN = 'cvpn-endpoint-0a.prod.clientvpn.eu-west-1.amazonaws.com';
  const endpoint = (second: number, code: string) =>
    ec2(second, 'DescribeClientVpnEndpoints', {
      ClientVpnEndpoints: [
        {
          ClientVpnEndpointId: 'cvpn-endpoint-0a',
          Status: { Code: code },
          DnsName: `*.${DOMAIN}`,
          TransportProtocol: 'udp',
          VpnPort: 443,
          ClientCidrBlock: '10.100.0.0/22',
          Tags: [{ Key: 'Name', Value: 'staff' }],
        },
      ],
    });
  const networks = ec2(0, 'DescribeClientVpnTargetNetworks', {
    ClientVpnTargetNetworks: ['a', 'b'].map((letter) => ({
      AssociationId: `cvpn-assoc-${letter}`,
      ClientVpnEndpointId: 'cvpn-endpoint-0a',
      TargetNetworkId: `subnet-${letter}`,
      Status: { Code: 'associated' },
      AvailabilityZones: [`eu-west-1${letter}`],
    })),
  });
  const probe = (second: number, kind: string) =>
    line(second, 'probe', 'openvpn', { address: DOMAIN, port: 443, vantage: 'here' }, { kind });

  test('that does not answer is notified at the next poll, and resolved when it answers', async () => {
    const played = await playLines([
      endpoint(0, 'available'),
      networks,
      probe(0, 'up'),
      probe(840, 'down'),
      probe(1_740, 'up'),
      end(2_700),
    ]);
    expect(linesOf(played)).toEqual([
      expect.stringMatching(/^\+14:0\d notified CRITICAL EndpointUnreachable cvpn-endpoint-0a$/),
      expect.stringMatching(/^\+29:0\d notified RESOLVED EndpointUnreachable cvpn-endpoint-0a$/),
    ]);
  });

  test.each([
    ['GetMetricData', 700, ['EndpointNearCapacity']],
    ['GetMetricStatistics', 700, ['EndpointNearCapacity']],
    ['GetMetricStatistics', 20, []],
  ])('whose connections are recorded by %s as %i: %j', async (operation, value, reasons) => {
    const metric = {
      Namespace: 'AWS/ClientVPN',
      MetricName: 'ActiveConnectionsCount',
      Dimensions: [{ Name: 'Endpoint', Value: 'cvpn-endpoint-0a' }],
    };
    const times = [-600, -300, 0, 300, 600].map(at);
    const asked =
      operation === 'GetMetricData'
        ? {
            MetricDataQueries: [
              { Id: 'a', MetricStat: { Metric: metric, Period: 300, Stat: 'Average' } },
            ],
          }
        : { ...metric, Period: 300, Statistics: ['Average'] };
    const output =
      operation === 'GetMetricData'
        ? { MetricDataResults: [{ Id: 'a', Timestamps: times, Values: times.map(() => value) }] }
        : { Datapoints: times.map((Timestamp) => ({ Timestamp, Average: value })) };
    const played = await playLines([
      endpoint(0, 'available'),
      networks,
      probe(0, 'up'),
      line(0, 'cloudwatch', operation, asked, output),
      end(1_200),
    ]);
    const found = linesOf(played, ['notified']);
    expect(found.map((text) => text.split(' ')[3])).toEqual(reasons);
  });

  test('whose probe is not recorded is not judged by it', async () => {
    const played = await playLines([endpoint(0, 'available'), networks, end(2_700)]);
    expect(linesOf(played, ALL)).toEqual([]);
    expect(played.missing).toContain('probe of an endpoint');
  });
});

describe('CRLs', () => {
  const ca = anAuthority();
  const object = (second: number, Bucket: string, Key: string, bytes: Uint8Array) =>
    line(
      second,
      's3',
      'GetObject',
      { Bucket, Key },
      {
        BodyBase64: Buffer.from(bytes).toString('base64'),
      },
    );
  const issuer = object(0, 'issuers', 'ca.pem', Buffer.from(ca.certificate));

  test('the first list of an issuer is published at its upload', async () => {
    const played = await playLines([issuer, object(60, 'inbox', 'ca.crl', aList(ca)), end(120)]);
    expect(linesOf(played, ['action'])).toEqual([
      expect.stringMatching(/^\+1:\d\d action (done|written) publish/),
    ]);
  });

  test('a later list replaces the recorded one, an earlier one is refused and notified', async () => {
    const published = object(0, 'public', 'ca.crl', aList(ca, { number: 7n }));
    const next = await playLines([
      issuer,
      published,
      object(60, 'inbox', 'ca.crl', aList(ca, { number: 8n })),
      end(120),
    ]);
    expect(linesOf(next, ['action']).length).toBe(1);
    const older = await playLines([
      issuer,
      published,
      object(60, 'inbox', 'ca.crl', aList(ca, { number: 6n })),
      end(120),
    ]);
    expect(linesOf(older, ['action'])).toEqual([]);
    expect(linesOf(older, ['held', 'notified']).length).toBeGreaterThan(0);
  });

  test('a bucket that refuses is unknown: nothing is published over it', async () => {
    const refused = {
      ...object(0, 'public', 'ca.crl', Buffer.alloc(0)),
      output: undefined,
      error: { name: 'AccessDenied', message: 'Access Denied' },
    };
    const played = await playLines([
      issuer,
      refused,
      object(60, 'inbox', 'ca.crl', aList(ca)),
      end(120),
    ]);
    expect(linesOf(played, ['action'])).toEqual([]);
  });
});
