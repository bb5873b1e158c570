/** What surrounds Client VPN endpoints of one region: routes and rules, networks, certificates and directories. Read only. */
import {
  type AuthorizationRule,
  type ClientVpnRoute,
  DescribeClientVpnAuthorizationRulesCommand,
  DescribeClientVpnRoutesCommand,
  DescribeVpcsCommand,
  type RouteTable,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import type { SurroundingsPort } from '../../clientVpn/ports.ts';
import type {
  AuthorizationRuleFact,
  ClientRouteFact,
  EgressFact,
  PeerRangeFact,
  RangeFact,
} from '../../clientVpn/types/surroundings.ts';
import type { Reading } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import { certificatePort } from '../acm.ts';
import { call, everyPage, everyPart, listOf, pieces, reading, Unreadable } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { directoryPort } from '../directoryService.ts';
import { ec2Client } from '../ec2/client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from '../ec2/context.ts';
import { distinct, listPeerings, rangesOf } from '../ec2/peerings.ts';
import { isStanding, listRouteTables } from '../ec2/routeTables.ts';

export function surroundingsPort(
  region: string,
  clock: Clock,
  onCall?: CallHook,
): SurroundingsPort {
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    ...certificatePort(region, clock, onCall),
    ...directoryPort(region, clock, onCall),
    routes: (ClientVpnEndpointId, signal) =>
      reading(context, 'DescribeClientVpnRoutes', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeClientVpnRoutes', signal, () =>
              client.send(new DescribeClientVpnRoutesCommand({ ClientVpnEndpointId, NextToken }), {
                abortSignal: signal,
              }),
            ),
          (page) => listOf(page.Routes).map(routeFact),
        ),
      ),
    rules: (ClientVpnEndpointId, signal) =>
      reading(context, 'DescribeClientVpnAuthorizationRules', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeClientVpnAuthorizationRules', signal, () =>
              client.send(
                new DescribeClientVpnAuthorizationRulesCommand({ ClientVpnEndpointId, NextToken }),
                { abortSignal: signal },
              ),
            ),
          (page) => listOf(page.AuthorizationRules).map(ruleFact),
        ),
      ),
    ranges: (vpcIds, signal) => readRanges(context, vpcIds, signal),
    peers: (signal) => readPeers(context, signal),
    egress: (vpcIds, signal) => readEgress(context, vpcIds, signal),
  };
}

const routeFact = (route: ClientVpnRoute): ClientRouteFact => ({
  destination: route.DestinationCidr ?? '',
  subnetId: route.TargetSubnet ?? '',
  state: ROUTE_STATES.find((word) => word === route.Status?.Code) ?? 'unknown',
  stateMessage: route.Status?.Message ?? '',
});

const ROUTE_STATES = ['creating', 'active', 'failed', 'deleting'] as const;

const ruleFact = (rule: AuthorizationRule): AuthorizationRuleFact => ({
  destination: rule.DestinationCidr ?? '',
  state: RULE_STATES.find((word) => word === rule.Status?.Code) ?? 'unknown',
  stateMessage: rule.Status?.Message ?? '',
});

const RULE_STATES = ['authorizing', 'active', 'failed', 'revoking'] as const;

const readRanges = (
  context: Ec2Context,
  vpcIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly RangeFact[]>> =>
  reading(context, 'DescribeVpcs', () =>
    everyPart(pieces(vpcIds, FILTER_VALUES_MAX), (Values) =>
      everyPage(
        (NextToken) =>
          call(context, 'DescribeVpcs', signal, () =>
            context.client.send(
              // A filter, since one VPC that is gone would fail a call by ids.
              new DescribeVpcsCommand({
                Filters: [{ Name: 'vpc-id', Values: [...Values] }],
                NextToken,
              }),
              { abortSignal: signal },
            ),
          ),
        (page) =>
          listOf(page.Vpcs).flatMap(({ VpcId: vpcId = '', CidrBlock, CidrBlockAssociationSet }) =>
            distinct([
              CidrBlock,
              ...(CidrBlockAssociationSet ?? [])
                .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
                .map((one) => one.CidrBlock),
            ]).map((cidr) => ({ cidr, vpcId })),
          ),
      ),
    ),
  );

/** A peering's answer holds the ranges of both its VPCs. */
const readPeers = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<Reading<readonly PeerRangeFact[]>> =>
  reading(context, 'DescribeVpcPeeringConnections', async () => {
    const peerings = await listPeerings(context, signal);
    return peerings.ok ? { ok: true, value: peerings.value.flatMap(peerRanges) } : peerings;
  });

function peerRanges(peering: VpcPeeringConnection): readonly PeerRangeFact[] {
  const { VpcPeeringConnectionId: id, AccepterVpcInfo: a, RequesterVpcInfo: b, Status } = peering;
  if (!id || Status?.Code !== 'active' || !a || !b) return [];
  return [...sideOf(id, a, b), ...sideOf(id, b, a)];
}

const sideOf = (
  peeringId: string,
  near: VpcPeeringConnectionVpcInfo,
  far: VpcPeeringConnectionVpcInfo,
): readonly PeerRangeFact[] =>
  rangesOf(far).map((cidr) => ({
    cidr,
    vpcId: far.VpcId ?? '',
    peeringId,
    nearVpcId: near.VpcId ?? '',
  }));

const readEgress = (
  context: Ec2Context,
  vpcIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<ReadonlyMap<string, EgressFact>>> =>
  reading(context, 'DescribeRouteTables', async () => {
    const answer = await listRouteTables(context, { vpcIds }, signal);
    if (!answer.ok) return answer;
    return {
      ok: true,
      value: new Map(
        vpcIds.map((id) => [id, egressFact(answer.value.filter(({ VpcId }) => VpcId === id))]),
      ),
    };
  });

/** @throws {Unreadable} for a table without any route: each has its local one. */
function egressFact(tables: readonly RouteTable[]): EgressFact {
  const bySubnet = new Map<string, boolean>();
  let main: boolean | null = null;
  for (const table of tables) {
    const { Routes = [] } = table;
    if (Routes.length === 0) throw new Unreadable(`${table.RouteTableId} without its routes`);
    const leadsOut = Routes.some(
      ({ DestinationCidrBlock, State }) =>
        DestinationCidrBlock === '0.0.0.0/0' && State === 'active',
    );
    for (const { SubnetId, Main } of (table.Associations ?? []).filter(isStanding)) {
      if (SubnetId) bySubnet.set(SubnetId, leadsOut);
      else if (Main === true) main = leadsOut;
    }
  }
  return { bySubnet, main };
}
