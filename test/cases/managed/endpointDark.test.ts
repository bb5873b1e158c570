/** Goal: an endpoint that answers no more is notified within 90 s. Method: captures at the deployed schedule. */
import { expect, test } from '@jest/globals';
import { playLines } from '../play.ts';

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

const account = [
  ec2('DescribeClientVpnEndpoints', {
    ClientVpnEndpoints: [
      {
        ClientVpnEndpointId: 'cvpn-endpoint-01',
        Status: { Code: 'available' },
        DnsName: '*.cvpn-endpoint-01.prod.clientvpn.eu-west-1.amazonaws.com',
        TransportProtocol: 'udp',
        VpnPort: 443,
        ClientCidrBlock: '10.100.0.0/22',
        AuthenticationOptions: [{ Type: 'certificate-authentication' }],
        Tags: [{ Key: 'Name', Value: 'staff' }],
      },
    ],
  }),
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
    ...account,
    probe(second, 'down'),
    line(400, 'medic', 'End', {}, {}),
  ]);
  const notified = timeline.filter(({ kind }) => kind === 'notified');
  expect(notified.map(({ reason }) => reason)).toEqual(['EndpointUnreachable']);
  const took = Date.parse(notified[0]?.at ?? '') - startAt - second * 1_000;
  expect(took).toBeLessThanOrEqual(90_000);
});
