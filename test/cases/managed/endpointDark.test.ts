/** Goal: an endpoint that answers no more is notified within 90 s, whatever EC2 says meanwhile. Method: captures at the deployed schedule. */
import { expect, test } from '@jest/globals';
import { linesOf, playLines } from '../play.ts';

const START = Date.UTC(2026, 10, 28, 12);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const line = (
  seconds: number,
  service: string,
  operation: string,
  input: object,
  output: object,
) => ({
  at: at(seconds),
  service,
  operation,
  input,
  output,
});
const ec2 = (operation: string, output: object, input = {}) =>
  line(0, 'ec2', operation, input, output);
const probe = (seconds: number, kind: 'up' | 'down') =>
  line(
    seconds,
    'probe',
    'openvpn',
    { address: 'cvpn-endpoint-01.prod.clientvpn.eu-west-1.amazonaws.com', port: 443 },
    kind === 'up' ? { kind } : { kind, why: 'no answer' },
  );

const list = (state: string, tags: Readonly<Record<string, string>>) => ({
  ClientVpnEndpoints: [
    {
      ClientVpnEndpointId: 'cvpn-endpoint-01',
      Status: { Code: state },
      DnsName: '*.cvpn-endpoint-01.prod.clientvpn.eu-west-1.amazonaws.com',
      TransportProtocol: 'udp',
      VpnPort: 443,
      ClientCidrBlock: '10.100.0.0/22',
      AuthenticationOptions: [{ Type: 'certificate-authentication' }],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    },
  ],
});
const listed = (seconds: number, state = 'available', tags = {}) =>
  line(seconds, 'ec2', 'DescribeClientVpnEndpoints', {}, list(state, { Name: 'staff', ...tags }));
const unlisted = (seconds: number) => ({
  at: at(seconds),
  service: 'ec2',
  operation: 'DescribeClientVpnEndpoints',
  input: {},
  error: { name: 'InternalError', message: 'An internal error has occurred' },
});
const end = (seconds: number) => line(seconds, 'medic', 'End', {}, {});

const account = [
  ec2(
    'DescribeClientVpnTargetNetworks',
    {
      ClientVpnTargetNetworks: ['a', 'b'].map((letter) => ({
        AssociationId: `cvpn-assoc-${letter}`,
        ClientVpnEndpointId: 'cvpn-endpoint-01',
        TargetNetworkId: `subnet-${letter}`,
        Status: { Code: 'associated' },
      })),
    },
    { ClientVpnEndpointId: 'cvpn-endpoint-01' },
  ),
  ec2('DescribeSubnets', {
    Subnets: ['a', 'b'].map((letter) => ({
      SubnetId: `subnet-${letter}`,
      AvailabilityZone: `eu-west-1${letter}`,
      VpcId: 'vpc-01',
      CidrBlock: '10.0.0.0/24',
    })),
  }),
  probe(0, 'up'),
];

// In every phase of the minute's schedule.
test.each([121, 139, 150, 165, 179])('dark from second %i on', async (second) => {
  const { timeline, startAt } = await playLines([
    listed(0),
    ...account,
    probe(second, 'down'),
    end(400),
  ]);
  const notified = timeline.filter(({ kind }) => kind === 'notified');
  expect(notified.map(({ reason }) => reason)).toEqual(['EndpointUnreachable']);
  const took = Date.parse(notified[0]?.at ?? '') - startAt - second * 1_000;
  expect(took).toBeLessThanOrEqual(90_000);
});

test.each([
  [
    'and EC2 fails a moment before',
    [unlisted(120), probe(125, 'down'), listed(600), probe(900, 'up'), end(1200)],
    ['+3:02 notified CRITICAL EndpointUnreachable', '+15:00 notified RESOLVED EndpointUnreachable'],
  ],
  [
    'and answers while EC2 still fails',
    [unlisted(120), probe(125, 'down'), probe(420, 'up'), listed(900), end(1200)],
    ['+3:02 notified CRITICAL EndpointUnreachable', '+15:00 notified RESOLVED EndpointUnreachable'],
  ],
  [
    'and EC2 calls it a word that is not known',
    [listed(120, 'updating'), probe(125, 'down'), end(600)],
    ['+3:02 notified CRITICAL EndpointUnreachable'],
  ],
  ['and is well while EC2 fails', [unlisted(120), listed(600), end(900)], []],
])('dark, %s', async (_, lines, expected) => {
  const played = await playLines([listed(0), ...account, ...lines]);
  const own = linesOf(played, ['notified']).filter((one) => !one.includes('SightLost'));
  expect(own.map((one) => one.replace(' cvpn-endpoint-01', ''))).toEqual(expected);
});

test.each([
  ['ignored', { 'vpn-medic:ignore': 'a lab' }],
  ['within its quiet hours', { 'vpn-medic:quiet': 'Mon-Sun 00:00-23:00 UTC' }],
])('dark and %s, it is not notified when EC2 fails', async (_, tags) => {
  const played = await playLines([
    listed(0, 'available', tags),
    ...account,
    probe(125, 'down'),
    unlisted(240),
    listed(600, 'available', tags),
    end(900),
  ]);
  const reasons = played.timeline.flatMap(({ kind, reason }) =>
    kind === 'notified' ? reason : [],
  );
  expect(new Set(reasons)).toEqual(new Set(['SightLost']));
});
