/** Static routes of transit gateways that lead to VPN connections. */
import {
  DescribeTransitGatewayRouteTablesCommand,
  SearchTransitGatewayRoutesCommand,
  type TransitGatewayRoute,
} from '@aws-sdk/client-ec2';
import type { Reading } from '../../core/reading.ts';
import {
  type CallResult,
  call,
  everyPage,
  everyPart,
  listOf,
  reading,
  Unreadable,
} from '../call.ts';
import type { Ec2Context } from '../ec2/context.ts';

/**
 * By connection id, over all route tables of one transit gateway. Unknown when the account sees none of its tables:
 * another account owns it.
 */
export const readStaticRoutes = (
  context: Ec2Context,
  transitGatewayId: string,
  signal: AbortSignal,
): Promise<Reading<ReadonlyMap<string, number>>> =>
  reading(context, 'SearchTransitGatewayRoutes', async () => {
    const tableIds = await readTableIds(context, transitGatewayId, signal);
    if (!tableIds.ok) return tableIds;
    if (tableIds.value.length === 0) {
      throw new Unreadable(`no route table of ${transitGatewayId} is seen from this account`);
    }
    const found = await everyPart(tableIds.value, (id) => readTable(context, id, signal));
    if (!found.ok) return found;
    const counts = new Map<string, number>();
    for (const id of found.value) counts.set(id, (counts.get(id) ?? 0) + 1);
    return { ok: true, value: counts };
  });

const readTableIds = (
  context: Ec2Context,
  transitGatewayId: string,
  signal: AbortSignal,
): Promise<CallResult<readonly string[]>> =>
  everyPage(
    (NextToken) =>
      call(context, 'DescribeTransitGatewayRouteTables', signal, () =>
        context.client.send(
          new DescribeTransitGatewayRouteTablesCommand({
            Filters: [{ Name: 'transit-gateway-id', Values: [transitGatewayId] }],
            NextToken,
          }),
          { abortSignal: signal },
        ),
      ),
    (page) =>
      listOf(page.TransitGatewayRouteTables).flatMap((one) => one.TransitGatewayRouteTableId ?? []),
  );

/** One id for each static route to a connection. */
async function readTable(
  context: Ec2Context,
  TransitGatewayRouteTableId: string,
  signal: AbortSignal,
): Promise<CallResult<readonly string[]>> {
  const answer = await call(context, 'SearchTransitGatewayRoutes', signal, () =>
    context.client.send(
      new SearchTransitGatewayRoutesCommand({
        TransitGatewayRouteTableId,
        Filters: [{ Name: 'type', Values: ['static'] }],
      }),
      { abortSignal: signal },
    ),
  );
  if (!answer.ok) return answer;
  // It answers with 1,000 routes at most, and knows no pages.
  if (answer.value.AdditionalRoutesAvailable === true) {
    throw new Unreadable(`${TransitGatewayRouteTableId} has more than 1,000 static routes`);
  }
  return { ok: true, value: listOf(answer.value.Routes).flatMap(connectionsOf) };
}

/** A VPN attachment's resource may carry a tunnel's address: `vpn-0a1b2c3d(198.51.100.1)`. */
const connectionsOf = ({ State, TransitGatewayAttachments }: TransitGatewayRoute) =>
  State === 'blackhole'
    ? []
    : (TransitGatewayAttachments ?? []).flatMap(({ ResourceType, ResourceId = '' }) =>
        ResourceType === 'vpn' ? (/^vpn-\w+/.exec(ResourceId)?.[0] ?? []) : [],
      );
