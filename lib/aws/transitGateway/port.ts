/** Transit gateway route tables of one region: their static routes, and the attachments of connections. */
import {
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import { known } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { TransitGatewayPort } from '../../transitGateway/ports.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from '../ec2/context.ts';
import { attachmentFact, routeFact, tableFact, whole } from './facts.ts';
import { replaceTransitRoute } from './routeWrite.ts';

/** The most that these calls give in one page (EC2 API model, 2026-11). */
const PAGE_MAX = 1_000;

export function transitGatewayPort(
  region: string,
  clock: Clock,
  onCall?: CallHook,
): TransitGatewayPort {
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    tables: (signal) =>
      reading(context, 'DescribeTransitGatewayRouteTables', () =>
        everyPage(
          (NextToken) =>
            call(context, 'DescribeTransitGatewayRouteTables', signal, () =>
              client.send(
                // All of them: there are few, and captures that hold them all need no filter.
                new DescribeTransitGatewayRouteTablesCommand({ MaxResults: PAGE_MAX, NextToken }),
                { abortSignal: signal },
              ),
            ),
          (page) => listOf(page.TransitGatewayRouteTables).flatMap(tableFact),
        ),
      ),
    routes: (tableId, signal) =>
      reading(context, 'SearchTransitGatewayRoutes', () =>
        everyPage(
          (NextToken) =>
            call(context, 'SearchTransitGatewayRoutes', signal, () =>
              client.send(
                new SearchTransitGatewayRoutesCommand({
                  TransitGatewayRouteTableId: tableId,
                  Filters: [
                    { Name: 'type', Values: ['static'] },
                    { Name: 'state', Values: ['active', 'blackhole'] },
                  ],
                  NextToken,
                }),
                { abortSignal: signal },
              ),
            ),
          (page) => listOf(whole(page, tableId).Routes).flatMap(routeFact),
        ),
      ),
    attachments: async (connectionIds, signal) =>
      connectionIds.length === 0
        ? known([], clock.now())
        : reading(context, 'DescribeTransitGatewayAttachments', () =>
            everyPart(pieces(connectionIds, FILTER_VALUES_MAX), (part) =>
              everyPage(
                (NextToken) =>
                  call(context, 'DescribeTransitGatewayAttachments', signal, () =>
                    client.send(
                      new DescribeTransitGatewayAttachmentsCommand({
                        Filters: [
                          { Name: 'resource-type', Values: ['vpn'] },
                          { Name: 'resource-id', Values: [...part] },
                        ],
                        MaxResults: PAGE_MAX,
                        NextToken,
                      }),
                      { abortSignal: signal },
                    ),
                  ),
                (page) => listOf(page.TransitGatewayAttachments).flatMap(attachmentFact),
              ),
            ),
          ),
    replaceRoute: (write, signal) => replaceTransitRoute(context, write, signal),
  };
}
