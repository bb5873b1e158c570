/** Goal: VPCs and what leads out of them in our words. Method: EC2 mocked. */
import {
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnGatewaysCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { networkPort } from '../../../lib/aws/network/port.ts';
import { clock, denied } from '../strict.ts';

const ec2 = mockClient(EC2Client);
beforeEach(() => {
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
          { destination: '::/0', target: '', isBlackhole: false },
        ],
        isWatched: true,
        ignored: null,
      },
    ],
  });
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
