/** Goal: what is wrong in VPCs is found in a capture as in the account. Method: a made-up account with a peering, a gateway and an endpoint, captured and replayed. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openCapture } from '../../lib/capture/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import { cli } from '../cli/open.ts';
import { makeTempFolder } from '../tempFolder.ts';
import type { MadeRegion } from './account.ts';
import { hub } from './accounts/hub.ts';
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
const LOCAL = { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local', State: 'active' };
const table = (Routes: readonly object[]) => ({
  RouteTableId: 'rtb-0aaaaaaaaaaaaaaaa',
  VpcId: 'vpc-0aaaaaaaaaaaaaaaa',
  Associations: [{ SubnetId: 'subnet-0aaaaaaaaaaaaaaaa', Main: false }],
  PropagatingVgws: [],
  Routes: [LOCAL, ...Routes],
  Tags,
});

const SITE = {
  TransitGatewayAttachmentId: 'tgw-attach-0a',
  TransitGatewayId: 'tgw-0a',
  ResourceType: 'vpn',
  ResourceId: 'vpn-0a',
  State: 'available',
  Association: { TransitGatewayRouteTableId: 'tgw-rtb-0a', State: 'associated' },
};
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    DestinationCidrBlock: `10.${index >> 8}.${index & 255}.0/24`,
    TransitGatewayAttachments: [{ ResourceType: 'vpc', ResourceId: 'vpc-0b' }],
    State: 'active',
    Type: 'propagated',
  }));

const linesIn = async (
  region: MadeRegion,
  kinds: Parameters<typeof linesOf>[1] = ['detected'],
): Promise<string> => {
  const reader = openCapture('capture');
  for (const line of (await takenOf(region)).split('\n')) reader.line(line);
  return linesOf(await playCaptures([reader.end().captures[0]]), kinds).join('\n');
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
    'RouteTargetGone',
    withLists({
      DescribeRouteTables: [
        ...(made.lists['DescribeRouteTables'] ?? []),
        table([
          {
            DestinationCidrBlock: '10.9.0.0/16',
            TransitGatewayId: 'tgw-0a',
            State: 'blackhole',
          },
        ]),
      ],
    }),
  ],
  [
    'PropagationOff',
    withLists({
      DescribeRouteTables: [
        ...(made.lists['DescribeRouteTables'] ?? []),
        table([{ DestinationCidrBlock: '10.7.0.0/16', GatewayId: 'local', State: 'active' }]),
      ],
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
  [
    'TransitRoutesNearLimit',
    {
      ...withLists({ DescribeTransitGatewayAttachments: [SITE] }),
      answers: [
        ...made.answers,
        {
          operation: 'SearchTransitGatewayRoutes',
          input: { TransitGatewayRouteTableId: 'tgw-rtb-0a' },
          output: { Routes: many(4_000), AdditionalRoutesAvailable: false },
        },
      ],
    },
  ],
] as const)('%s: found where it is so, and not where it is not', async (reason, region) => {
  expect(await linesIn(region)).toContain(`warning ${reason}`);
  expect(await linesIn(made)).not.toContain(reason);
});

test.each([
  ['DescribeVpcPeeringConnections', 'peerings: '],
  ['DescribeRouteTables', 'route tables: '],
  ['DescribeVirtualInterfaces', 'directConnect: '],
])('an account that denies %s: what cannot be read is listed', async (left, says) => {
  const folder = makeTempFolder();
  const file = join(folder, 'account.jsonl');
  const lines = (await takenOf(made)).split('\n');
  const look = async (some: readonly string[]) => {
    await writeFile(file, some.join('\n'));
    return (await cli(['check', '--json', '--capture', file])).out;
  };
  try {
    expect(await look(lines)).not.toContain('NetworkUnread');
    const out = await look(lines.map((one) => (one.includes(`"${left}"`) ? denied(one) : one)));
    expect(out).toContain('NetworkUnread');
    expect(out).toContain(says);
  } finally {
    await rm(folder, { recursive: true });
  }
});

function denied(line: string): string {
  const { output: _, ...call } = JSON.parse(line);
  return JSON.stringify({ ...call, error: { name: 'UnauthorizedOperation', message: 'denied' } });
}

describe('a private connection that is down', () => {
  const well = hub({
    account: '111122223333',
    region: 'eu-west-1',
    at: Date.UTC(2026, 11, 2, 9, 30),
  });
  const isPrivate = (one: object) =>
    'Options' in one && JSON.stringify(one).includes('PrivateIpv4');
  const connections = (well.lists['DescribeVpnConnections'] ?? []).map((one) =>
    isPrivate(one)
      ? {
          ...one,
          VgwTelemetry: ['10.254.0.5', '10.254.0.6'].map((OutsideIpAddress) => ({
            OutsideIpAddress,
            Status: 'DOWN',
            StatusMessage: 'IPSEC IS DOWN',
            AcceptedRouteCount: 0,
            LastStatusChange: new Date(well.at - 60_000).toISOString(),
          })),
        }
      : one,
  );
  const down: MadeRegion = {
    ...well,
    lists: { ...well.lists, DescribeVpnConnections: connections },
  };
  const bothDown: MadeRegion = {
    ...down,
    answers: down.answers.map((one) =>
      one.operation === 'DescribeVirtualInterfaces'
        ? { ...one, output: JSON.parse(JSON.stringify(one.output).replaceAll('"up"', '"down"')) }
        : one,
    ),
  };

  test('with the Direct Connect below it: one notification, of that', async () => {
    const lines = await linesIn(bothDown, ['notified']);
    expect(lines).toContain('DirectConnectBelowDown');
    expect(lines).not.toContain('ConnectionDown');
  });

  test('while the Direct Connect below it is up: of the connection', async () => {
    const lines = await linesIn(down, ['notified']);
    expect(lines).toContain('ConnectionDown');
    expect(lines).not.toContain('DirectConnectBelowDown');
  });
});
