/** Goal: a capture of two connections and a transit gateway route is played as deployed: the route moves, is read back, and comes home. Method: answers in the words of `aws ec2 describe-… --output json`. */
import { expect, test } from '@jest/globals';
import { linesOf, playLines } from '../cases/play.ts';

const START_AT = Date.UTC(2026, 10, 20, 9);
const at = (second: number) => new Date(START_AT + second * 1_000).toISOString();
const ec2 = (second: number, operation: string, output: object, input: object = {}) => ({
  at: at(second),
  service: 'ec2',
  operation,
  input,
  output,
});
const end = (second: number) => ({
  ...ec2(second, 'End', {}),
  service: 'medic',
});

const connection = (letter: string, second: number, isUp: boolean) => ({
  VpnConnectionId: `vpn-0${letter}`,
  State: 'available',
  CustomerGatewayId: `cgw-0${letter}`,
  TransitGatewayId: 'tgw-0a',
  Options: { StaticRoutesOnly: false },
  Tags: [
    { Key: 'Name', Value: `link-${letter}` },
    { Key: 'vpn-medic:group', Value: 'core' },
  ],
  VgwTelemetry: [1, 2].map((side) => ({
    OutsideIpAddress: `198.51.100.${letter === 'a' ? side : 10 + side}`,
    Status: isUp ? 'UP' : 'DOWN',
    StatusMessage: isUp ? '1 BGP ROUTES' : 'IPSEC IS DOWN',
    AcceptedRouteCount: isUp ? 1 : 0,
    LastStatusChange: at(second),
  })),
});
const connections = (second: number, isUp: boolean, bUp = true) =>
  ec2(second, 'DescribeVpnConnections', {
    VpnConnections: [
      connection('a', second === 0 ? -86_400 : second, isUp),
      connection('b', bUp ? -86_400 : second, bUp),
    ],
  });
const ATTACHMENTS = ['a', 'b'].map((letter) => ({
  TransitGatewayAttachmentId: `tgw-attach-0${letter}`,
  TransitGatewayId: 'tgw-0a',
  ResourceType: 'vpn',
  ResourceId: `vpn-0${letter}`,
  State: 'available',
}));
const account = [
  ec2(0, 'DescribeCustomerGateways', {
    CustomerGateways: ['a', 'b'].map((letter, index) => ({
      CustomerGatewayId: `cgw-0${letter}`,
      IpAddress: `203.0.113.${index + 1}`,
      State: 'available',
    })),
  }),
  ec2(0, 'DescribeTransitGatewayRouteTables', {
    TransitGatewayRouteTables: [
      {
        TransitGatewayRouteTableId: 'tgw-rtb-0a',
        TransitGatewayId: 'tgw-0a',
        State: 'available',
        Tags: [
          { Key: 'Name', Value: 'spokes' },
          { Key: 'vpn-medic:group', Value: 'core' },
        ],
      },
    ],
  }),
  ec2(0, 'DescribeTransitGatewayAttachments', { TransitGatewayAttachments: ATTACHMENTS }),
  ec2(
    0,
    'SearchTransitGatewayRoutes',
    {
      Routes: [
        {
          DestinationCidrBlock: '10.20.0.0/16',
          Type: 'static',
          State: 'active',
          TransitGatewayAttachments: [
            {
              TransitGatewayAttachmentId: 'tgw-attach-0a',
              ResourceId: 'vpn-0a',
              ResourceType: 'vpn',
            },
          ],
        },
      ],
      AdditionalRoutesAvailable: false,
    },
    {
      TransitGatewayRouteTableId: 'tgw-rtb-0a',
      Filters: [{ Name: 'type', Values: ['static'] }],
    },
  ),
];

test('one down: its route moves, and comes home after the hold-down', async () => {
  const played = await playLines([
    ...account,
    connections(0, true),
    connections(125, false),
    connections(300, true),
    end(1_200),
  ]);
  const lines = linesOf(played, ['action', 'notified']);
  expect(lines).toEqual([
    expect.stringMatching(/^\+2:(0[5-9]|1\d) action done failover vpn-0a$/),
    expect.stringMatching(/^\+2:(0[5-9]|1\d) notified CRITICAL ConnectionDown vpn-0a/),
    expect.stringMatching(/^\+5:\d\d notified RESOLVED ConnectionDown vpn-0a/),
    expect.stringMatching(/^\+10:\d\d action done failback vpn-0b$/),
    expect.stringMatching(/^\+1[01]:\d\d notified RESOLVED ConnectionRoutesAway vpn-0a/),
  ]);
});

test('both down: nothing is written, and the group is notified once', async () => {
  const played = await playLines([
    ...account,
    connections(0, true),
    connections(125, false, false),
    end(600),
  ]);
  expect(linesOf(played)).toEqual([
    expect.stringMatching(/^\+2:\d\d notified CRITICAL ConnectionGroupDown connections\/core/),
  ]);
});
