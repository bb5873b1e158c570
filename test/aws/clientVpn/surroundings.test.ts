/** Goal: what surrounds endpoints is whole or unknown, in our words. Method: the SDK's clients mocked. */
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import {
  DescribeDirectoriesCommand,
  DirectoryServiceClient,
} from '@aws-sdk/client-directory-service';
import {
  DescribeClientVpnAuthorizationRulesCommand,
  DescribeClientVpnRoutesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { surroundingsPort } from '../../../lib/aws/clientVpn/surroundings.ts';
import { AT, clock, denied } from '../strict.ts';

const ec2 = mockClient(EC2Client);
const acm = mockClient(ACMClient);
const directoryService = mockClient(DirectoryServiceClient);
beforeEach(() => {
  for (const mock of [ec2, acm, directoryService]) mock.reset();
  ec2.onAnyCommand().rejects(new Error('unexpected call'));
  acm.onAnyCommand().rejects(new Error('unexpected call'));
  directoryService.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = surroundingsPort('eu-west-1', clock);
const { signal } = new AbortController();

test('routes and rules are read page after page; a word that is not known stays unknown', async () => {
  ec2
    .on(DescribeClientVpnRoutesCommand)
    .resolvesOnce({
      Routes: [
        {
          DestinationCidr: '10.0.0.0/16',
          TargetSubnet: 'subnet-a',
          Status: { Code: 'failed', Message: 'no such subnet' },
        },
      ],
      NextToken: 'two',
    })
    .resolvesOnce({ Routes: [{ DestinationCidr: '10.1.0.0/16' }] });
  expect(await port.routes('cvpn-endpoint-0a', signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        destination: '10.0.0.0/16',
        subnetId: 'subnet-a',
        state: 'failed',
        stateMessage: 'no such subnet',
      },
      { destination: '10.1.0.0/16', subnetId: '', state: 'unknown', stateMessage: '' },
    ],
  });
  ec2.on(DescribeClientVpnAuthorizationRulesCommand).rejects(denied());
  expect(await port.rules('cvpn-endpoint-0a', signal)).toMatchObject({ known: false });
});

test('ranges: the associated ones of a VPC; of a peering those of the far side, while it is active', async () => {
  ec2.on(DescribeVpcsCommand).resolves({
    Vpcs: [
      {
        VpcId: 'vpc-0a',
        CidrBlock: '10.0.0.0/16',
        CidrBlockAssociationSet: [
          { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
          { CidrBlock: '10.8.0.0/16', CidrBlockState: { State: 'associated' } },
          { CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'disassociated' } },
        ],
      },
    ],
  });
  expect(await port.ranges(['vpc-0a'], signal)).toMatchObject({
    value: [
      { cidr: '10.0.0.0/16', vpcId: 'vpc-0a' },
      { cidr: '10.8.0.0/16', vpcId: 'vpc-0a' },
    ],
  });
  const side = (VpcId: string, CidrBlock: string) => ({ VpcId, CidrBlock });
  ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({
    VpcPeeringConnections: [
      {
        VpcPeeringConnectionId: 'pcx-1',
        Status: { Code: 'active' },
        AccepterVpcInfo: side('vpc-0a', '10.0.0.0/16'),
        RequesterVpcInfo: side('vpc-0b', '10.1.0.0/16'),
      },
      {
        VpcPeeringConnectionId: 'pcx-2',
        Status: { Code: 'deleted' },
        AccepterVpcInfo: side('vpc-0a', '10.0.0.0/16'),
        RequesterVpcInfo: side('vpc-0c', '10.2.0.0/16'),
      },
    ],
  });
  expect(await port.peers(signal)).toMatchObject({
    value: [
      { cidr: '10.1.0.0/16', vpcId: 'vpc-0b', peeringId: 'pcx-1', nearVpcId: 'vpc-0a' },
      { cidr: '10.0.0.0/16', vpcId: 'vpc-0a', peeringId: 'pcx-1', nearVpcId: 'vpc-0b' },
    ],
  });
});

test('a way out is an active default route, of whatever kind', async () => {
  const table = (
    Associations: { SubnetId?: string; Main?: boolean }[],
    State: 'active' | 'blackhole',
    DestinationCidrBlock: string,
  ) => ({
    VpcId: 'vpc-0a',
    Associations,
    Routes: [{ DestinationCidrBlock, State, NatGatewayId: 'nat-1' }],
  });
  ec2.on(DescribeRouteTablesCommand).resolves({
    RouteTables: [
      table([{ SubnetId: 'subnet-a' }], 'active', '0.0.0.0/0'),
      table([{ SubnetId: 'subnet-b' }], 'blackhole', '0.0.0.0/0'),
      table([{ Main: true }], 'active', '10.0.0.0/16'),
    ],
  });
  expect(await port.egress(['vpc-0a'], signal)).toMatchObject({
    value: new Map([
      [
        'vpc-0a',
        {
          bySubnet: new Map([
            ['subnet-a', true],
            ['subnet-b', false],
          ]),
          main: false,
        },
      ],
    ]),
  });
});

test('a certificate has its end and the state of its renewal; a directory its stage', async () => {
  acm.on(DescribeCertificateCommand).resolves({
    Certificate: {
      Status: 'ISSUED',
      NotAfter: new Date(AT),
      RenewalSummary: {
        RenewalStatus: 'FAILED',
        RenewalStatusReason: 'CAA_ERROR',
        DomainValidationOptions: [],
        UpdatedAt: new Date(AT),
      },
    },
  });
  const arn = 'arn:aws:acm:eu-west-1:1:certificate/a';
  expect(await port.certificate(arn, signal)).toEqual({
    known: true,
    at: AT,
    value: { arn, status: 'ISSUED', endsAt: AT, renewal: 'FAILED', renewalWhy: 'CAA_ERROR' },
  });
  directoryService.on(DescribeDirectoriesCommand).resolves({
    DirectoryDescriptions: [
      {
        DirectoryId: 'd-1',
        Name: 'corp.example.com',
        Type: 'ADConnector',
        Stage: 'Impaired',
        StageReason: 'DNS',
      },
      { Name: 'without an id' },
    ],
  });
  expect(await port.directories(signal)).toMatchObject({
    value: [
      {
        directoryId: 'd-1',
        name: 'corp.example.com',
        kind: 'ADConnector',
        stage: 'Impaired',
        stageWhy: 'DNS',
      },
    ],
  });
});
