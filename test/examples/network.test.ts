/** Goal: what is wrong in VPCs is found in a capture as in the account. Method: a made-up account with a peering, a gateway and an endpoint, captured and replayed. */
import { expect, test } from '@jest/globals';
import { openCapture } from '../../lib/capture/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import type { MadeRegion } from './account.ts';
import { smallOffice } from './accounts/smallOffice.ts';
import { takenOf } from './captures.ts';

const made = smallOffice({
  account: '111122223333',
  region: 'eu-central-1',
  at: Date.UTC(2026, 11, 2, 9, 30),
});

const withLists = (lists: MadeRegion['lists']): MadeRegion => ({
  ...made,
  lists: { ...made.lists, ...lists },
});
const Tags = [{ Key: 'vpn-medic:watch', Value: 'yes' }];
const table = (Routes: readonly object[]) => ({
  RouteTableId: 'rtb-0aaaaaaaaaaaaaaaa',
  VpcId: 'vpc-0aaaaaaaaaaaaaaaa',
  Associations: [{ SubnetId: 'subnet-0aaaaaaaaaaaaaaaa', Main: false }],
  PropagatingVgws: [],
  Routes,
  Tags,
});

const detectedIn = async (region: MadeRegion): Promise<string> => {
  const reader = openCapture('capture');
  for (const line of (await takenOf(region)).split('\n')) reader.line(line);
  return linesOf(await playCaptures([reader.end().captures[0]]), ['detected']).join('\n');
};

test.each([
  [
    'PeeringRouteBroken',
    withLists({
      DescribeRouteTables: [
        ...(made.lists['DescribeRouteTables'] ?? []),
        table([
          {
            DestinationCidrBlock: '10.9.0.0/16',
            VpcPeeringConnectionId: 'pcx-0a',
            State: 'active',
          },
        ]),
      ],
      DescribeVpcPeeringConnections: [
        { VpcPeeringConnectionId: 'pcx-0a', Status: { Code: 'pending-acceptance' } },
      ],
    }),
  ],
  [
    'PropagationOff',
    withLists({
      DescribeRouteTables: [...(made.lists['DescribeRouteTables'] ?? []), table([])],
      DescribeVpnGateways: [
        {
          VpnGatewayId: 'vgw-0aaaaaaaaaaaaaaaa',
          State: 'available',
          VpcAttachments: [{ State: 'attached', VpcId: 'vpc-0aaaaaaaaaaaaaaaa' }],
          Tags,
        },
      ],
    }),
  ],
  [
    'PrivateLinkImpaired',
    withLists({
      DescribeVpcEndpoints: [
        {
          VpcEndpointId: 'vpce-0a',
          VpcEndpointType: 'Interface',
          State: 'rejected',
          ServiceName: 'a',
          SubnetIds: ['a', 'b'],
          Tags,
        },
      ],
    }),
  ],
] as const)('%s: found where it is so, and not where it is not', async (reason, region) => {
  expect(await detectedIn(region)).toContain(`warning ${reason}`);
  expect(await detectedIn(made)).not.toContain(reason);
});
