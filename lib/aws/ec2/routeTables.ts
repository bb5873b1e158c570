/** Route tables with every route, as EC2 has them now. */
import {
  DescribeRouteTablesCommand,
  type DescribeRouteTablesRequest,
  type Route,
  type RouteTable,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { RouteFact, RouteTableFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { type CallResult, call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';
import { nameTag } from './instances.ts';

type TablesOf = { readonly vpcIds: readonly string[] } | { readonly tableIds: readonly string[] };

/** Single tables are read by filter too: an id that is gone would fail a call by ids. */
export function readRouteTables(
  context: Ec2Context,
  of: TablesOf,
  signal: AbortSignal,
): Promise<Reading<readonly RouteTableFact[]>> {
  return reading(context, 'DescribeRouteTables', async () => {
    const tables = await listRouteTables(context, of, signal);
    return tables.ok ? { ok: true, value: tables.value.flatMap(tableFact) } : tables;
  });
}

/** As EC2 answers them. */
export function listRouteTables(
  context: Ec2Context,
  of: TablesOf,
  signal: AbortSignal,
): Promise<CallResult<readonly RouteTable[]>> {
  const [Name, values] = 'vpcIds' in of ? ['vpc-id', of.vpcIds] : ['route-table-id', of.tableIds];
  return everyPart(pieces(values, FILTER_VALUES_MAX), (Values) =>
    listPages(context, { Filters: [{ Name, Values: [...Values] }] }, signal),
  );
}

export const listAllRouteTables = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<CallResult<readonly RouteTable[]>> => listPages(context, {}, signal);

const listPages = (
  context: Ec2Context,
  of: Pick<DescribeRouteTablesRequest, 'Filters'>,
  signal: AbortSignal,
): Promise<CallResult<readonly RouteTable[]>> =>
  everyPage(
    (NextToken) =>
      call(context, 'DescribeRouteTables', signal, () =>
        context.client.send(
          new DescribeRouteTablesCommand({ ...of, MaxResults: PAGE_MAX, NextToken }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      ),
    (page) => listOf(page.RouteTables),
  );

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html (read 2026-11-20) */
const PAGE_MAX = 100;

/**
 * A table that is answered without any route is left out: every one has its local route, so that what came is not what
 * EC2 has.
 */
function tableFact(table: RouteTable): readonly RouteTableFact[] {
  const { RouteTableId: tableId, Routes = [] } = table;
  if (!tableId || Routes.length === 0) return [];
  const associations = (table.Associations ?? []).filter(isStanding);
  return [
    {
      tableId,
      name: nameTag(table.Tags),
      accountId: table.OwnerId ?? '',
      vpcId: table.VpcId ?? '',
      isMain: associations.some(({ Main }) => Main === true),
      subnetIds: associations.flatMap(({ SubnetId }) => SubnetId || []),
      routes: Routes.flatMap(routeFact),
    },
  ];
}

/** Not one that is being taken away, or never came about; of a state that we do not know it is not said. */
export const isStanding = ({ AssociationState: state }: RouteTableAssociation): boolean =>
  state?.State === undefined || !OVER.has(state.State);

const OVER: ReadonlySet<string> = new Set(['disassociating', 'disassociated', 'failed']);

/** A route whose destination has no known form is not managed, and is left out. */
function routeFact(route: Route): readonly RouteFact[] {
  const destination =
    route.DestinationCidrBlock || route.DestinationIpv6CidrBlock || route.DestinationPrefixListId;
  if (!destination) return [];
  const interfaceId = route.NetworkInterfaceId || null;
  const state = STATES.find((known) => known === route.State);
  return [
    {
      destination,
      interfaceId,
      otherTarget: interfaceId === null ? otherTarget(route) : null,
      // An origin or state that we do not know must never lead to a write: then the route is not managed.
      origin: (state && ORIGINS.get(route.Origin)) ?? 'unknown',
      state: state ?? 'filtered',
    },
  ];
}

const STATES = ['active', 'blackhole', 'filtered'] as const;

const ORIGINS: ReadonlyMap<string | undefined, RouteFact['origin']> = new Map([
  ['CreateRoute', 'created'],
  ['CreateRouteTable', 'table'],
  ['EnableVgwRoutePropagation', 'propagated'],
  ['Advertisement', 'advertised'],
]);

/** The instance, when EC2 shows a route by its instance only; else what it points at instead. */
const otherTarget = (route: Route): string | null =>
  route.InstanceId ||
  route.GatewayId ||
  route.NatGatewayId ||
  route.TransitGatewayId ||
  route.VpcPeeringConnectionId ||
  route.EgressOnlyInternetGatewayId ||
  route.LocalGatewayId ||
  route.CarrierGatewayId ||
  route.CoreNetworkArn ||
  route.OdbNetworkArn ||
  route.IpAddress ||
  null;
