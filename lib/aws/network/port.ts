/** Peerings, route tables, gateways and what is attached to them, Direct Connect and watched PrivateLink endpoints of one region. Read only. */
import {
  DescribeVpcEndpointsCommand,
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
import { type CallResult, call, everyPage, listOf, reading, Unreadable } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { listPeerings, rangesOf } from '../ec2/peerings.ts';
import { isStanding, listAllRouteTables } from '../ec2/routeTables.ts';
import { tagOf } from '../tagOf.ts';
import { directConnectReader } from './directConnect.ts';
import { readAttachments, readTransitGateways, readTransitRoutes } from './transitTables.ts';

export function networkPort(region: string, clock: Clock, onCall?: CallHook): NetworkPort {
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    peerings: (signal) =>
      reading(context, 'DescribeVpcPeeringConnections', () =>
        factsOf(listPeerings(context, signal), peeringFact),
      ),
    tables: (signal) =>
      reading(context, 'DescribeRouteTables', () =>
        factsOf(listAllRouteTables(context, signal), tableFact),
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
    transitGateways: (signal) => readTransitGateways(context, signal),
    transitRoutes: (tableIds, callsMax, signal, states) =>
      readTransitRoutes(context, tableIds, callsMax, signal, states),
    directConnect: directConnectReader(region, clock, onCall),
  };
}

async function factsOf<Raw, Fact>(
  asking: Promise<CallResult<readonly Raw[]>>,
  factOf: (raw: Raw) => readonly Fact[],
): Promise<CallResult<readonly Fact[]>> {
  const answer = await asking;
  return answer.ok ? { ok: true, value: answer.value.flatMap(factOf) } : answer;
}

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
  cidrs: rangesOf(info),
});

/** @throws {Unreadable} for a table without any route: each has its local one, so that the answer is not whole. */
function tableFact(raw: RouteTable): readonly NetworkTable[] {
  const { RouteTableId: tableId, VpcId: vpcId, Routes = [] } = raw;
  if (!tableId || !vpcId) return [];
  if (Routes.length === 0) throw new Unreadable(`${tableId} without its routes`);
  const associations = (raw.Associations ?? []).filter(isStanding);
  return [
    {
      tableId,
      name: tagOf(raw.Tags, 'Name') || tableId,
      vpcId,
      isMain: associations.some(({ Main }) => Main === true),
      subnetIds: associations.flatMap(({ SubnetId }) => SubnetId || []),
      propagating: (raw.PropagatingVgws ?? []).flatMap(({ GatewayId }) => GatewayId || []),
      routes: Routes.map((route) => ({
        destination:
          route.DestinationCidrBlock ??
          route.DestinationIpv6CidrBlock ??
          route.DestinationPrefixListId ??
          '',
        target: route.VpcPeeringConnectionId ?? route.TransitGatewayId ?? route.GatewayId ?? '',
        isBlackhole: route.State === 'blackhole',
        isPropagated: route.Origin === 'EnableVgwRoutePropagation',
      })),
      isGrouped: tagOf(raw.Tags, TAG.group) !== null,
      ...marksOf(raw.Tags),
    },
  ];
}

function gatewayFact(raw: VpnGateway): readonly PrivateGateway[] {
  const { VpnGatewayId: gatewayId, VpcAttachments = [] } = raw;
  if (!gatewayId || raw.State === 'deleted' || raw.State === 'deleting') return [];
  const attached = VpcAttachments.find(({ State }) => State === 'attached');
  const groupTag = tagOf(raw.Tags, TAG.group);
  return [
    {
      gatewayId,
      name: tagOf(raw.Tags, 'Name') || gatewayId,
      vpcId: attached?.VpcId || null,
      ...(groupTag !== null && { groupTag }),
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
