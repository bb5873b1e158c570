/** Goal: VPCs and what leads out of them in our words. Method: EC2 mocked. */

import {
  DescribeDirectConnectGatewayAssociationsCommand,
  DescribeDirectConnectGatewayAttachmentsCommand,
  DescribeVirtualInterfacesCommand,
  DirectConnectClient,
} from '@aws-sdk/client-direct-connect';
import {
  DescribeRouteTablesCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnGatewaysCommand,
  EC2Client,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { networkPort } from '../../../lib/aws/network/port.ts';
import { clock, denied } from '../strict.ts';

const ec2 = mockClient(EC2Client);
const dx = mockClient(DirectConnectClient);
beforeEach(() => {
  dx.reset();
  dx.onAnyCommand().rejects(new Error('unexpected call'));
  ec2.reset();
  ec2.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = networkPort('eu-west-1', clock);
const { signal } = new AbortController();
const WATCHED = { Key: 'vpn-medic:watch', Value: 'yes' };

test('a route table: its subnets, what is propagated, and the peerings and gateways of its routes', async () => {
  ec2.on(DescribeRouteTablesCommand).resolves({
    RouteTables: [
      {
        RouteTableId: 'rtb-1',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-1' }, { Main: true }],
        PropagatingVgws: [{ GatewayId: 'vgw-1' }],
        Routes: [
          {
            DestinationCidrBlock: '10.2.0.0/16',
            VpcPeeringConnectionId: 'pcx-1',
            State: 'blackhole',
          },
          { DestinationCidrBlock: '10.3.0.0/16', TransitGatewayId: 'tgw-1', State: 'blackhole' },
          { DestinationIpv6CidrBlock: '::/0', NatGatewayId: 'nat-1', State: 'active' },
        ],
        Tags: [WATCHED],
      },
    ],
  });
  expect(await port.tables(signal)).toMatchObject({
    value: [
      {
        tableId: 'rtb-1',
        name: 'rtb-1',
        isMain: true,
        subnetIds: ['subnet-1'],
        propagating: ['vgw-1'],
        routes: [
          { destination: '10.2.0.0/16', target: 'pcx-1', isBlackhole: true },
          { destination: '10.3.0.0/16', target: 'tgw-1', isBlackhole: true },
          { destination: '::/0', target: '', isBlackhole: false },
        ],
        isWatched: true,
        ignored: null,
      },
    ],
  });
});

test('an association that is taken away is none; a table without routes makes the answer unknown', async () => {
  const table = {
    RouteTableId: 'rtb-1',
    VpcId: 'vpc-1',
    Routes: [{ DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local' }],
    Associations: [
      { SubnetId: 'subnet-1', AssociationState: { State: 'disassociated' as const } },
      { SubnetId: 'subnet-2', AssociationState: { State: 'associated' as const } },
    ],
  };
  ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [table] });
  expect(await port.tables(signal)).toMatchObject({ value: [{ subnetIds: ['subnet-2'] }] });
  ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [table, { ...table, Routes: [] }] });
  expect(await port.tables(signal)).toMatchObject({ known: false });
});

test('peerings with both sides; gateways with the VPC that they are attached to, but those that are gone', async () => {
  ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({
    VpcPeeringConnections: [
      {
        VpcPeeringConnectionId: 'pcx-1',
        Status: { Code: 'expired' },
        AccepterVpcInfo: {
          VpcId: 'vpc-1',
          CidrBlock: '10.1.0.0/16',
          CidrBlockSet: [{ CidrBlock: '10.8.0.0/16' }],
        },
      },
    ],
  });
  expect(await port.peerings(signal)).toMatchObject({
    value: [
      {
        state: 'expired',
        accepter: { vpcId: 'vpc-1', cidrs: ['10.1.0.0/16', '10.8.0.0/16'] },
        requester: { vpcId: '', cidrs: [] },
      },
    ],
  });
  ec2.on(DescribeVpnGatewaysCommand).resolves({
    VpnGateways: [
      {
        VpnGatewayId: 'vgw-1',
        VpcAttachments: [
          { State: 'detached', VpcId: 'vpc-0' },
          { State: 'attached', VpcId: 'vpc-1' },
        ],
      },
      { VpnGatewayId: 'vgw-2', State: 'deleted' },
    ],
  });
  expect(await port.gateways(signal)).toMatchObject({
    value: [{ gatewayId: 'vgw-1', vpcId: 'vpc-1', isWatched: false }],
  });
});

test('of PrivateLink endpoints only those that are watched are asked for; a refusal is unknown', async () => {
  ec2.on(DescribeVpcEndpointsCommand).resolves({
    VpcEndpoints: [
      {
        VpcEndpointId: 'vpce-1',
        State: 'Rejected',
        VpcEndpointType: 'Interface',
        SubnetIds: ['subnet-1'],
      },
    ],
  });
  expect(await port.privateLinks(signal)).toMatchObject({
    value: [{ endpointId: 'vpce-1', state: 'rejected', subnetIds: ['subnet-1'] }],
  });
  expect(ec2.commandCalls(DescribeVpcEndpointsCommand)[0]?.args[0].input).toMatchObject({
    Filters: [{ Name: 'tag-key', Values: ['vpn-medic:watch'] }],
  });
  ec2.on(DescribeVpcEndpointsCommand).rejects(denied());
  expect(await port.privateLinks(signal)).toMatchObject({ known: false });
});

test('attachments of transit gateways that are there, and the table of each; routes with what they lead to, page by page', async () => {
  ec2.on(DescribeTransitGatewayAttachmentsCommand).resolves({
    TransitGatewayAttachments: [
      {
        TransitGatewayAttachmentId: 'tgw-attach-1',
        TransitGatewayId: 'tgw-1',
        ResourceType: 'vpn',
        ResourceId: 'vpn-1',
        State: 'available',
        Association: { TransitGatewayRouteTableId: 'tgw-rtb-1', State: 'associated' },
      },
      {
        TransitGatewayAttachmentId: 'tgw-attach-2',
        TransitGatewayId: 'tgw-1',
        ResourceType: 'vpc',
        State: 'deleted',
      },
    ],
  });
  expect(await port.attachments(signal)).toMatchObject({
    value: [
      { attachmentId: 'tgw-attach-1', kind: 'vpn', resourceId: 'vpn-1', tableId: 'tgw-rtb-1' },
    ],
  });
  const route = (DestinationCidrBlock: string) => ({
    DestinationCidrBlock,
    TransitGatewayAttachments: [
      { ResourceType: 'vpn' as const, ResourceId: 'vpn-1(198.51.100.1)' },
    ],
  });
  ec2
    .on(SearchTransitGatewayRoutesCommand)
    .resolvesOnce({
      Routes: [route('10.1.0.0/16')],
      AdditionalRoutesAvailable: true,
      NextToken: 'a',
    })
    .resolvesOnce({ Routes: [route('10.2.0.0/16')] });
  const read = (callsMax: number) => port.transitRoutes(['tgw-rtb-1'], callsMax, signal);
  expect((await read(2)).get('tgw-rtb-1')).toMatchObject({
    value: [
      { destination: '10.1.0.0/16', attachments: [{ kind: 'vpn', resourceId: 'vpn-1' }] },
      { destination: '10.2.0.0/16' },
    ],
  });
  ec2
    .on(SearchTransitGatewayRoutesCommand)
    .resolves({ Routes: [], AdditionalRoutesAvailable: true });
  expect((await read(2)).get('tgw-rtb-1')).toMatchObject({ known: false });
});

test('each table has one call, further pages have what is left, and a table without a call is absent', async () => {
  const long = ['tgw-rtb-0', 'tgw-rtb-2'];
  ec2
    .on(SearchTransitGatewayRoutesCommand)
    .callsFake(({ TransitGatewayRouteTableId, NextToken }) => ({
      Routes: [],
      ...(long.includes(TransitGatewayRouteTableId) &&
        NextToken !== 'b' && {
          NextToken: NextToken === 'a' ? 'b' : 'a',
        }),
    }));
  const read = async (count: number, callsMax: number) => {
    const ids = Array.from({ length: count }, (_, index) => `tgw-rtb-${index}`);
    ec2.resetHistory();
    const tables = await port.transitRoutes(ids, callsMax, signal);
    const knownIds = [...tables].flatMap(([id, { known }]) => (known ? [id] : []));
    return [tables.size, knownIds, ec2.calls().length];
  };
  expect(await read(3, 7)).toEqual([3, ['tgw-rtb-0', 'tgw-rtb-1', 'tgw-rtb-2'], 7]);
  // One page is missing: each long table has read what it could.
  expect((await read(3, 6)).slice(1)).toEqual([expect.arrayContaining(['tgw-rtb-1']), 6]);
  expect(await read(3, 3)).toEqual([3, ['tgw-rtb-1'], 3]);
  expect(await read(30, 20)).toMatchObject([20, expect.not.arrayContaining(long), 20]);
});

test('a sixth Direct Connect gateway makes Direct Connect unknown, and none is asked about', async () => {
  dx.on(DescribeVirtualInterfacesCommand).resolves({ virtualInterfaces: [] });
  dx.on(DescribeDirectConnectGatewayAssociationsCommand).resolves({
    directConnectGatewayAssociations: [],
  });
  dx.on(DescribeDirectConnectGatewayAttachmentsCommand).resolves({
    directConnectGatewayAttachments: [],
  });
  const ids = ['a', 'b', 'c', 'd', 'e'];
  expect(await port.directConnect(ids, signal)).toMatchObject({ known: true });
  expect(dx.calls()).toHaveLength(11);
  dx.resetHistory();
  expect(await port.directConnect([...ids, 'f'], signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('6 Direct Connect gateways, and at most 5 are read'),
  });
  expect(dx.calls()).toHaveLength(1);
});

test('virtual interfaces that carry routes, with the gateways behind them; a session that is up is up, what is not told is null', async () => {
  const one = (letter: string, over: object) => ({
    virtualInterfaceId: `dxvif-${letter}`,
    virtualInterfaceType: 'transit',
    virtualInterfaceState: 'available' as const,
    connectionId: 'dxcon-1',
    directConnectGatewayId: 'dxgw-1',
    awsLogicalDeviceId: 'EqDC2-1',
    ...over,
  });
  dx.on(DescribeVirtualInterfacesCommand).resolves({
    virtualInterfaces: [
      one('a', { bgpPeers: [{ bgpStatus: 'down' }, { bgpStatus: 'up' }] }),
      one('b', { bgpPeers: [{ bgpStatus: 'down' }] }),
      one('c', { bgpPeers: [{ bgpStatus: 'unknown' }] }),
      one('d', { virtualInterfaceState: 'down' }),
      one('e', { virtualInterfaceType: 'public' }),
      one('f', { virtualInterfaceState: 'deleted' }),
    ],
  });
  dx.on(DescribeDirectConnectGatewayAssociationsCommand).resolves({
    directConnectGatewayAssociations: [
      { associationState: 'associated', associatedGateway: { id: 'tgw-1' } },
      { associationState: 'disassociated', associatedGateway: { id: 'tgw-2' } },
    ],
  });
  dx.on(DescribeDirectConnectGatewayAttachmentsCommand).resolves({
    directConnectGatewayAttachments: [
      { attachmentState: 'attached', virtualInterfaceId: 'dxvif-a' },
      { attachmentState: 'detached', virtualInterfaceId: 'dxvif-z' },
    ],
  });
  const read = await port.directConnect(['dxgw-1'], signal);
  expect(read).toMatchObject({
    value: {
      interfaces: [
        { interfaceId: 'dxvif-a', isUp: true, device: 'EqDC2-1', gatewayId: 'dxgw-1' },
        { interfaceId: 'dxvif-b', isUp: false },
        { interfaceId: 'dxvif-c', isUp: null },
        { interfaceId: 'dxvif-d', isUp: false },
      ],
      gateways: [
        { directConnectGatewayId: 'dxgw-1', gatewayIds: ['tgw-1'], interfaceIds: ['dxvif-a'] },
      ],
    },
  });
  dx.on(DescribeVirtualInterfacesCommand).rejects(denied());
  expect(await port.directConnect([], signal)).toMatchObject({ known: false });
});
