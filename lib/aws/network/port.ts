/** Peerings, route tables, gateways and what is attached to them, Direct Connect and watched PrivateLink endpoints of one region. Read only. */
import {
  DescribeRouteTablesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnGatewaysCommand,
  type RouteTable,
  type Tag,
  type VpcEndpoint,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
  type VpnGateway,
} from '@aws-sdk/client-ec2';
import { TAG, WATCH_TAG } from '../../core/tags.ts';
import type { Clock } from '../../core/time.ts';
import type { NetworkPort } from '../../network/ports.ts';
import type {
  NetworkTable,
  PeeringFact,
  PeerSide,
  PrivateGateway,
  PrivateLinkFact,
} from '../../network/types.ts';
import { call, everyPage, listOf, reading } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { tagOf } from '../tagOf.ts';
import { directConnectReader } from './directConnect.ts';
import { readAttachments, readTransitRoutes } from './transit.ts';

export function networkPort(region: string, clock: Clock, onCall?: CallHook): NetworkPort {
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    peerings: (signal) =>
      reading(context, 'DescribeVpcPeeringConnections', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeVpcPeeringConnections', signal, () =>
              client.send(new DescribeVpcPeeringConnectionsCommand({ NextToken }), {
                abortSignal: signal,
              }),
            ),
          (page) => listOf(page.VpcPeeringConnections).flatMap(peeringFact),
        ),
      ),
    tables: (signal) =>
      reading(context, 'DescribeRouteTables', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeRouteTables', signal, () =>
              client.send(new DescribeRouteTablesCommand({ MaxResults: TABLES_PAGE, NextToken }), {
                abortSignal: signal,
              }),
            ),
          (page) => listOf(page.RouteTables).flatMap(tableFact),
        ),
      ),
    gateways: (signal) =>
      reading(context, 'DescribeVpnGateways', () =>
        call(context, 'DescribeVpnGateways', signal, async () => {
          // It knows no pages.
          const reply = await client.send(new DescribeVpnGatewaysCommand({}), {
            abortSignal: signal,
          });
          return listOf(reply.VpnGateways).flatMap(gatewayFact);
        }),
      ),
    privateLinks: (signal) =>
      reading(context, 'DescribeVpcEndpoints', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeVpcEndpoints', signal, () =>
              client.send(
                new DescribeVpcEndpointsCommand({
                  Filters: [{ Name: 'tag-key', Values: [WATCH_TAG] }],
                  NextToken,
                }),
                { abortSignal: signal },
              ),
            ),
          (page) => listOf(page.VpcEndpoints).flatMap(privateLinkFact),
        ),
      ),
    attachments: (signal) => readAttachments(context, signal),
    transitRoutes: (tableId, signal) => readTransitRoutes(context, tableId, signal),
    directConnect: directConnectReader(region, clock, onCall),
  };
}

const TABLES_PAGE = 100;

function peeringFact(raw: VpcPeeringConnection): readonly PeeringFact[] {
  const { VpcPeeringConnectionId: peeringId, Status, AccepterVpcInfo, RequesterVpcInfo } = raw;
  if (!peeringId) return [];
  return [
    {
      peeringId,
      state: Status?.Code ?? '',
      accepter: sideOf(AccepterVpcInfo),
      requester: sideOf(RequesterVpcInfo),
    },
  ];
}

const sideOf = (info: VpcPeeringConnectionVpcInfo | undefined): PeerSide => ({
  vpcId: info?.VpcId ?? '',
  cidrs: [
    ...new Set(
      [info?.CidrBlock, ...(info?.CidrBlockSet ?? []).map(({ CidrBlock }) => CidrBlock)].flatMap(
        (cidr) => cidr || [],
      ),
    ),
  ],
});

function tableFact(raw: RouteTable): readonly NetworkTable[] {
  const { RouteTableId: tableId, VpcId: vpcId } = raw;
  if (!tableId || !vpcId) return [];
  const associations = raw.Associations ?? [];
  return [
    {
      tableId,
      name: tagOf(raw.Tags, 'Name') || tableId,
      vpcId,
      isMain: associations.some(({ Main }) => Main === true),
      subnetIds: associations.flatMap(({ SubnetId }) => SubnetId || []),
      propagating: (raw.PropagatingVgws ?? []).flatMap(({ GatewayId }) => GatewayId || []),
      routes: (raw.Routes ?? []).map((route) => ({
        destination:
          route.DestinationCidrBlock ??
          route.DestinationIpv6CidrBlock ??
          route.DestinationPrefixListId ??
          '',
        target: route.VpcPeeringConnectionId ?? route.GatewayId ?? '',
        isBlackhole: route.State === 'blackhole',
      })),
      ...marksOf(raw.Tags),
    },
  ];
}

function gatewayFact(raw: VpnGateway): readonly PrivateGateway[] {
  const { VpnGatewayId: gatewayId, VpcAttachments = [] } = raw;
  if (!gatewayId || raw.State === 'deleted' || raw.State === 'deleting') return [];
  const attached = VpcAttachments.find(({ State }) => State === 'attached');
  return [
    {
      gatewayId,
      name: tagOf(raw.Tags, 'Name') || gatewayId,
      vpcId: attached?.VpcId || null,
      ...marksOf(raw.Tags),
    },
  ];
}

function privateLinkFact(raw: VpcEndpoint): readonly PrivateLinkFact[] {
  const { VpcEndpointId: endpointId } = raw;
  if (!endpointId) return [];
  return [
    {
      endpointId,
      name: tagOf(raw.Tags, 'Name') || endpointId,
      serviceName: raw.ServiceName ?? '',
      kind: raw.VpcEndpointType ?? '',
      state: (raw.State ?? '').toLowerCase(),
      stateWhy: raw.LastError?.Message ?? '',
      subnetIds: raw.SubnetIds ?? [],
      hasPrivateDns: raw.PrivateDnsEnabled ?? null,
      ignored: marksOf(raw.Tags).ignored,
    },
  ];
}

const marksOf = (tags: readonly Tag[] | undefined) => ({
  ignored: tagOf(tags, TAG.ignore),
  isWatched: tagOf(tags, WATCH_TAG) !== null,
});
